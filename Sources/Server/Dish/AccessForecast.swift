import Network
import Orbits

/// The part of a forecast that a terminal's pings cross: from the site to the operator's first point of
/// presence, there and back.
struct AccessForecast: Sendable, Equatable {
  /// The point of presence.
  var pop: String
  /// Propagation one way, milliseconds.
  var propagationMs: Double
  /// The round trip that is expected of a ping, milliseconds.
  var roundTripMs: Double

  /// The part of `interval` at `time`; `nil` where it has no route, or one that meets no point of presence,
  /// as those to orbital zones.
  init?(of interval: Forecast.Interval, in topology: Topology, at time: UTC) {
    guard let route = interval.route, let whole = interval.propagationMs(at: time),
      let place = route.hops.firstIndex(where: { topology.site(named: $0)?.kind == .pop })
    else { return nil }
    pop = route.hops[place]
    let beyond = zip(route.hops[place...], route.hops[place...].dropFirst()).reduce(0) {
      $0 + (topology.fiberMs(from: $1.0, to: $1.1) ?? 0)
    }
    propagationMs = max(0, whole - beyond)
    roundTripMs = 2 * (propagationMs + route.processingMs + route.jitterMs)
  }
}
