import Orbits

/// A way of deciding where a request goes: ``RoutingPolicy``, or one of the baselines that it is compared
/// with.
public protocol RequestRouting: Sendable {
  /// Decides on the order in which to try `candidates` for a request that leaves at `now`.
  ///
  /// Pure: the same facts give the same decision, whatever the candidates' order.
  func decide(_ facts: RequestFacts, candidates: [Candidate], now: UTC) -> RoutingDecision
}

extension RoutingPolicy: RequestRouting {}
