extension ClaimEvidence {
  /// The reduction that is promised, per cent.
  static let promisedPercent = 40.0

  /// "Latency for global users falls by up to 40 % against fiber", to the region nearest to each.
  func nearestRegion(withOrbitalNodes orbital: Bool) -> Claim {
    let leo = { (sample: CitySample) -> RoundTrip? in
      orbital ? sample.leo?.sooner(sample.orbit) ?? sample.orbit : sample.leo
    }
    let reduction = Reduction(
      expected: perCity { s in leo(s).map { percent(s.fiber.expectedMs, $0.expectedMs) } },
      propagation: perCity { s in
        leo(s).map { way in
          let least =
            orbital
            ? min(way.propagationMs, s.orbit?.propagationMs ?? .infinity) : way.propagationMs
          return percent(s.fiber.propagationMs, least)
        }
      },
      straight: perCity { s in leo(s).map { percent(s.straightFiber.expectedMs, $0.expectedMs) } })
    return Claim(
      id: orbital ? "fiber-40-percent-with-orbital-nodes" : "fiber-40-percent",
      sentence: "Latency for users around the globe falls by up to 40 % against fiber"
        + (orbital ? ", with nodes in orbit." : "."),
      conditions: """
        round trip to the nearest of \(world.regionCount) cloud regions\
        \(orbital ? " or to the nearest of \(inWords(world.nodeCount)) nodes in orbit" : ""), by satellite with a gateway at each region, \
        against fiber \(oneDecimal(ClaimWorld.fiberStretch)) times as long as the great circle; median of \(slots) slots for each city
        """,
      figures: reduction.figures, verdict: reduction.verdict)
  }

  /// The same where all users are served by one region, as small clouds are.
  var farRegion: Claim {
    func reduction(_ value: (RoundTrip) -> Double) -> Distribution {
      perCity { s in
        guard let leo = s.farLeo, let fiber = s.farFiber else { return nil }
        return percent(value(fiber), value(leo))
      }
    }
    let reduction = Reduction(
      expected: reduction(\.expectedMs), propagation: reduction(\.propagationMs), straight: nil)
    return Claim(
      id: "fiber-40-percent-far-region",
      sentence:
        "Latency for users around the globe falls by up to 40 % against fiber, to one region for all.",
      conditions: """
        round trip to \(world.farRegion) over the shell's lasers, against fiber \(oneDecimal(ClaimWorld.fiberStretch)) times as long as the great \
        circle; median of \(slots) slots for each city
        """,
      figures: reduction.figures, verdict: reduction.verdict)
  }

  /// By how much the second is less than the first, per cent; negative where it is more.
  private func percent(_ before: Double, _ after: Double) -> Double {
    100 * (1 - after / before)
  }
}

/// Reductions of latency, one a city.
private struct Reduction {
  let expected: Distribution
  let propagation: Distribution
  let straight: Distribution?

  var figures: [Claim.Figure] {
    [
      Claim.Figure("largest reduction", expected.largest, "%"),
      Claim.Figure("median reduction", expected.median, "%"),
      Claim.Figure(
        "cities that gain", Double(expected.count(atLeast: 0)), "of \(expected.sorted.count)"),
      Claim.Figure(
        "cities that gain 40 %", Double(expected.count(atLeast: ClaimEvidence.promisedPercent)),
        "of \(expected.sorted.count)"),
      Claim.Figure("largest reduction of propagation alone", propagation.largest, "%"),
      Claim.Figure("median reduction of propagation alone", propagation.median, "%"),
    ]
      + (straight.map {
        [Claim.Figure("largest reduction against straight fiber", $0.largest, "%")]
      } ?? [])
  }

  var verdict: Claim.Verdict {
    let promised = ClaimEvidence.promisedPercent
    let most = expected.count(atLeast: 0) * 2 > expected.sorted.count
    if expected.largest >= promised, most { return .holds }
    if expected.largest >= promised {
      return .holdsOnlyIf(
        "\"up to\" means \(expected.count(atLeast: promised)) of \(expected.sorted.count) cities; "
          + "\(expected.sorted.count - expected.count(atLeast: 0)) have more latency than over fiber"
      )
    }
    if propagation.largest >= promised {
      return .holdsOnlyIf(
        "propagation alone is counted, in \(propagation.count(atLeast: promised)) of "
          + "\(propagation.sorted.count) cities")
    }
    return .doesNotHold
  }
}
