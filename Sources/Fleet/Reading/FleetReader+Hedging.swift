extension FleetReader {
  /// `off`, or `{budget: 5%, delay: 80ms, maxPrice: 0.01, slotEdges: false}`.
  func hedging(_ value: Value) -> HedgingSettings? {
    if value.rawText == "off" || value.rawText == "false" { return .off }
    guard case .mapping = value.node.content else {
      value.problem(
        "expected `off` or the keys of hedging",
        cure: "Write `hedging: off`, or for example `hedging: {budget: 5%}`.")
      return nil
    }
    return value.fields("hedging") { fields in
      let budget = fields.optional("budget").flatMap(share)
      let delay = fields.optional("delay").flatMap {
        $0.quantity(.duration, in: 0.001...600, example: "delay: 80ms").map(Duration.seconds)
      }
      let price = fields.optional("maxPrice").flatMap {
        $0.number("a price in US dollars", in: 0...1e6, example: "maxPrice: 0.01")
      }
      let slotEdges = fields.optional("slotEdges").flatMap { $0.bool() }
      return HedgingSettings(
        budget: budget ?? HedgingSettings.standardBudget, delay: delay,
        maxPriceUSD: price ?? HedgingSettings.standardMaxPriceUSD,
        hedgesSlotEdges: slotEdges ?? false)
    }
  }

  /// A share as a percentage, or as a fraction of one.
  private func share(_ value: Value) -> Double? {
    let example = "budget: 5%"
    if let text = value.rawText, text.hasSuffix("%"),
      let percent = Decimal.number(String(text.dropLast()))
    {
      if (0...50).contains(percent) { return percent / 100 }
      value.problem(
        "\(shortened(text)) is out of range for a budget of extra requests",
        cure: "Write a share from 0% to 50%.")
      return nil
    }
    return value.number("a share of all requests", in: 0...0.5, example: example)
  }
}
