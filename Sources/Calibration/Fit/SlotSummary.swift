import Network
import Orbits

/// The round trips of one slot, summed up.
struct SlotSummary {
  /// Pings this close to an edge belong to the change of slots, not to the slot, seconds.
  static let edgeSeconds = 0.5
  /// Round trips below which a slot says nothing of itself.
  static let fewestRoundTrips = 20

  var slot: Slot
  /// The median.
  var levelMs: Double
  /// What all but one in twenty take.
  var baseMs: Double
  /// The mean distance from the median.
  var scatterMs: Double
  /// The round trips, away from the edges.
  var roundTripsMs: [Double]

  /// The slots of `trace` that were seen well enough, in order.
  static func slots(of trace: Trace) -> [SlotSummary] {
    var found: [SlotSummary] = []
    var current: (slot: Slot, values: [Double])?
    func finish() {
      guard let current, current.values.count >= fewestRoundTrips else { return }
      let sorted = current.values.sorted()
      let level = sorted.quantileOfSorted(0.5)
      found.append(
        SlotSummary(
          slot: current.slot, levelMs: level, baseMs: sorted.quantileOfSorted(0.05),
          scatterMs: sorted.reduce(0) { $0 + abs($1 - level) } / Double(sorted.count),
          roundTripsMs: current.values))
    }
    for ping in trace.pings {
      guard let roundTripMs = ping.roundTripMs else { continue }
      let slot = Slot(containing: ping.sent)
      let since = ping.sent.seconds(since: slot.start)
      guard since > edgeSeconds, since < Double(Slot.lengthSeconds) - edgeSeconds else { continue }
      if current?.slot != slot {
        finish()
        current = (slot, [])
      }
      current?.values.append(roundTripMs)
    }
    finish()
    return found
  }
}

/// How alike values are to those some slots later.
enum RankCorrelation {
  /// Spearman's correlation of the values `lag` slots apart; 0 where fewer than three pairs are.
  static func of(_ values: [(slot: Slot, value: Double)], lag: Int64) -> Double {
    let later = Dictionary(values.map { ($0.slot.index, $0.value) }) { first, _ in first }
    let pairs = values.compactMap { one in
      later[one.slot.index + lag].map { (one.value, $0) }
    }
    guard pairs.count > 2 else { return 0 }
    let (a, b) = (ranks(pairs.map(\.0)), ranks(pairs.map(\.1)))
    let mean = Double(pairs.count - 1) / 2
    var (product, squares) = (0.0, 0.0)
    for index in pairs.indices {
      product += (a[index] - mean) * (b[index] - mean)
      squares += (a[index] - mean) * (a[index] - mean)
    }
    return squares > 0 ? product / squares : 0
  }

  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    for (rank, index) in order.enumerated() { ranks[index] = Double(rank) }
    return ranks
  }
}
