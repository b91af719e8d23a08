import Network
import Orbits

/// The transmitter at each end of an uplink: it sends one thing at a time, in the order of asking.
public struct TransmissionLine: Sendable, Equatable {
  private var freeUp: UTC?
  private var freeDown: UTC?

  /// Creates an idle line.
  public init() {}

  /// Sends `bytes` at `rate` as soon as the line is free, at `now` at the earliest, and gives the
  /// instant at which the last of them has left.
  public mutating func transmit(
    bytes: Int, _ direction: LinkDirection, at now: UTC, rate: Bandwidth
  ) -> UTC {
    let free = direction == .up ? freeUp : freeDown
    let departure = max(now, free ?? now).later(byMs: rate.seconds(forBytes: bytes) * 1_000)
    switch direction {
    case .up: freeUp = departure
    case .down: freeDown = departure
    }
    return departure
  }
}

extension UTC {
  /// This instant and `milliseconds`, rounded up to the nanosecond so that no sum of delays comes out
  /// short; never earlier than this instant, and at most a day later, whatever the input.
  func later(byMs milliseconds: Double) -> UTC {
    let nanoseconds = (milliseconds * 1e6).rounded(.up)
    guard nanoseconds > 0 else { return self }
    return UTC(
      nanosecondsSince1970: nanosecondsSince1970 + Int64(min(nanoseconds, 86_400e9)))
  }
}
