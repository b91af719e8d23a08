import Decisions
import Orbits

/// One request under way in a simulation: the same state machine as behind a live request, and what a
/// live exchange knows of its attempt.
struct SimulatedExchange: Sendable {
  let plan: PlannedRequest
  var decision: RoutingDecision
  var machine: RequestStateMachine
  /// How many attempts have begun after another one had failed.
  var failovers = 0
  /// How many attempts have begun beside another one.
  var hedges = 0
  /// The tokens that the client has, by the attempt that brought them.
  var delivered: [Int: Int] = [:]
  /// When the next wake is due that has been asked for.
  var wakeAt: Instant?
  /// The attempts under way, by number: none between two, two while one hedges.
  var live: [Int: Attempt] = [:]
  /// The attempt that was over last.
  var last: Attempt?

  /// One attempt over one path.
  struct Attempt: Sendable {
    let place: PlaceQueue.Place
    var path: PathID { place.path }
    let predictedMs: Double?
    /// The backend, by number.
    let backend: Int
    /// The leg of the timeline; `nil` for a backend on the site itself.
    let leg: Int?
    let started: UTC
    var random: RandomStream
    var reusedConnection = false
    /// What a new connection took, milliseconds, where that was one round trip.
    var connectMs: Double?
    /// The backend's life that the connection belongs to; `nil` before it stands.
    var life: Int?
    /// Time between two tokens, nanoseconds.
    var tokenNanoseconds: Int64 = 0
    var tokensSent = 0
    /// How many tokens the backend makes: the whole answer's, or those before its mischief.
    var tokensMade = 0
    var mischief: Mischief?
    var tokensReceived = 0
    var firstByte: UTC?
    /// When what was sent last arrives; nothing overtakes it.
    var lastArrival: UTC
    /// Whether something was lost for good, so that nothing after it can be delivered.
    var isStuck = false
  }
}
