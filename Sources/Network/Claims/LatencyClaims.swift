extension ClaimEvidence {
  /// Regions farther away than this are not what latency "to LEO" is about, kilometres.
  static let nearKm = 500.0
  /// What the largest operator says of itself: the median round trip of its users in the United States at peak
  /// hours, June 2025, milliseconds. Typical access is older, so verdicts on it stand beside this.
  static let operatorMedianMs = 25.7

  /// "Latency to LEO is under so many milliseconds": up to the serving satellite, down at a near gateway, and back.
  func accessLatency(under limitMs: Int) -> Claim {
    let limit = Double(limitMs)
    let near = cities.filter { $0.regionKm < Self.nearKm }
    let expected = Distribution(near.compactMap { $0.leo?.expectedMs })
    let light = Distribution(near.compactMap { $0.leo?.propagationMs })
    // A claim holds in 95 of 100 cases, so the way that 95 of 100 do not exceed has to leave room.
    let spareMs = (limit - light.quantile(0.95)) / 2
    let typical = AccessModel.typical(of: .leo(constellation: "leo"))
    let verdict: Claim.Verdict =
      if expected.quantile(0.95) < limit {
        .holds
      } else if spareMs > 0 {
        .holdsOnlyIf(
          "access and jitter take less than \(oneDecimal(spareMs)) ms each way "
            + "(\(oneDecimal(typical.delayMs + typical.jitterMs)) in traces of one place in 2023)")
      } else {
        .doesNotHold
      }
    return Claim(
      id: "leo-under-\(limitMs)-ms",
      sentence: "Latency to LEO is under \(limitMs) ms.",
      conditions: """
        round trip from a city by its serving satellite to a gateway at the nearest cloud region, where that is \
        within \(Int(Self.nearKm)) km: \(Set(near.map(\.city)).count) of \(Set(cities.map(\.city)).count) cities, \
        \(slots) slots; \(inWords(Int(ClaimWorld.altitudeKm))) km, lowest elevation \
        \(inWords(Int(ClaimWorld.minElevationDeg))) degrees; access and jitter of a terminal are a fit to traces of one \
        place in 2023, and have fallen since: the operator's own median for the United States is \
        \(oneDecimal(Self.operatorMedianMs)) ms, peak hours of June 2025
        """,
      figures: [
        Claim.Figure("median, with access of 2023", expected.median, "ms"),
        Claim.Figure("95th percentile, with access of 2023", expected.quantile(0.95), "ms"),
        Claim.Figure(
          "under \(limitMs) ms, with access of 2023", expected.percent(below: limit), "%"),
        Claim.Figure(
          "operator's own median, United States, June 2025", Self.operatorMedianMs, "ms"),
        Claim.Figure("median of propagation alone", light.median, "ms"),
        Claim.Figure("95th percentile of propagation alone", light.quantile(0.95), "ms"),
      ],
      verdict: verdict)
  }

  /// A count for words, thousands apart: `1,584`.
  func inWords(_ count: Int) -> String {
    guard count >= 1_000 else { return "\(count)" }
    let rest = "\(count % 1_000)"
    return inWords(count / 1_000) + "," + String(repeating: "0", count: 3 - rest.count) + rest
  }

  /// One decimal, for words.
  func oneDecimal(_ value: Double) -> String {
    let tenths = Int((abs(value) * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }
}
