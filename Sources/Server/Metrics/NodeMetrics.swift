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
  }

  struct Outcome: Hashable {
    var key: RequestKey
    var status: Int
    var fault: String

    var order: String { "\(key.order) \(status) \(fault)" }
  }

  struct State {
    var outcomes: [Outcome: Int] = [:]
    var refusals: [RefusalKey: Int] = [:]
    var durations: [RequestKey: Histogram] = [:]
    var firstTokens: [RequestKey: Histogram] = [:]
    var perToken: [RequestKey: Histogram] = [:]
    var tokens: [TokenKey: Histogram] = [:]
    var predictionErrors: [RequestKey: Histogram] = [:]
    var attempts = 0
    var failedAttempts: [String: Int] = [:]
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
    let key = RequestKey(
      endpoint: record.facts.endpoint, model: record.facts.model,
      backend: record.chosen?.backend ?? "none", uplink: record.chosen?.uplink ?? "none")
    let seconds = record.ended.seconds(since: record.facts.arrival)
    state.withLock { state in
      let outcome = Outcome(
        key: key, status: record.status, fault: record.fault?.rawValue ?? "none")
      state.outcomes[outcome, default: 0] += 1
      state.durations.observe(seconds, key, bounds: Histogram.durationBounds)
      if let firstByteMs = record.timeToFirstByteMs {
        state.firstTokens.observe(firstByteMs / 1000, key, bounds: Histogram.durationBounds)
        if let output = record.usage?.output, output > 1, record.facts.stream {
          let perToken = (seconds - firstByteMs / 1000) / Double(output - 1)
          state.perToken.observe(perToken, key, bounds: Histogram.durationBounds)
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
      state.attempts += record.attempts.count
      for fault in record.attempts.compactMap(\.fault) {
        state.failedAttempts[fault.rawValue, default: 0] += 1
      }
    }
  }

  func observe(_ refusal: Refusal) {
    let key = RefusalKey(
      endpoint: refusal.endpoint, status: refusal.status, fault: refusal.fault.rawValue)
    state.withLock { $0.refusals[key, default: 0] += 1 }
  }
}

extension Dictionary where Value == Histogram {
  fileprivate mutating func observe(_ value: Double, _ key: Key, bounds: [Double]) {
    self[key, default: Histogram(bounds: bounds)].observe(value)
  }
}
