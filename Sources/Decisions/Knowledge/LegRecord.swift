import Network
import Orbits

/// What is known of one leg: its forecast, and what measurement makes of it.
public struct LegRecord: Sendable {
  /// How many slots that are over are kept, for people to look at: twenty minutes.
  public static let keptOutcomes = 80

  /// The forecast; `nil` before one is published.
  public internal(set) var forecast: Forecast?
  /// The live estimate of the round trip.
  public private(set) var estimate = LinkEstimate()
  /// The newest slots that are over, oldest first: what was predicted, and what came.
  public private(set) var outcomes: [SlotOutcome] = []
  /// How well was predicted so far.
  public private(set) var score = PredictionScore()
  private var telemetry = TelemetryOffset()

  /// The round trip at `time`; `nil` without a route.
  public func roundTrip(at time: UTC) -> RoundTripEstimate? {
    forecast?.interval(at: time)?.roundTrip(at: time, correctedBy: estimate)
  }

  /// Takes in a measured round trip over the whole leg; what is no number of milliseconds is ignored.
  mutating func observe(roundTripMs: Double, at time: UTC) {
    // Where the forecast says that there is no way there is nothing to correct.
    guard roundTripMs.isFinite, roundTripMs >= 0, let forecastMs = forecastMs(at: time) else {
      return
    }
    telemetry.observe(wholeWayResidualMs: roundTripMs - forecastMs, at: time)
    count(estimate.observe(roundTripMs: roundTripMs, forecastMs: forecastMs, at: time))
  }

  /// Takes in what the uplink's own terminal tells of the access, as a residual against the forecast to
  /// `pop`; `nil` where it tells a loss. Ignored where this leg does not lead over that place.
  mutating func observe(telemetryResidualMs: Double?, pop: String, at time: UTC) {
    guard forecast?.interval(at: time)?.route?.hops.contains(pop) == true,
      let forecastMs = forecastMs(at: time)
    else { return }
    guard let telemetryResidualMs else { return estimate.observeLoss() }
    guard telemetryResidualMs.isFinite,
      let residualMs = telemetry.wholeWayResidualMs(telemetryResidualMs, pop: pop, at: time)
    else { return }
    count(estimate.observe(residualMs: residualMs, forecastMs: forecastMs, at: time))
  }

  private func forecastMs(at time: UTC) -> Double? {
    forecast?.interval(at: time)?.oneWayMs(at: time).map { 2 * $0 }
  }

  private mutating func count(_ outcome: SlotOutcome?) {
    guard let outcome else { return }
    score.count(outcome)
    outcomes = (outcomes + [outcome]).suffix(Self.keptOutcomes)
  }
}
