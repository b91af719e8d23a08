import Orbits

/// The transmitters at the two ends of an uplink, shared by all requests, and what they have carried.
struct UplinkLine: Sendable {
  private var freeUp: UTC?
  private var freeDown: UTC?
  private(set) var bytesUp = 0
  private(set) var bytesDown = 0

  /// Sends `bytes` once the line is free, and gives the instant at which the last one has left.
  mutating func transmit(
    _ bytes: Int, _ direction: RealLinks.Direction, at now: UTC, bytesPerSecond: Double
  ) -> UTC {
    let free = direction == .up ? freeUp : freeDown
    let departure = max(now, free ?? now).later(byMs: Double(bytes) / bytesPerSecond * 1_000)
    switch direction {
    case .up:
      freeUp = departure
      bytesUp += bytes
    case .down:
      freeDown = departure
      bytesDown += bytes
    }
    return departure
  }
}
