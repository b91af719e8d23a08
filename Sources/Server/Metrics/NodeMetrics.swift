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

  struct State {
    var series: [RequestKey: RequestSeries] = [:]
    var refusals: [RefusalKey: Int] = [:]
    var attempts = 0
    var failedAttempts: [Fault: Int] = [:]
    var resilience = ResilienceMetrics()
    var queueing = QueueMetrics()
  }

  struct RefusalKey: Hashable {
    var endpoint: String
    var status: Int
    var fault: String

    var order: String { "\(endpoint) \(status) \(fault)" }
  }

  private let state = Mutex(State())

  /// A copy of all counts.
  var snapshot: State { state.withLock { $0 } }

  func observe(_ record: RequestRecord) {
    let key = Self.key(record, record.chosen)
    state.withLock { state in
      // Almost every request has one attempt, whose labels are its own: these are looked up once.
      state.update(key) { series in
        series.observe(record)
        for attempt in record.attempts where attempt.path == record.chosen {
          series.observe(attempt)
        }
      }
      for attempt in record.attempts where attempt.path != record.chosen {
        state.update(Self.key(record, attempt.path)) { $0.observe(attempt) }
      }
      state.attempts += record.attempts.count
      state.resilience.observe(record)
      state.queueing.observe(record)
      for attempt in record.attempts {
        // That another one was quicker is no failure: `perigee_hedges_total` tells of it.
        guard let fault = attempt.fault, fault != .policyHedgeLost else { continue }
        state.failedAttempts[fault, default: 0] += 1
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
  /// Changes the series of a key, or the one that stands for all beyond the bound.
  fileprivate mutating func update(
    _ key: NodeMetrics.RequestKey, _ change: (inout RequestSeries) -> Void
  ) {
    if let index = series.index(forKey: key) { return change(&series.values[index]) }
    let isNew = series.count < NodeMetrics.maximumKeys
    change(&series[isNew ? key : .other, default: RequestSeries()])
  }
}
