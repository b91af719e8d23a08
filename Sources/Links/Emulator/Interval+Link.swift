import Network
import Orbits

extension Forecast.Interval {
  /// Whether something can be sent: there is a route, and it carries more than nothing both ways.
  var isUsable: Bool {
    guard let route else { return false }
    return route.up.bitsPerSecond > 0 && route.down.bitsPerSecond > 0
  }

  /// Propagation and processing one way at `time`, milliseconds; 0 without a route.
  func minimumOneWayMs(at time: UTC) -> Double {
    guard let route, let propagation = propagationMs(at: time) else { return 0 }
    return max(0, propagation) + max(0, route.processingMs)
  }

  private func rate(_ direction: LinkDirection) -> Bandwidth? {
    guard isUsable, let route else { return nil }
    return direction == .up ? route.up : route.down
  }

  /// The most that is sent in one piece, so that connections take turns: 2 ms of the line, at least a
  /// segment and at most 64 KiB.
  func pieceBytes(_ direction: LinkDirection) -> Int {
    guard let rate = rate(direction) else { return LossRecovery.segmentBytes }
    return Int(min(65_536, max(Double(LossRecovery.segmentBytes), rate.bytesPerSecond * 0.002)))
  }

  /// The most that a connection may have under way in one direction: twice the product of capacity
  /// and round trip (and a piece's 2 ms, to keep a short link busy), at least 64 KiB and at most 8 MiB.
  func windowBytes(_ direction: LinkDirection, at time: UTC) -> Int {
    guard let route, let rate = rate(direction) else { return 65_536 }
    let roundTripSeconds = 2 * (minimumOneWayMs(at: time) + max(0, route.jitterMs)) / 1_000 + 0.002
    return Int(min(8_388_608, max(65_536, 2 * rate.bytesPerSecond * roundTripSeconds)))
  }
}
