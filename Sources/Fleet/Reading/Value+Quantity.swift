extension Value {
  /// A quantity within `range`, both in the dimension's base unit.
  package func quantity(_ dimension: Dimension, in range: ClosedRange<Double>, example: String)
    -> Double?
  {
    guard let text = text(dimension.what, example: example) else { return nil }
    guard let (number, digits, unit) = Decimal.leadingNumber(of: text) else {
      problem(
        "expected \(dimension.what), found `\(shortened(text))`",
        cure: "Write a number and a unit, as in `\(example)`.")
      return nil
    }
    guard let known = dimension.units.first(where: { $0.symbol == unit }) else {
      reportUnit(unit, of: number, digits: digits, dimension: dimension)
      return nil
    }
    let base = known.base(number)
    guard range.contains(base) else {
      problem(
        "\(digits)\(dimension.separator)\(unit) is out of range",
        cure: "Write \(dimension.what) from \(dimension.text(range.lowerBound)) to "
          + "\(dimension.text(range.upperBound)).")
      return nil
    }
    return base
  }

  private func reportUnit(
    _ unit: String, of number: Double, digits: String, dimension: Dimension
  ) {
    let units = dimension.units
    if unit.isEmpty {
      let choice = units.map { "`\(digits)\(dimension.separator)\($0.symbol)`" }
      problem("\(digits) has no unit", cure: "Write \(choice.joined(separator: " or ")).")
      return
    }
    let message = "`\(shortened(unit))` is not a unit of \(dimension.what) here"
    if let foreign = dimension.foreign.first(where: { $0.spellings.contains(unit) }) {
      let same = Decimal.text((number * foreign.times * 1e6).rounded() / 1e6)
      problem(message, cure: "Write `\(same)\(dimension.separator)\(foreign.symbol)`.")
    } else if let near = units.first(where: { $0.symbol.lowercased() == unit.lowercased() }) {
      problem(message, cure: "Write `\(digits)\(dimension.separator)\(near.symbol)`.")
    } else {
      let choice = units.map { "`\($0.symbol)`" }.joined(separator: ", ")
      problem(message, cure: "Units here: \(choice).")
    }
  }
}
