import Network
import Orbits

/// What people use instead of a forecast: candidates in the order of one number, healthy ones first.
///
/// A baseline sees what its model in the field sees and no more: whether a path has a route at this
/// moment (a router with two lines knows which are up), and whether health checks succeed. It does not
/// know when a route changes, how much is under way, or what a request's own transmission takes.
/// Failing over to the next in order is the gateway's doing and the same for all.
public struct Baseline: RequestRouting {
  /// What the order means, in a word or two, for reasons that people read.
  public let name: String
  private let rank: @Sendable (Candidate, UTC) -> Double

  private init(name: String, rank: @escaping @Sendable (Candidate, UTC) -> Double) {
    self.name = name
    self.rank = rank
  }

  /// The data centre nearest to the site, over the first uplink that is up: what DNS by location and
  /// anycast do, which look at the ground and know no sky. Backends in orbit, which stand on no map, and
  /// on the site itself, which is no data centre, come last.
  ///
  /// - Parameters:
  ///   - distanceKm: The great-circle distance of each backend's data centre; none for the others.
  ///   - uplinks: The uplinks in the order of the manifest.
  public static func nearestFiber(distanceKm: [String: Double], uplinks: [String]) -> Baseline {
    let order = place(of: uplinks)
    return Baseline(name: "nearest fiber") { candidate, _ in
      // Kilometres decide; the uplink's place is far below them.
      (distanceKm[candidate.path.backend] ?? 1e9)
        + 1e-6 * Double(order[candidate.path.uplink] ?? uplinks.count)
    }
  }

  /// The backends in the order of the manifest, each over the uplinks in theirs: a reverse proxy's list
  /// of a primary server and its backups.
  public static func fixed(backends: [String], uplinks: [String]) -> Baseline {
    let (first, second) = (place(of: backends), place(of: uplinks))
    return Baseline(name: "fixed order") { candidate, _ in
      Double(first[candidate.path.backend] ?? backends.count) * Double(uplinks.count + 1)
        + Double(second[candidate.path.uplink] ?? uplinks.count)
    }
  }

  /// The least latency as last measured: one round trip now, and the backend's smoothed service time.
  /// What latency-based routing does in model proxies and load balancers; it looks neither ahead nor at
  /// what is under way.
  public static let latencyOnly = Baseline(name: "latency now") { candidate, now in
    let roundTrip = candidate.forecast?.interval(at: now)?
      .roundTrip(at: now, correctedBy: candidate.estimate)
    return (roundTrip?.expectedMs ?? 0) + candidate.serviceMs
  }

  private static func place(of names: [String]) -> [String: Int] {
    Dictionary(names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { a, _ in a })
  }

  /// Ranks the candidates that have a route now by the baseline's number, healthy ones first.
  public func decide(
    _ facts: RequestFacts, candidates: [Candidate], now: UTC
  ) -> RoutingDecision {
    var ranked: [(candidate: Candidate, rank: Double)] = []
    var rejected: [RoutingDecision.Scored] = []
    for candidate in candidates {
      if candidate.forecast == nil || candidate.forecast?.interval(at: now)?.route != nil {
        ranked.append((candidate, rank(candidate, now)))
      } else {
        rejected.append(scored(candidate, now: now, reason: "no route now"))
      }
    }
    ranked.sort { a, b in
      if a.candidate.isHealthy != b.candidate.isHealthy { return a.candidate.isHealthy }
      if a.rank != b.rank { return a.rank < b.rank }
      let (first, second) = (a.candidate.path, b.candidate.path)
      return (first.backend, first.uplink) < (second.backend, second.uplink)
    }
    return RoutingDecision(
      ranked: ranked.enumerated().map {
        scored($0.element.candidate, now: now, reason: "number \($0.offset + 1) by \(name)")
      }, rejected: rejected)
  }

  private func scored(_ candidate: Candidate, now: UTC, reason: String) -> RoutingDecision.Scored {
    let hops = candidate.forecast?.interval(at: now)?.route?.hops ?? []
    return RoutingDecision.Scored(
      path: candidate.path, predictedMs: nil, pathMs: 0, serviceMs: candidate.serviceMs, hops: hops,
      nextChange: nil, reason: reason)
  }
}
