extension ClaimEvidence {
  /// Regions farther away than this are not what latency "to LEO" is about, kilometres.
  static let nearKm = 500.0

  /// "Latency to LEO is under so many milliseconds": up to the serving satellite, down at a near gateway, and back.
  func accessLatency(under limitMs: Int) -> Claim {
    let limit = Double(limitMs)
    let near = cities.filter { $0.regionKm < Self.nearKm }
    let expected = Distribution(near.compactMap { $0.leo?.expectedMs })
    let light = Distribution(near.compactMap { $0.leo?.propagationMs })
    let spareMs = (limit - light.median) / 2
    let typical = AccessModel.typical(of: .leo(constellation: "leo"))
    let verdict: Claim.Verdict =
      if expected.quantile(0.95) < limit {
        .holds
      } else if spareMs > 0 {
        .holdsOnlyIf(
          "access and jitter take less than \(oneDecimal(spareMs)) ms each way "
            + "(typical: \(oneDecimal(typical.delayMs + typical.jitterMs)))")
      } else {
        .doesNotHold
      }
    return Claim(
      id: "leo-under-\(limitMs)-ms",
      sentence: "Latency to LEO is under \(limitMs) ms.",
      conditions: """
        round trip from a city by its serving satellite to a gateway at the nearest cloud region, where that is \
        within \(Int(Self.nearKm)) km: \(Set(near.map(\.city)).count) of \(Set(cities.map(\.city)).count) cities, \
        \(slots) slots; 550 km, lowest elevation 25 degrees; typical access and jitter of a terminal
        """,
      figures: [
        Claim.Figure("median", expected.median, "ms"),
        Claim.Figure("95th percentile", expected.quantile(0.95), "ms"),
        Claim.Figure("under \(limitMs) ms", expected.percent(below: limit), "%"),
        Claim.Figure("median of propagation alone", light.median, "ms"),
        Claim.Figure("95th percentile of propagation alone", light.quantile(0.95), "ms"),
      ],
      verdict: verdict)
  }

  /// One decimal, for words.
  func oneDecimal(_ value: Double) -> String {
    let tenths = Int((abs(value) * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }
}
