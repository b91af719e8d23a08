import Decisions
import Dialects
import Gateway
import Orbits

/// What requests with the same labels were like. Of each kind of figure there is nothing before the first.
struct RequestSeries {
  /// How a request ended.
  struct Outcome: Hashable {
    var status: Int
    var fault: Fault?

    /// As a label has it.
    var errorType: String { fault?.rawValue ?? "none" }
    var order: String { "\(status) \(errorType)" }
  }

  private(set) var outcomes: [Outcome: Int] = [:]
  private(set) var durations: Histogram?
  private(set) var firstTokens: Histogram?
  private(set) var perToken: Histogram?
  private(set) var inputTokens: Histogram?
  private(set) var outputTokens: Histogram?
  private(set) var predictionErrors: Histogram?
  /// Of attempts, as whoever asks a backend sees them: from their start to their end.
  private(set) var clientDurations: Histogram?
  /// The same, to their first byte.
  private(set) var clientFirstChunks: Histogram?

  mutating func observe(_ record: RequestRecord) {
    outcomes[Outcome(status: record.status, fault: record.fault), default: 0] += 1
    let seconds = record.ended.seconds(since: record.facts.arrival)
    Self.observe(seconds, in: &durations, Histogram.durationBounds)
    if let firstByteMs = record.timeToFirstByteMs {
      Self.observe(firstByteMs / 1000, in: &firstTokens, Histogram.firstTokenBounds)
      if let output = record.usage?.output, output > 1, record.facts.stream {
        let perToken = (seconds - firstByteMs / 1000) / Double(output - 1)
        Self.observe(perToken, in: &self.perToken, Histogram.perTokenBounds)
      }
    }
    if let usage = record.usage {
      Self.observe(Double(usage.input), in: &inputTokens, Histogram.tokenBounds)
      Self.observe(Double(usage.output), in: &outputTokens, Histogram.tokenBounds)
    }
    if let predicted = record.predictedMs, let actual = record.actualMs {
      Self.observe((actual - predicted) / 1000, in: &predictionErrors, Histogram.errorBounds)
    }
  }

  mutating func observe(_ attempt: RequestRecord.Attempt) {
    Self.observe(
      attempt.ended.seconds(since: attempt.started), in: &clientDurations,
      Histogram.durationBounds)
    guard let firstByte = attempt.firstByte else { return }
    Self.observe(
      firstByte.seconds(since: attempt.started), in: &clientFirstChunks,
      Histogram.firstTokenBounds)
  }

  private static func observe(
    _ value: Double, in histogram: inout Histogram?, _ bounds: @autoclosure () -> [Double]
  ) {
    if histogram == nil { histogram = Histogram(bounds: bounds()) }
    histogram?.observe(value)
  }
}
