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

  /// Takes in a measured round trip over the whole leg.
  mutating func observe(roundTripMs: Double, at time: UTC) {
    telemetry.observe(wholeWayMs: roundTripMs, at: time)
    learn(roundTripMs, at: time)
  }

  /// Takes in what the uplink's own terminal tells of its part of the way; `nil` where it tells a loss.
  mutating func observe(telemetryMs: Double?, at time: UTC) {
    guard let telemetryMs else { return estimate.observeLoss() }
    guard let wholeWay = telemetry.wholeWayMs(telemetryMs: telemetryMs, at: time) else { return }
    learn(wholeWay, at: time)
  }

  private mutating func learn(_ roundTripMs: Double, at time: UTC) {
    // Where the forecast says that there is no way there is nothing to correct.
    guard let oneWay = forecast?.interval(at: time)?.oneWayMs(at: time),
      let outcome = estimate.observe(roundTripMs: roundTripMs, forecastMs: 2 * oneWay, at: time)
    else { return }
    score.count(outcome)
    outcomes = (outcomes + [outcome]).suffix(Self.keptOutcomes)
  }
}
