import Decisions
import Dialects
import Gateway
import Links
import Orbits
import Synchronization

/// A router with a fixed ranking that remembers what it was told.
final class TestRouter: RequestRouter {
  struct Memory {
    var records: [RequestRecord] = []
    var outcomes: [(path: PathID, outcome: AttemptOutcome)] = []
    var refusals: [Refusal] = []
    var facts: [RequestFacts] = []
    var begun = 0
  }

  let endpoints: [(name: String, endpoint: Endpoint?)]
  let rejected: [RoutingDecision.Scored]
  let retryAt: UTC?
  let renames: [String: String]
  let modelNames: [String]
  let apis: [String: [Family]]
  private let memory = Mutex(Memory())

  init(
    _ endpoints: [(name: String, endpoint: Endpoint?)], renames: [String: String] = [:],
    rejected: [RoutingDecision.Scored] = [], retryAt: UTC? = nil,
    models: [String] = ["test-model", "org/other"], apis: [String: [Family]] = [:]
  ) {
    self.apis = apis
    self.endpoints = endpoints
    self.renames = renames
    self.rejected = rejected
    self.retryAt = retryAt
    modelNames = models
  }

  var models: [ModelEntry] {
    let created = UTC(year: 2026, month: 1, day: 1)
    return modelNames.map { ModelEntry(id: $0, created: created, ownedBy: "test") }
  }

  func decide(_ facts: RequestFacts) -> RoutingDecision {
    memory.withLock { $0.facts.append(facts) }
    return RoutingDecision(
      ranked: endpoints.map { Self.scored($0.name, predictedMs: 12.34) }, rejected: rejected,
      retryAt: retryAt)
  }

  static func scored(
    _ backend: String, predictedMs: Double? = nil, reason: String = "test"
  ) -> RoutingDecision.Scored {
    RoutingDecision.Scored(
      path: PathID(backend: backend, uplink: "leo"), predictedMs: predictedMs, pathMs: 10,
      serviceMs: 2.34, hops: [], nextChange: nil, reason: reason)
  }

  func endpoint(for path: PathID) -> Endpoint? {
    endpoints.first { $0.name == path.backend }?.endpoint
  }

  func families(of backend: String) -> [Family] { apis[backend] ?? [.chat, .completions] }

  func upstreamModelName(_ model: String, backend: String) -> String? { renames[backend] }

  func attemptBegan(_ path: PathID, request: String) { memory.withLock { $0.begun += 1 } }

  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome) {
    memory.withLock { $0.outcomes.append((path, outcome)) }
  }

  func requestEnded(_ record: RequestRecord) { memory.withLock { $0.records.append(record) } }

  func requestRefused(_ refusal: Refusal) { memory.withLock { $0.refusals.append(refusal) } }

  /// What it was told so far.
  var told: Memory { memory.withLock { $0 } }
}
