import Decisions
import Gateway
import Orbits
import Synchronization

/// What requests were like, summed up for Prometheus.
final class NodeMetrics: Sendable {
  /// Labels of the series a finished request belongs to; each from a bounded set.
  struct RequestKey: Hashable {
    var endpoint: String
    var model: String
    var backend: String
    var uplink: String

    var order: String { [endpoint, model, backend, uplink].joined(separator: " ") }

    /// What stands for keys beyond the bound.
    static let other = RequestKey(
      endpoint: "other", model: "other", backend: "other", uplink: "other")
  }

  /// The most keys that are told apart: a manifest has fewer, but may be read anew any number of times.
  static let maximumKeys = 1000

  struct Outcome: Hashable {
    var key: RequestKey
    var status: Int
    var fault: String

    var order: String { "\(key.order) \(status) \(fault)" }
  }

  struct State {
    var outcomes: [Outcome: Int] = [:]
    var refusals: [RefusalKey: Int] = [:]
    var keys: Set<RequestKey> = []
    var durations: [RequestKey: Histogram] = [:]
    /// Of attempts, as whoever asks a backend sees them.
    var clientDurations: [RequestKey: Histogram] = [:]
    var clientFirstChunks: [RequestKey: Histogram] = [:]
    var firstTokens: [RequestKey: Histogram] = [:]
    var perToken: [RequestKey: Histogram] = [:]
    var tokens: [TokenKey: Histogram] = [:]
    var predictionErrors: [RequestKey: Histogram] = [:]
    var attempts = 0
    var failedAttempts: [String: Int] = [:]
    var resilience = ResilienceMetrics()
  }

  struct RefusalKey: Hashable {
    var endpoint: String
    var status: Int
    var fault: String

    var order: String { "\(endpoint) \(status) \(fault)" }
  }

  struct TokenKey: Hashable {
    var key: RequestKey
    var type: String

    var order: String { "\(key.order) \(type)" }
  }

  private let state = Mutex(State())

  /// A copy of all counts.
  var snapshot: State { state.withLock { $0 } }

  func observe(_ record: RequestRecord) {
    let wanted = Self.key(record, record.chosen)
    let seconds = record.ended.seconds(since: record.facts.arrival)
    state.withLock { state in
      let key = state.bounded(wanted)
      let outcome = Outcome(
        key: key, status: record.status, fault: record.fault?.rawValue ?? "none")
      state.outcomes[outcome, default: 0] += 1
      state.durations.observe(seconds, key, bounds: Histogram.durationBounds)
      if let firstByteMs = record.timeToFirstByteMs {
        state.firstTokens.observe(firstByteMs / 1000, key, bounds: Histogram.firstTokenBounds)
        if let output = record.usage?.output, output > 1, record.facts.stream {
          let perToken = (seconds - firstByteMs / 1000) / Double(output - 1)
          state.perToken.observe(perToken, key, bounds: Histogram.perTokenBounds)
        }
      }
      if let usage = record.usage {
        let sides = [("input", usage.input), ("output", usage.output)]
        for (type, count) in sides {
          state.tokens.observe(
            Double(count), TokenKey(key: key, type: type), bounds: Histogram.tokenBounds)
        }
      }
      if let predicted = record.predictedMs, let actual = record.actualMs {
        state.predictionErrors.observe(
          (actual - predicted) / 1000, key, bounds: Histogram.errorBounds)
      }
      for attempt in record.attempts { state.observe(attempt, Self.key(record, attempt.path)) }
      state.attempts += record.attempts.count
      state.resilience.observe(record)
      for fault in record.attempts.compactMap(\.fault) {
        state.failedAttempts[fault.rawValue, default: 0] += 1
      }
    }
  }

  private static func key(_ record: RequestRecord, _ path: PathID?) -> RequestKey {
    RequestKey(
      endpoint: record.facts.endpoint, model: record.facts.model,
      backend: path?.backend ?? "none", uplink: path?.uplink ?? "none")
  }

  /// There was no budget for an attempt.
  func deny(_ spending: ResilienceMetrics.Spending) {
    state.withLock { $0.resilience.deny(spending) }
  }

  func observe(_ refusal: Refusal) {
    let key = RefusalKey(
      endpoint: refusal.endpoint, status: refusal.status, fault: refusal.fault.rawValue)
    state.withLock { $0.refusals[key, default: 0] += 1 }
  }
}

extension NodeMetrics.State {
  /// The key itself, or the one that stands for all beyond the bound.
  fileprivate mutating func bounded(_ key: NodeMetrics.RequestKey) -> NodeMetrics.RequestKey {
    if keys.contains(key) { return key }
    guard keys.count < NodeMetrics.maximumKeys else { return .other }
    keys.insert(key)
    return key
  }

  /// Counts an attempt as its asker sees it: from its start to its first byte and to its end.
  fileprivate mutating func observe(
    _ attempt: RequestRecord.Attempt, _ wanted: NodeMetrics.RequestKey
  ) {
    let key = bounded(wanted)
    clientDurations.observe(
      attempt.ended.seconds(since: attempt.started), key, bounds: Histogram.durationBounds)
    guard let firstByte = attempt.firstByte else { return }
    clientFirstChunks.observe(
      firstByte.seconds(since: attempt.started), key, bounds: Histogram.firstTokenBounds)
  }
}

extension Dictionary where Value == Histogram {
  fileprivate mutating func observe(_ value: Double, _ key: Key, bounds: [Double]) {
    self[key, default: Histogram(bounds: bounds)].observe(value)
  }
}
