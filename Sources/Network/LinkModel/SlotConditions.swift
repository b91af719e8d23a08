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
  /// What all but one packet in twenty take there and back, less propagation, milliseconds.
  public var baseMs: Double
  /// The base of the slot after this one.
  public var nextBaseMs: Double
  /// The mean distance of round trips from their median, milliseconds.
  public var scatterMs: Double
  /// The shape of the waits beyond the base, in units of the scatter.
  public var waitShape: QuantileLaw
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
  /// Until when packets wait at the slot's start.
  public var heldUntil: UTC
  /// When packets begin to wait for the next slot.
  public var holdsFrom: UTC
  /// Until when those wait.
  public var nextHeldUntil: UTC

  /// The median of what the idle link adds to the propagation round trip, milliseconds.
  public var medianMs: Double { max(0, baseMs + scatterMs * waitShape.median) }

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
    let wait = scatterMs * waitShape(Double.random(in: 0..<1, using: &random))
    let queueMs = queue.waitMs(load: load, share: Double.random(in: 0..<1, using: &random))
    let roundTripMs = max(0, baseMs + wait) + heldMs(at: time) + queueMs
    // What the edge meets on the way comes back under the next slot.
    let crosses = slot.end.seconds(since: time) * 1_000 < roundTripMs
    return max(0, roundTripMs + (crosses ? (nextBaseMs - baseMs) / 2 : 0))
  }

  /// How long a packet sent at `time` is held by the change of slots, milliseconds.
  public func heldMs(at time: UTC) -> Double {
    if time >= holdsFrom { return max(0, nextHeldUntil.seconds(since: time) * 1_000) }
    return max(0, heldUntil.seconds(since: time) * 1_000)
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
