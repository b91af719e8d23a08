import Fleet
import Orbits

/// When a second copy of a request goes out, and over which way.
///
/// After the delay that all but the budget's share of requests have been answered within (Dean and Barroso,
/// "The Tail at Scale", CACM 2013), learned from the distribution of this path, this kind of request and its
/// length; at once where the forecast has the first way go out before its answer. Only over a way that
/// shares no satellite link with the first, and never for requests that must not be done twice.
public struct HedgePolicy: Sendable, Equatable {
  /// What the manifest says.
  public var settings: HedgingSettings
  /// How much of the budget is there, 0 to 1: with less than half of it slot edges are no reason to hedge.
  public var credit: Double

  /// Creates a policy; without settings it does what a manifest that says nothing does.
  public init(settings: HedgingSettings = HedgingSettings(), credit: Double = 1) {
    self.settings = settings
    self.credit = credit
  }

  /// No delay is shorter than this many round trips, so that an answer on its way is not asked for again.
  static let leastRoundTrips = 1.5
  /// Where no distribution is known yet: this many times the prediction.
  static let predictionsWithoutDistribution = 2.5

  /// The plan for a request; `nil` where none is to be made.
  ///
  /// - Parameters:
  ///   - timely: The ranked candidates that are healthy, in time, and over links that are up.
  ///   - firstContent: The distribution of times to first content of the first of them.
  func plan(
    for facts: RequestFacts, timely: ArraySlice<RoutingDecision.Scored>,
    firstContent: FirstContentTimes?, now: UTC
  ) -> HedgePlan? {
    guard settings.budget > 0, !facts.isUnsafe, facts.priority > .flex,
      let first = timely.first, let predicted = first.predictedMs,
      let second = timely.indices.dropFirst().first(where: {
        timely[$0].isIndependent(of: first) && timely[$0].costUSD <= settings.maxPriceUSD
      })
    else { return nil }
    let path = "\(timely[second].path)"
    if let reason = atOnce(first) {
      return HedgePlan(candidate: second, delay: .zero, reason: "at once over \(path): \(reason)")
    }
    let (delayMs, why) = delay(first, predicted, firstContent, now: now)
    let leftMs = facts.deadline.seconds(since: now) * 1000
    guard delayMs.isFinite, delayMs + (timely[second].predictedMs ?? .infinity) < leftMs else {
      return nil
    }
    return HedgePlan(
      candidate: second, delay: .microseconds(Int64(delayMs * 1000)),
      reason: "after \(wholeMs(delayMs)) ms over \(path): \(why)")
  }

  /// Why both copies should leave together; `nil` where the second can wait.
  private func atOnce(_ first: RoutingDecision.Scored) -> String? {
    switch first.interruption {
    case .outage: "the first link goes out before the answer"
    case .handover where settings.hedgesSlotEdges && credit > 0.5:
      "the first path changes before the answer"
    default: nil
    }
  }

  private func delay(
    _ first: RoutingDecision.Scored, _ predictedMs: Double, _ firstContent: FirstContentTimes?,
    now: UTC
  ) -> (ms: Double, why: String) {
    if let fixed = settings.delay { return (fixed / .milliseconds(1), "as the manifest says") }
    let least = (first.roundTrip?.expectedMs ?? 0) * Self.leastRoundTrips
    guard let rest = firstContent?.quantile(1 - settings.budget, at: now) else {
      return (
        max(least, predictedMs * Self.predictionsWithoutDistribution),
        "too few answers to learn from yet"
      )
    }
    return (max(least, first.pathMs + rest), "all but a few are answered by then")
  }
}

extension RoutingDecision.Scored {
  /// Whether nothing that goes wrong on one way's link is likely to be wrong with the other's: another uplink,
  /// served by another satellite; or a backend on the site. Backends over one cable or radio link count as
  /// independent: such links seldom fail, backends do.
  func isIndependent(of other: RoutingDecision.Scored) -> Bool {
    if let satellite = servingSatellite, satellite == other.servingSatellite { return false }
    if path.uplink != other.path.uplink { return true }
    return path.backend != other.path.backend && servingSatellite == nil
      && other.servingSatellite == nil
  }
}
