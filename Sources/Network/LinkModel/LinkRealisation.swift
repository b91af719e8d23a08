#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Orbits

/// What one uplink does, slot by slot: one of the many courses that its model allows.
///
/// Any slot can be asked for, in any order and on any thread: the same model, uplink and seed give the
/// same conditions. What carries over from slot to slot (bases, long outages) looks back a bounded
/// number of slots.
public struct LinkRealisation: Sendable {
  /// The model that this is a course of.
  public let model: LinkModel

  private let random: CounterRandom
  private let bases: SlotPersistence
  private let capacities: SlotPersistence

  /// Creates the course of `uplink` under `model` that `seed` stands for.
  public init(_ model: LinkModel, uplink: String, seed: UInt64) {
    self.model = model
    random = CounterRandom(seed: seed, name: uplink)
    bases = SlotPersistence(
      correlation: model.baseCorrelation, memory: model.baseMemory, own: .baseOfSlot,
      shared: .baseShared)
    capacities = SlotPersistence(
      correlation: model.capacity.correlation, memory: model.capacity.memory,
      own: .capacityOfSlot, shared: .capacityShared)
  }

  /// What the link does in `slot`.
  public func conditions(in slot: Slot) -> SlotConditions {
    let day = model.diurnal.factor(at: slot.start)
    let isRaining = isRaining(in: slot)
    let weather = model.weather
    let capacity = model.capacity.factor(capacities.unit(random, slot: slot.index)) / day
    return SlotConditions(
      slot: slot,
      baseMs: baseMs(in: slot), nextBaseMs: baseMs(in: slot.next),
      scatterMs: model.scatterMs(random.unit(.scatter, slot: slot.index)),
      waitShape: model.waitShape,
      capacityFactor: max(0, capacity * (isRaining ? 1 - weather.attenuationDown : 1)),
      upCapacityFactor: max(0, capacity * (isRaining ? 1 - weather.attenuationUp : 1)),
      isRaining: isRaining, loss: model.loss,
      outages: (outages(in: slot) + edgeLosses(in: slot)).sorted { $0.start < $1.start },
      queue: model.queue, heldUntil: hold(at: slot).end, holdsFrom: hold(at: slot.next).start,
      nextHeldUntil: hold(at: slot.next).end)
  }

  /// Between when packets are held at the edge that begins `slot`.
  private func hold(at slot: Slot) -> (start: UTC, end: UTC) {
    let edge = model.reconfiguration
    let leadMs = edge.longestHoldLeadMs * random.unit(.hold, slot: slot.index)
    let tailMs = edge.holdTailMs(random.unit(.hold, slot: slot.index, number: 1))
    return (
      slot.start.adding(seconds: -leadMs / 1_000), slot.start.adding(seconds: tailMs / 1_000)
    )
  }

  private func baseMs(in slot: Slot) -> Double {
    model.baseMs(bases.unit(random, slot: slot.index)) * model.diurnal.factor(at: slot.start)
  }

  /// Weather holds for a spell; spells are independent of each other.
  private func isRaining(in slot: Slot) -> Bool {
    guard model.weather.rainShare > 0 else { return false }
    let length = Int64(max(1, model.weather.spellSlots))
    let spell = slot.index / length
    return random.unit(.rain, slot: spell) < model.weather.rainShare
  }

  /// The outages that begin in this slot or reach into it.
  private func outages(in slot: Slot) -> [SlotConditions.Outage] {
    var found: [SlotConditions.Outage] = []
    for (number, law) in model.outages.enumerated() {
      let longest = min(OutageLaw.longestSeconds, law.seconds.maximum)
      let reach = Int64((longest / Double(Slot.lengthSeconds)).rounded(.up))
      let share = law.perHour * Double(Slot.lengthSeconds) / 3_600
      for back in 0...max(0, reach) {
        let begun = Slot(index: slot.index &- back)
        func draw(_ part: UInt64) -> Double {
          random.unit(.outage, slot: begun.index, number: UInt64(number) &* 4 &+ part)
        }
        guard draw(0) < share else { continue }
        let start = begun.start.adding(seconds: draw(1) * Double(Slot.lengthSeconds))
        let end = start.adding(seconds: min(longest, max(0, law.seconds(draw(2)))))
        guard end > slot.start else { continue }
        found.append(SlotConditions.Outage(start: start, end: end, cause: law.cause))
      }
    }
    return found
  }

  /// The losses around this slot's two edges, as far as they lie in it.
  private func edgeLosses(in slot: Slot) -> [SlotConditions.Outage] {
    var found: [SlotConditions.Outage] = []
    for edge in [slot, slot.next] {
      for (number, law) in model.reconfiguration.losses.enumerated() {
        guard random.unit(.edgeLoss, slot: edge.index, number: UInt64(number)) < law.probability
        else { continue }
        let start = edge.start.adding(seconds: law.startMs / 1_000)
        let end = edge.start.adding(seconds: law.endMs / 1_000)
        guard start < slot.end, end > slot.start else { continue }
        found.append(SlotConditions.Outage(start: start, end: end, cause: .reconfiguration))
      }
    }
    return found
  }
}

extension DiurnalLoad {
  /// The load at `time` relative to its daily mean.
  func factor(at time: UTC) -> Double {
    guard amplitude != 0 else { return 1 }
    let hour = (time.secondsSince1970 / 3_600).truncatingRemainder(dividingBy: 24)
    return max(0.05, 1 + amplitude * cos((hour - peakHourUTC) / 24 * 2 * Double.pi))
  }
}
