/// How far predictions of a slot's round trip were from what came: observed less predicted, seconds.
public struct PredictionScore: Sendable, Equatable {
  /// Upper bounds of the errors that are told apart, seconds.
  public static let boundsSeconds = [
    -0.2, -0.1, -0.05, -0.02, -0.01, -0.005, 0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
  ]

  /// The errors of the forecast alone.
  public private(set) var forecast = Histogram(bounds: boundsSeconds)
  /// The errors of the forecast corrected by measurement.
  public private(set) var estimate = Histogram(bounds: boundsSeconds)

  /// A score of nothing.
  public init() {}

  /// Counts a slot that is over.
  mutating func count(_ outcome: SlotOutcome) {
    forecast.observe((outcome.observedMs - outcome.forecastMs) / 1000)
    estimate.observe((outcome.observedMs - outcome.predictedMs) / 1000)
  }
}
