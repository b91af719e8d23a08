import Network
import Orbits

/// How far a leg's residuals are from those of its terminal's own telemetry.
///
/// A dish tells its round trip to the operator's point of presence, many times more often than a backend is
/// probed. Its residual against the forecast is what the access adds in this slot. What the forecast does
/// not know of the rest (detours of the fiber, the backend's own milliseconds) is the median of what probes
/// measured more, in residuals, in the same slots over the same point of presence; until one has, telemetry
/// says nothing about the whole way.
struct TelemetryOffset: Sendable, Equatable {
  /// The newest differences that count, of each point of presence: no more than the network has.
  private static let remembered = 15

  private var telemetry: SlotSamples?
  private var pop: String?
  private var differences: [String: [Double]] = [:]

  /// Takes in a residual that telemetry tells, and gives the one over the whole way, milliseconds; `nil`
  /// while the rest of it is unknown.
  mutating func wholeWayResidualMs(_ telemetryMs: Double, pop: String, at time: UTC) -> Double? {
    let slot = Slot(containing: time)
    if telemetry?.slot != slot || self.pop != pop {
      telemetry = SlotSamples(slot)
      self.pop = pop
    }
    telemetry?.append(residualMs: telemetryMs, forecastMs: 0)
    return differences[pop]?.median.map { telemetryMs + $0 }
  }

  /// Takes in a measured residual over the whole way, milliseconds.
  mutating func observe(wholeWayResidualMs: Double, at time: UTC) {
    guard let pop, let telemetry, telemetry.slot == Slot(containing: time),
      let level = telemetry.levelMs
    else { return }
    let newer = differences[pop, default: []] + [wholeWayResidualMs - level]
    differences[pop] = newer.suffix(Self.remembered)
  }
}
