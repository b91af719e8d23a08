/// The places of one backend or uplink.
struct Places: Sendable {
  /// Places that are taken; more than there are, where retries need them.
  var taken = 0
  /// For how long a place is held on average, seconds.
  private(set) var heldSeconds = 1.0
  /// Since when somebody waits for it.
  var busySince: Instant?
  private let declared: Int?
  private var learned = ConcurrencyLimit()

  /// So many places, or as many as it turns out to bear.
  init(declared: Int? = nil) { self.declared = declared }

  var limit: Int { declared ?? learned.places }

  var isFree: Bool { taken < limit }

  /// A place becomes free.
  mutating func end(_ outcome: PlaceQueue.Outcome?, at time: Instant) {
    let inFlight = taken
    taken = max(0, taken - 1)
    guard let outcome else { return }
    let seconds = max(0, outcome.held / .seconds(1))
    heldSeconds += (min(600, seconds) - heldSeconds) * 0.1
    guard declared == nil else { return }
    if outcome.isOverload {
      learned.overloaded(inFlight: inFlight)
    } else if let (kind, milliseconds) = outcome.service {
      learned.observe(kind, serviceMs: milliseconds, inFlight: inFlight, at: time)
    }
  }
}
