import Network
import Orbits
import Synchronization

@testable import Links

let epoch = UTC(year: 2026, month: 1, day: 1)

/// A route of the given figures, held for an interval.
func route(
  oneWayMs: Double, endMs: Double? = nil, processingMs: Double = 0, jitterMs: Double = 0,
  loss: Double = 0, upMbps: Double = 1_000, downMbps: Double = 1_000
) -> Route {
  Route(
    hops: ["site", "sat", "region"], servingSatellite: "sat", propagationStartMs: oneWayMs,
    propagationEndMs: endMs ?? oneWayMs, processingMs: processingMs, jitterMs: jitterMs, loss: loss,
    up: .megabitsPerSecond(upMbps), down: .megabitsPerSecond(downMbps), pricePerGB: 0)
}

/// A route that holds from long ago to far ahead.
func always(_ route: Route?) -> Forecast.Interval {
  Forecast.Interval(
    start: UTC(year: 2000, month: 1, day: 1), end: UTC(year: 2200, month: 1, day: 1), route: route)
}

extension Forecast {
  /// Contiguous intervals from ``epoch`` on, each with its length.
  static func of(_ parts: [(seconds: Double, route: Route?)], from start: UTC = epoch) -> Forecast {
    var time = start
    let intervals = parts.map { part in
      defer { time = time.adding(seconds: part.seconds) }
      return Interval(start: time, end: time.adding(seconds: part.seconds), route: part.route)
    }
    return Forecast(uplink: "up", destination: "region", intervals: intervals)
  }

  /// A seeded sky: LEO to GEO latencies, moving, with handoffs and outages, back up for good at the end.
  static func random(_ random: inout SplitMix64, outages: Double = 0.25) -> Forecast {
    var parts: [(seconds: Double, route: Route?)] = []
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let seconds = Double.random(in: 0.05...4, using: &random)
      parts.append((seconds, random.unit() < outages ? nil : Route.random(&random)))
    }
    parts.append((100_000, Route.random(&random)))
    return .of(parts)
  }
}

extension Route {
  /// A seeded route, any of whose figures may be zero.
  static func random(_ random: inout SplitMix64) -> Route {
    let from = Double.random(in: 0...300, using: &random)
    return route(
      oneWayMs: from, endMs: from * Double.random(in: 0.98...1.02, using: &random),
      processingMs: random.unit() < 0.3 ? 0 : Double.random(in: 0...40, using: &random),
      jitterMs: random.unit() < 0.3 ? 0 : Double.random(in: 0...10, using: &random),
      loss: random.unit() < 0.3 ? 0 : Double.random(in: 0...0.2, using: &random),
      upMbps: Double.random(in: 0.1...500, using: &random),
      downMbps: Double.random(in: 0.1...500, using: &random))
  }
}

/// A sky that a test changes under a running emulator.
final class MutableSky: Sendable {
  private let interval: Mutex<Forecast.Interval?>

  init(_ route: Route?) { interval = Mutex(always(route)) }

  func set(_ route: Route?) { interval.withLock { $0 = always(route) } }

  var asking: @Sendable (UTC) -> Forecast.Interval? {
    { _ in self.interval.withLock { $0 } }
  }
}
