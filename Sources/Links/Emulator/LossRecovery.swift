import Network

/// What lost segments cost a TCP stream: time at the head of the line, never bytes.
///
/// Each segment is lost with the route's probability. The first loss of a segment is repaired by fast
/// retransmit, one round trip later (RFC 5681, RFC 6675); each further loss of it waits for the
/// retransmission timer, 200 ms at least and doubling (RFC 6298 with the minimum that Linux uses).
/// Segments lost together are repaired together. A lost SYN or SYN-ACK waits for the initial timer.
struct LossRecovery: Sendable {
  /// Bytes of a full segment at the common MTU of 1,500.
  static let segmentBytes = 1_460
  /// The timer before any round trip is known (RFC 6298, 2.1).
  static let initialTimeoutMs = 1_000.0
  static let shortestTimeoutMs = 200.0
  static let longestTimeoutMs = 60_000.0

  var loss: Double
  var roundTripMs: Double
  var timeoutMs: Double

  init(loss: Double, roundTripMs: Double, jitterMs: Double) {
    self.loss = loss
    self.roundTripMs = roundTripMs
    self.timeoutMs = max(Self.shortestTimeoutMs, roundTripMs + 4 * max(0, jitterMs))
  }

  /// How much later than without loss `segment` is complete.
  func delayMs(of segment: LinkShaper.Segment, random: inout SplitMix64) -> Double {
    guard loss > 0 else { return 0 }
    let count = max(1, (segment.bytes + Self.segmentBytes - 1) / Self.segmentBytes)
    var worst = 0.0
    for _ in 0..<count where random.unit() < loss {
      worst = max(worst, repairMs(isHandshake: segment == .handshake, random: &random))
    }
    return worst
  }

  private func repairMs(isHandshake: Bool, random: inout SplitMix64) -> Double {
    var delay = isHandshake ? Self.initialTimeoutMs : roundTripMs
    var timeout = isHandshake ? 2 * Self.initialTimeoutMs : timeoutMs
    while timeout < Self.longestTimeoutMs, random.unit() < loss {
      delay += timeout
      timeout *= 2
    }
    return delay
  }
}
