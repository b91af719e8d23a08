#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Orbits

/// What one link does during one slot.
public struct SlotConditions: Sendable, Equatable {
  /// A time in which nothing comes through.
  public struct Outage: Sendable, Equatable {
    /// When it begins; may lie in an earlier slot.
    public var start: UTC
    /// When it is over; may lie in a later slot.
    public var end: UTC
    /// Why.
    public var cause: OutageCause
  }

  /// The slot.
  public var slot: Slot
  /// The median round trip less propagation, milliseconds.
  public var levelMs: Double
  /// The interquartile range of round trips, milliseconds.
  public var scatterMs: Double
  /// The shape of the scatter, in units of it.
  public var scatterShape: QuantileLaw
  /// What the slot carries to the site, as a factor on the declared capacity.
  public var capacityFactor: Double
  /// What it carries from the site, likewise.
  public var upCapacityFactor: Double
  /// Whether it rains.
  public var isRaining: Bool
  /// The probability that a packet is lost, outages aside.
  public var loss: Double
  /// The times of this slot in which nothing comes through, in order of their start.
  public var outages: [Outage]
  /// What load adds.
  public var queue: Queue
  /// From how long before the slot's end packets wait for the next, milliseconds.
  public var holdLeadMs: Double
  /// Until how long after a slot's start they wait, milliseconds.
  public var holdTailMs: Double

  /// The outage in force at `time`.
  public func outage(at time: UTC) -> Outage? {
    outages.first { $0.start <= time && time < $0.end }
  }

  /// Whether nothing comes through at `time`; ``outage(at:)`` says why.
  public func isOut(at time: UTC) -> Bool { outage(at: time) != nil }

  /// What the link adds to the propagation round trip of a packet sent at `time`, milliseconds; `nil`
  /// where the packet is lost.
  ///
  /// - Parameters:
  ///   - time: When it is sent, in this slot.
  ///   - load: The offered share of the capacity, 0 for an idle link; above 1 the buffer stands full.
  ///   - random: What tells this packet from others.
  public func roundTripMs(
    at time: UTC, load: Double, random: inout some RandomNumberGenerator
  ) -> Double? {
    guard !isOut(at: time) else { return nil }
    guard Double.random(in: 0..<1, using: &random) >= loss else { return nil }
    let scatter = scatterMs * scatterShape(Double.random(in: 0..<1, using: &random))
    return max(0, levelMs + scatter) + heldMs(at: time)
      + queue.waitMs(load: load, share: Double.random(in: 0..<1, using: &random))
  }

  /// How long a packet sent at `time` is held by the change of slots, milliseconds.
  func heldMs(at time: UTC) -> Double {
    let sinceStartMs = time.seconds(since: slot.start) * 1_000
    if sinceStartMs >= 0, sinceStartMs < holdTailMs { return holdTailMs - sinceStartMs }
    let untilEndMs = slot.end.seconds(since: time) * 1_000
    if untilEndMs >= 0, untilEndMs < holdLeadMs { return untilEndMs + holdTailMs }
    return 0
  }
}

extension Queue {
  /// The wait of a packet, milliseconds: of those that meet `load`, the share `share` waits less.
  func waitMs(load: Double, share: Double) -> Double {
    guard load > 0, bufferMs > 0 else { return 0 }
    // Close to the full load the wait grows without bound: that is the buffer's to bound.
    let mean = load < 1 ? min(bufferMs, serviceMs * load / (1 - load)) : bufferMs
    return min(bufferMs, -mean * log(1 - min(share, 1 - 0x1p-53)))
  }
}
