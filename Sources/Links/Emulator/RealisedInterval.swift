import Network
import Orbits

/// An interval of the forecast as the link turns out: with the conditions of its slot, or exactly as
/// forecast where there are none.
///
/// The forecast says where the bytes go and what is usual; the conditions say what this slot makes of it.
/// Propagation is the forecast's in either case, so nothing beats light.
public struct RealisedInterval: Sendable {
  /// What was forecast.
  let forecast: Forecast.Interval
  /// What the slot does; `nil` for a link that does as forecast.
  let conditions: SlotConditions?
  /// What the forecast counts as access, one way, and the conditions replace, milliseconds.
  let accessDelayMs: Double

  /// Creates an interval that turns out as `conditions` say, or as forecast without them.
  public init(
    _ forecast: Forecast.Interval, conditions: SlotConditions? = nil, accessDelayMs: Double = 0
  ) {
    self.forecast = forecast
    self.conditions = conditions
    self.accessDelayMs = accessDelayMs
  }

  /// Whether something can be sent at `time`: there is a route, it carries more than nothing both ways,
  /// and the link is not out.
  func isUsable(at time: UTC) -> Bool {
    rate(.up).bitsPerSecond > 0 && rate(.down).bitsPerSecond > 0
      && conditions?.isOut(at: time) != true
  }

  /// What the link carries; nothing without a route.
  func rate(_ direction: LinkDirection) -> Bandwidth {
    guard let route = forecast.route else { return Bandwidth(bitsPerSecond: 0) }
    switch direction {
    case .up:
      return Bandwidth(
        bitsPerSecond: route.up.bitsPerSecond * (conditions?.upCapacityFactor ?? 1))
    case .down:
      return Bandwidth(
        bitsPerSecond: route.down.bitsPerSecond * (conditions?.capacityFactor ?? 1))
    }
  }

  /// What nothing sent at `time` goes below, one way, milliseconds: propagation, processing, the slot's
  /// base, and the rest of a change of slots; 0 without a route.
  func minimumOneWayMs(at time: UTC) -> Double {
    guard let route = forecast.route, let propagation = forecast.propagationMs(at: time) else {
      return 0
    }
    guard let conditions else { return max(0, propagation) + max(0, route.processingMs) }
    let rest = max(0, route.processingMs - accessDelayMs)
    return max(0, propagation) + rest + max(0, conditions.baseMs) / 2 + conditions.heldMs(at: time)
  }

  /// The extra delay of one packet, milliseconds. With a slot's conditions it waits on the way up, for
  /// the scheduler's grant; as forecast, exponentially either way.
  func extraMs(_ direction: LinkDirection, random: inout SplitMix64) -> Double {
    guard let conditions else { return random.exponential(mean: forecast.route?.jitterMs ?? 0) }
    guard direction == .up else { return 0 }
    return max(0, conditions.scatterMs * conditions.waitShape(random.unit()))
  }

  /// How far packets scatter, one way, milliseconds.
  var jitterMs: Double {
    max(0, conditions.map { $0.scatterMs } ?? forecast.route?.jitterMs ?? 0)
  }

  /// The probability that a packet is lost one way.
  var loss: Double {
    guard let conditions else { return forecast.route?.loss ?? 0 }
    return conditions.loss / 2
  }

  /// The most that is sent in one piece, so that connections take turns: 2 ms of the line, at least a
  /// segment and at most 64 KiB.
  func pieceBytes(_ direction: LinkDirection) -> Int {
    let rate = rate(direction)
    guard rate.bitsPerSecond > 0 else { return LossRecovery.segmentBytes }
    return Int(min(65_536, max(Double(LossRecovery.segmentBytes), rate.bytesPerSecond * 0.002)))
  }

  /// The most that a connection may have under way in one direction: twice the product of capacity
  /// and round trip (and a piece's 2 ms, to keep a short link busy), at least 64 KiB and at most 8 MiB.
  func windowBytes(_ direction: LinkDirection, at time: UTC) -> Int {
    let rate = rate(direction)
    guard rate.bitsPerSecond > 0 else { return 65_536 }
    let roundTripSeconds = 2 * (minimumOneWayMs(at: time) + jitterMs) / 1_000 + 0.002
    return Int(min(8_388_608, max(65_536, 2 * rate.bytesPerSecond * roundTripSeconds)))
  }
}
