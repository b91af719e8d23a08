import Network
import Orbits

/// The times to first content over one path, for one kind of request: their level now, and the distribution
/// about it, from which a hedge takes its delay.
///
/// A path keeps a level during a slot and jumps at its edge, and a backend has one as long as its load lasts; so
/// what is unusual is told from the median of the slot's newest answers. On recorded links that is worth a third
/// of the late requests at the same cost. The distribution is a window of the last 1,024, kept sorted: an answer
/// costs a search and a move of at most four kilobytes, and any quantile is there at once. Times are what is left
/// when the path's expected share is taken off.
public struct FirstContentTimes: Sendable, Equatable {
  /// How many are kept.
  public static let window = 1_024
  /// With fewer than this there is no distribution to speak of.
  public static let fewest = 40
  /// How many of a slot's answers make its level, and the fewest that do.
  private static let levelWindow = 16
  private static let fewestOfLevel = 3
  /// How many answers make the level of a slot that is new.
  private static let usualWindow = 64

  private var sorted: [Float] = []
  private var newest: [Float] = []
  private var next = 0
  private var slot: Slot?
  private var inSlot: [Float] = []
  private var usual: [Float] = []

  /// A distribution of nothing.
  public init() {}

  /// How many times are in the window.
  public var count: Int { newest.count }

  /// Takes in the time that an answer took which came at `time`, milliseconds.
  public mutating func observe(milliseconds: Double, at time: UTC) {
    let value = Float(milliseconds)
    guard value.isFinite else { return }
    add(value - Float(level(at: time) ?? milliseconds))
    let slot = Slot(containing: time)
    if slot != self.slot {
      self.slot = slot
      inSlot = []
    }
    if inSlot.count == Self.levelWindow { inSlot.removeFirst() }
    inSlot.append(value)
    if usual.count == Self.usualWindow { usual.removeFirst() }
    usual.append(value)
  }

  /// Takes in how long an attempt was waited for that ended without content at `time`, milliseconds: its own
  /// time was longer, if it had any.
  public mutating func observeUnanswered(milliseconds: Double, at time: UTC) {
    guard milliseconds.isFinite else { return }
    add(Float(milliseconds - (level(at: time) ?? 0)))
  }

  private mutating func add(_ excess: Float) {
    if newest.count < Self.window {
      newest.append(excess)
    } else {
      sorted.remove(at: place(of: newest[next]))
      newest[next] = excess
      next = (next + 1) % Self.window
    }
    sorted.insert(excess, at: place(of: excess))
  }

  /// What an answer takes at `time`, milliseconds: the median of the slot's newest, or of the newest there are;
  /// `nil` before any.
  public func level(at time: UTC) -> Double? {
    let isKnown = inSlot.count >= Self.fewestOfLevel && slot == Slot(containing: time)
    let values = (isKnown ? inSlot : usual).sorted()
    return values.isEmpty ? nil : Double(values[values.count / 2])
  }

  /// The time that `share` of the requests at `time` do not exceed, milliseconds; `nil` of fewer than
  /// ``fewest``.
  public func quantile(_ share: Double, at time: UTC) -> Double? {
    guard count >= Self.fewest, let level = level(at: time) else { return nil }
    let rank = (min(1, max(0, share)) * Double(count)).rounded(.up)
    return level + Double(sorted[min(count, max(1, Int(rank))) - 1])
  }

  /// Where `value` stands among the sorted ones, or would.
  private func place(of value: Float) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
