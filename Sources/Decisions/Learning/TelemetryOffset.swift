import Network
import Orbits

/// What lies beyond the place that a terminal's own telemetry measures to.
///
/// A dish tells its round trip to the operator's point of presence, many times more often than a backend is
/// probed. The rest of the way, terrestrial and steady, is the median of what probes measured more than the
/// telemetry of the same slot; until one has, telemetry says nothing about the whole way.
struct TelemetryOffset: Sendable, Equatable {
  /// The newest differences that count.
  private static let remembered = 15

  private var telemetry: SlotSamples?
  private var differences: [Double] = []

  /// Takes in a round trip that telemetry tells, and gives the one over the whole way; `nil` while the rest
  /// of it is unknown.
  mutating func wholeWayMs(telemetryMs: Double, at time: UTC) -> Double? {
    let slot = Slot(containing: time)
    if telemetry?.slot != slot { telemetry = SlotSamples(slot) }
    telemetry?.append(residualMs: telemetryMs, forecastMs: 0)
    return differences.median.map { telemetryMs + $0 }
  }

  /// Takes in a round trip over the whole way.
  mutating func observe(wholeWayMs: Double, at time: UTC) {
    guard let telemetry, telemetry.slot == Slot(containing: time), let level = telemetry.levelMs
    else { return }
    differences.append(wholeWayMs - level)
    differences = differences.suffix(Self.remembered)
  }
}
