#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Network
import Orbits

/// The law of what slots carry, fitted to a trace of throughput.
public struct CapacityCalibration: Sendable, Equatable {
  /// Where the slots begin, found in the data.
  public var phase: SlotPhase?
  /// The median over slots of what a slot carries, Mbit/s: what to declare as the capacity.
  public var usualMbps: Double
  /// What slots carry, as a factor on that.
  public var law: CapacityLaw
  /// The median over slots of the deviation within a slot, as a share of the slot's mean.
  public var deviationWithinSlot: Double
  /// Slots that were seen well enough.
  public var slotCount: Int

  /// Slots below which their quantiles mean nothing.
  static let fewestSlots = 20

  /// The law of the slots of `trace`; of a slot at least two thirds must have been seen.
  ///
  /// - Throws: ``CalibrationError`` where the trace is too short or carries nothing.
  public init(fitting trace: CapacityTrace) throws(CalibrationError) {
    let slots = Self.slots(of: trace)
    guard slots.count >= Self.fewestSlots else {
      throw .tooShort(found: slots.count, needed: Self.fewestSlots)
    }
    usualMbps = slots.map(\.mean).quantile(0.5)
    guard usualMbps > 0 else { throw .carriesNothing }
    phase = SlotPhase(of: trace.samples.map { ($0.start, $0.mbps) })
    slotCount = slots.count
    deviationWithinSlot = slots.filter { $0.mean > 0 }.map { $0.deviation / $0.mean }.quantile(0.5)
    let usual = usualMbps
    let means = slots.map { (slot: $0.slot, value: $0.mean) }
    let near = (1...3).map { RankCorrelation.of(means, lag: Int64($0)) }
    let memory = near[0] > 0 ? min(0.95, max(0, (near[1] + near[2]) / (near[0] + near[1]))) : 0
    law = CapacityLaw(
      factor: QuantileLaw(of: slots.map { $0.mean / usual }),
      correlation: min(memory, max(0, near[0])), memory: memory)
  }

  private struct SlotThroughput {
    var slot: Slot
    var mean: Double
    var deviation: Double
  }

  private static func slots(of trace: CapacityTrace) -> [SlotThroughput] {
    let steps = zip(trace.samples, trace.samples.dropFirst())
      .map { $1.start.seconds(since: $0.start) }.filter { $0 > 0 }
    let step = max(0.001, steps.quantile(0.5))
    let fewest = max(2, Int(Double(Slot.lengthSeconds) / step * 2 / 3))
    return Dictionary(grouping: trace.samples) { Slot(containing: $0.start) }
      .filter { $0.value.count >= fewest }
      .map { slot, samples in
        let mean = samples.reduce(0) { $0 + $1.mbps } / Double(samples.count)
        let squares = samples.reduce(0) { $0 + ($1.mbps - mean) * ($1.mbps - mean) }
        return SlotThroughput(
          slot: slot, mean: mean, deviation: sqrt(squares / Double(samples.count)))
      }
      .sorted { $0.slot < $1.slot }
  }
}
