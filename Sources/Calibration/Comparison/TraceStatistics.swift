import Network
import Orbits

/// What a trace is judged by.
public struct TraceStatistics: Sendable, Equatable {
  /// The shares whose quantiles are compared.
  public static let shares = [0.05, 0.5, 0.95, 0.99]

  /// Round trips below which the shares lie, milliseconds.
  public var quantilesMs: [Double]
  /// The whole distribution of round trips: quantiles at 400 even shares, milliseconds, for drawing.
  public var curveMs: [Double]
  /// The variance within slots divided by that between their means; `nan` where the means are all the same.
  public var varianceRatio: Double
  /// The share of pings that was lost.
  public var loss: Double
  /// Runs of losses and of answers.
  public var runs: RunLengths
  /// Sustained spikes: slots in a row whose median is more than half above that of all slots.
  public var spikeSlots: [Int]
  /// How many slots were seen.
  public var slotCount: Int

  /// The statistics of `trace`.
  public init(of trace: Trace) { self.init(of: [trace]) }

  /// The statistics of several traces of one link together.
  public init(of traces: [Trace]) {
    var parts = TraceParts()
    for trace in traces { parts.add(trace) }
    self.init(of: parts)
  }

  /// The statistics of traces of one link that were added up.
  init(of parts: TraceParts) {
    let sorted = parts.roundTripsMs.sorted()
    quantilesMs = Self.shares.map { sorted.quantileOfSorted($0) }
    curveMs =
      sorted.isEmpty ? [] : (0..<400).map { sorted.quantileOfSorted((Double($0) + 0.5) / 400) }
    let lost = parts.pingCount - sorted.count
    loss = parts.pingCount > 0 ? Double(lost) / Double(parts.pingCount) : 0
    runs = parts.runs
    let flat = parts.slots.flatMap { $0 }
    slotCount = flat.count
    varianceRatio = Self.ratio(flat)
    let median = flat.map(\.median).quantile(0.5)
    spikeSlots = parts.slots.flatMap { Self.spikes($0, above: 1.5 * median) }
  }

  private static func ratio(_ slots: [SlotMean]) -> Double {
    let count = slots.reduce(0) { $0 + $1.count }
    guard count > 0 else { return .nan }
    let mean = slots.reduce(0) { $0 + $1.count * $1.mean } / count
    let within = slots.reduce(0) { $0 + $1.squares }
    let between = slots.reduce(0) { $0 + $1.count * ($1.mean - mean) * ($1.mean - mean) }
    return between > 0 ? within / between : .nan
  }

  private static func spikes(_ slots: [SlotMean], above limitMs: Double) -> [Int] {
    var found: [Int] = []
    var run = 0
    var last: Slot?
    for slot in slots {
      if slot.median > limitMs {
        if run > 0, last?.next != slot.slot {
          found.append(run)
          run = 0
        }
        run += 1
      } else if run > 0 {
        found.append(run)
        run = 0
      }
      last = slot.slot
    }
    if run > 0 { found.append(run) }
    return found
  }
}

/// What is kept of traces whose statistics are wanted together, one after the other: a trace itself need not
/// outlive its turn.
struct TraceParts {
  private(set) var pingCount = 0
  private(set) var roundTripsMs: [Double] = []
  private(set) var runs = RunLengths(of: Trace(pings: []))
  /// The slots of each trace.
  private(set) var slots: [[SlotMean]] = []

  mutating func add(_ trace: Trace) {
    pingCount += trace.pings.count
    roundTripsMs += trace.roundTripsMs
    let own = RunLengths(of: trace)
    runs.bursts += own.bursts
    runs.gaps += own.gaps
    slots.append(SlotMean.slots(of: trace))
  }
}

/// All round trips of one slot, edges included, summed up.
struct SlotMean {
  var slot: Slot
  var count: Double
  var mean: Double
  var median: Double
  var squares: Double

  static func slots(of trace: Trace) -> [SlotMean] {
    var found: [SlotMean] = []
    var values: [Double] = []
    var current: Slot?
    func finish() {
      guard let current, !values.isEmpty else { return }
      let mean = values.reduce(0, +) / Double(values.count)
      found.append(
        SlotMean(
          slot: current, count: Double(values.count), mean: mean, median: values.quantile(0.5),
          squares: values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }))
    }
    for ping in trace.pings {
      guard let roundTripMs = ping.roundTripMs else { continue }
      let slot = Slot(containing: ping.sent)
      if slot != current {
        finish()
        values = []
        current = slot
      }
      values.append(roundTripMs)
    }
    finish()
    return found
  }
}
