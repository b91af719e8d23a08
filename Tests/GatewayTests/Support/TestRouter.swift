import Decisions
import Dialects
import Fleet
import Gateway
import Links
import Orbits
import Synchronization

/// A router with a fixed ranking that remembers what it was told. A path is named by its backend, over
/// `leo`, or as `backend/uplink`.
final class TestRouter: RequestRouter, PlaceKeeper {
  struct Memory {
    var records: [RequestRecord] = []
    var outcomes: [(path: PathID, outcome: AttemptOutcome)] = []
    var refusals: [Refusal] = []
    /// Bytes that no request was billed for.
    var unbilledUp = 0
    var unbilledDown = 0
    var facts: [RequestFacts] = []
    var begun = 0
    /// Places that are taken and not given back.
    var taken = 0
  }

  /// What a test can change while requests are under way.
  struct World {
    /// The uplinks that are known to be down.
    var down: Set<String> = []
    /// Whether the forecast has no way at all.
    var isCutOff = false
    var mayHedge = true
    var mayRetry = true
    /// When the routes change next.
    var nextChange: UTC?
  }

  let endpoints: [(name: String, endpoint: Endpoint?)]
  let rejected: [RoutingDecision.Scored]
  let retryAt: UTC?
  let renames: [String: String]
  let modelNames: [String]
  let apis: [String: [Family]]
  let hedge: HedgePlan?
  /// The backends that go on with an answer that broke, and those that keep their answers.
  let continuing: Set<String>
  let keeping: Set<String>
  /// The backends that refuse to be asked for a stream's usage.
  let uncounting: Set<String>
  private let memory = Mutex(Memory())
  private let world: Mutex<World>

  init(
    _ endpoints: [(name: String, endpoint: Endpoint?)], renames: [String: String] = [:],
    rejected: [RoutingDecision.Scored] = [], retryAt: UTC? = nil,
    models: [String] = ["test-model", "org/other"], apis: [String: [Family]] = [:],
    hedge: HedgePlan? = nil, continuing: Set<String> = [], keeping: Set<String> = [],
    uncounting: Set<String> = [], world: World = World()
  ) {
    self.apis = apis
    self.continuing = continuing
    self.keeping = keeping
    self.uncounting = uncounting
    self.hedge = hedge
    self.world = Mutex(world)
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
    let world = world.withLock { $0 }
    let ranked = world.isCutOff ? [] : endpoints
    var decision = RoutingDecision(
      ranked: ranked.map { Self.scored($0.name, predictedMs: 12.34) }, rejected: rejected,
      retryAt: retryAt)
    for index in decision.ranked.indices { decision.ranked[index].nextChange = world.nextChange }
    decision.hedge = hedge
    return decision
  }

  /// Changes what links and budgets are like.
  func change(_ change: (inout World) -> Void) { world.withLock { change(&$0) } }

  func resumption(of backend: String) -> Resumption {
    if keeping.contains(backend) { return .background }
    return continuing.contains(backend) ? .prefill : .no
  }

  func countsStreams(backend: String) -> Bool { !uncounting.contains(backend) }

  func mayHedge(_ path: PathID) -> Bool { world.withLock { $0.mayHedge } }

  func mayRetry(_ path: PathID) -> Bool { world.withLock { $0.mayRetry } }

  func isDown(_ path: PathID) -> Bool { world.withLock { $0.down.contains(path.uplink) } }

  private static func path(_ name: String) -> PathID {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    return PathID(backend: parts[0], uplink: parts.count > 1 ? parts[1] : "leo")
  }

  static func scored(
    _ backend: String, predictedMs: Double? = nil, reason: String = "test"
  ) -> RoutingDecision.Scored {
    RoutingDecision.Scored(
      path: path(backend), predictedMs: predictedMs, pathMs: 10,
      serviceMs: 2.34, hops: [], nextChange: nil, reason: reason)
  }

  func endpoint(for path: PathID) -> Endpoint? {
    endpoints.first { Self.path($0.name) == path }?.endpoint
  }

  func families(of backend: String) -> [Family] { apis[backend] ?? [.chat, .completions] }

  func upstreamModelName(_ model: String, backend: String) -> String? { renames[backend] }

  var places: any PlaceKeeper { self }

  /// There always is one.
  func takePlace(on path: PathID, at time: Instant) -> PlaceQueue.Place? {
    takeAnyPlace(on: path, at: time)
  }

  func takeAnyPlace(on path: PathID, at time: Instant) -> PlaceQueue.Place {
    memory.withLock { memory in
      memory.begun += 1
      memory.taken += 1
    }
    return PlaceQueue.Place(path: path, began: time)
  }

  /// Nobody waits.
  func awaitPlace(
    _ request: PlaceQueue.Request, at time: Instant,
    turn: @escaping @Sendable (PlaceQueue.Entry) -> Void
  ) -> PlaceQueue.Entry {
    request.options.first.map { .place(takeAnyPlace(on: $0.path, at: time)) }
      ?? .refused(PlaceQueue.Refusal(reason: .late, seconds: 1))
  }

  func lookForPlace(_ ticket: PlaceQueue.Ticket, at time: Instant) -> PlaceQueue.Entry? { nil }

  func leaveQueue(_ ticket: PlaceQueue.Ticket) {}

  func giveBack(_ place: PlaceQueue.Place, at time: Instant) {
    memory.withLock { memory in
      memory.begun -= 1
      memory.taken -= 1
    }
  }

  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome) {
    memory.withLock { memory in
      memory.outcomes.append((path, outcome))
      if outcome.place != nil { memory.taken -= 1 }
    }
  }

  func unbilled(_ path: PathID, bytesUp: Int, bytesDown: Int) {
    memory.withLock { memory in
      memory.unbilledUp += bytesUp
      memory.unbilledDown += bytesDown
    }
  }

  func requestEnded(_ record: RequestRecord) { memory.withLock { $0.records.append(record) } }

  func requestRefused(_ refusal: Refusal) { memory.withLock { $0.refusals.append(refusal) } }

  /// What it was told so far.
  var told: Memory { memory.withLock { $0 } }
}
