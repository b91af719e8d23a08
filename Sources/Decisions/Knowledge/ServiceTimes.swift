import Orbits

/// A backend's service times for one kind of request, by how long the request is.
///
/// A long prompt takes longer to read, at a small backend by seconds. Taken together, short prompts would
/// draw the long ones to where only they are served quickly. So each doubling of a request's bytes is
/// learned for itself, and stands on what is known of the kind as a whole until it has been measured.
struct ServiceTimes: Sendable, Equatable {
  /// The estimate over requests of all lengths.
  private(set) var overall = ServiceTime()
  private var byLength: [ServiceTime?] = [ServiceTime?](repeating: nil, count: lengthClasses)

  /// Lengths are told apart from 1 KiB to 1 MiB.
  private static let lengthClasses = 11

  /// The class of a request's length: 0 below 1 KiB, then one for each doubling.
  static func lengthClass(bytes: Int) -> Int {
    min(lengthClasses - 1, max(0, Int.bitWidth - (bytes >> 10).leadingZeroBitCount))
  }

  /// The estimate for a request of so many bytes at `time`, milliseconds.
  func milliseconds(bytes: Int, at time: UTC) -> Double {
    (byLength[Self.lengthClass(bytes: bytes)] ?? overall).milliseconds(at: time)
  }

  /// Takes in one measurement; `bytes` is `nil` where the request's length is not known.
  mutating func observe(milliseconds: Double, bytes: Int?, at time: UTC) {
    overall.observe(milliseconds: milliseconds, at: time)
    guard let bytes else { return }
    let length = Self.lengthClass(bytes: bytes)
    var estimate = byLength[length] ?? ServiceTime()
    estimate.observe(milliseconds: milliseconds, at: time)
    byLength[length] = estimate
  }
}
