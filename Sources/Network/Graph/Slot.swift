import Orbits

/// The interval between two global reconfigurations of the network.
///
/// Starlink re-assigns satellites to terminals every 15 s, at seconds 12, 27, 42 and 57 of each
/// minute, everywhere at once (Tanveer et al., CoNEXT 2023). Perigee schedules every constellation
/// on the same clock.
public struct Slot: Hashable, Comparable, Sendable {
  /// Length of a slot, seconds.
  public static let lengthSeconds = 15
  /// Offset of the edges from whole multiples of the length, seconds past the minute.
  public static let phaseSeconds = 12

  /// The slot's number since 1970.
  public var index: Int64

  /// Creates a slot from its number.
  public init(index: Int64) { self.index = index }

  /// The slot that contains `time`; an edge belongs to the slot it begins.
  public init(containing time: UTC) {
    let length = Int64(Slot.lengthSeconds) * 1_000_000_000
    let shifted = time.nanosecondsSince1970 - Int64(Slot.phaseSeconds) * 1_000_000_000
    let quotient = shifted / length
    self.index = shifted % length < 0 ? quotient - 1 : quotient
  }

  /// The instant the slot begins.
  public var start: UTC {
    let seconds = index * Int64(Slot.lengthSeconds) + Int64(Slot.phaseSeconds)
    return UTC(nanosecondsSince1970: seconds * 1_000_000_000)
  }

  /// The instant it ends and the next begins.
  public var end: UTC { next.start }

  /// The slot after this one.
  public var next: Slot { Slot(index: index + 1) }

  /// Whether `a` comes before `b`.
  public static func < (a: Slot, b: Slot) -> Bool { a.index < b.index }
}
