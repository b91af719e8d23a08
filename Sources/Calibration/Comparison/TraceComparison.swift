/// A model against a trace: what the trace shows beside what the model makes, pinged by the same tool.
public struct TraceComparison: Sendable, Equatable {
  /// Goals for ``quantileErrors``, ``varianceRatioError`` and the distances of the runs.
  public static let quantileGoal = 0.10
  /// See ``quantileGoal``.
  public static let varianceRatioGoal = 0.20
  /// See ``quantileGoal``.
  public static let distanceGoal = 0.1

  /// The trace.
  public var trace: TraceStatistics
  /// The model.
  public var model: TraceStatistics

  /// Creates a comparison.
  public init(trace: TraceStatistics, model: TraceStatistics) {
    self.trace = trace
    self.model = model
  }

  /// The model's quantiles over the trace's, less 1, at ``TraceStatistics/shares``; not finite where one of them
  /// has no round trips.
  public var quantileErrors: [Double] {
    zip(model.quantilesMs, trace.quantilesMs).map { $0 / $1 - 1 }
  }

  /// The model's variance ratio over the trace's, less 1; not finite where one of them has none.
  public var varianceRatioError: Double { model.varianceRatio / trace.varianceRatio - 1 }

  /// The distance of the lengths of bursts of losses (Kolmogorov and Smirnov).
  public var burstDistance: Double? {
    model.runs.bursts.kolmogorovSmirnov(trace.runs.bursts)
  }

  /// The distance of the lengths of the gaps between them.
  public var gapDistance: Double? { model.runs.gaps.kolmogorovSmirnov(trace.runs.gaps) }
}
