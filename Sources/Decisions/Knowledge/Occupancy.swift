import Orbits

/// Who is being served at a backend, how many it serves at once, and how long one of them takes.
struct Occupancy: Sendable, Equatable {
  /// How many requests the backend serves at once; `nil`: nobody has said, and no queue is reckoned with.
  let places: Int?
  /// Requests under way.
  private(set) var underWay: Int
  /// How long an answered request held its place, a running mean, milliseconds; `nil` before any.
  private(set) var holdMs: Double?

  /// The weight of one more request in ``holdMs``.
  private static let learningRate = 0.1
  /// How many changes between free and full are remembered.
  private static let keptChanges = 32
  private var changes: [Change] = []

  private struct Change: Sendable, Equatable {
    var time: UTC
    var isFull: Bool
  }

  init(places: Int?, underWay: Int = 0) {
    self.places = places
    self.underWay = underWay
  }

  private var isFull: Bool { places.map { underWay >= $0 } ?? false }

  mutating func began(at time: UTC) { change(by: 1, at: time) }

  mutating func ended(at time: UTC) { change(by: -1, at: time) }

  private mutating func change(by count: Int, at time: UTC) {
    let before = isFull
    underWay = max(0, underWay + count)
    guard isFull != before else { return }
    if changes.count == Self.keptChanges { changes.removeFirst() }
    changes.append(Change(time: time, isFull: isFull))
  }

  /// Whether a request that came at `time` found every place taken, and so may have waited. What is too
  /// long ago to be remembered counts as such.
  func wasFull(at time: UTC) -> Bool {
    guard places != nil, let last = changes.last(where: { $0.time < time }) else {
      return changes.count == Self.keptChanges
    }
    return last.isFull
  }

  /// Takes in how long an answered request held its place.
  mutating func observe(holdMs measured: Double) {
    let value = max(0, measured)
    holdMs = holdMs.map { $0 + (value - $0) * Self.learningRate } ?? value
  }
}
