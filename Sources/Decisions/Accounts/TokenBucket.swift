import Fleet
import Orbits

/// A limit and how much of it is used up: a token bucket, kept as the one instant at which it is full
/// again (the generic cell rate algorithm, ITU-T I.371, appendix A).
///
/// In any stretch of time T it lets through at most the limit's amount plus what comes back in T. What
/// turns out to have cost more than was taken for it leaves a debt, which the next ones wait for.
public struct TokenBucket: Sendable, Equatable {
  /// The limit.
  public let limit: RateLimit
  /// When it is full again, nanoseconds since 1970.
  public private(set) var fullAt: Int64
  private let period: Int64

  /// A full bucket, or one that is full at `fullAt`.
  public init(_ limit: RateLimit, fullAt: Int64 = .min) {
    self.limit = limit
    self.fullAt = fullAt
    period = Int64(limit.period.seconds) * 1_000_000_000
  }

  /// How much is left at `time`; negative in debt.
  public func left(at time: UTC) -> Int {
    let used = Double(debtNs(at: time)) / Double(period) * Double(limit.amount)
    return limit.amount - Int(used.rounded(.up))
  }

  /// Nanoseconds from `time` until it is full.
  public func nanosecondsToFull(at time: UTC) -> Int64 { debtNs(at: time) }

  /// How long to wait from `time` until `count` may be taken, nanoseconds; zero where it may be now. More
  /// than the whole amount may be taken from a full bucket.
  public func wait(for count: Int, at time: UTC) -> Int64 {
    max(0, debtNs(at: time) + cost(min(count, limit.amount)) - period)
  }

  /// Takes `count`, or gives it back where it is negative.
  public mutating func take(_ count: Int, at time: UTC) {
    let now = time.nanosecondsSince1970
    let debt = count < 0 ? debtNs(at: time) - cost(-count) : debtNs(at: time) + cost(count)
    // A debt beyond a period more is let off: it also bounds what a clock set back can do.
    fullAt = now + min(2 * period, max(0, debt))
  }

  private func debtNs(at time: UTC) -> Int64 {
    let (debt, overflows) = fullAt.subtractingReportingOverflow(time.nanosecondsSince1970)
    return overflows ? 0 : min(2 * period, max(0, debt))
  }

  /// The time in which `count` comes back; rounded up, so that it never is too little.
  private func cost(_ count: Int) -> Int64 {
    let exact = Double(count) * Double(period) / Double(limit.amount)
    return Int64(min(exact.rounded(.up), Double(4 * period)))
  }
}
