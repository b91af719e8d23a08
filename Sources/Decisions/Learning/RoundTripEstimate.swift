import Network
import Orbits

/// One round trip over a link at one time: what is forecast, and what measurement makes of it.
public struct RoundTripEstimate: Sendable, Equatable {
  /// The forecast alone, milliseconds.
  public var forecastMs: Double
  /// What light needs: nothing is expected to be quicker, whatever was measured, milliseconds.
  public var lightMs: Double
  /// What measurement adds; `nil` where nothing was measured of late.
  public var correction: LinkCorrection?

  /// Creates an estimate.
  public init(forecastMs: Double, lightMs: Double, correction: LinkCorrection?) {
    self.forecastMs = forecastMs
    self.lightMs = lightMs
    self.correction = correction
  }

  /// What is expected, milliseconds.
  public var expectedMs: Double { corrected(\.expectedMs) }

  /// The lower end of the band in which the slot's median lies with a probability of 80 %, milliseconds; the
  /// forecast itself where nothing was measured.
  public var lowMs: Double { corrected(\.lowMs) }

  /// Its upper end.
  public var highMs: Double { corrected(\.highMs) }

  private func corrected(_ part: KeyPath<LinkCorrection, Double>) -> Double {
    max(lightMs, forecastMs + (correction?[keyPath: part] ?? 0))
  }
}

extension Forecast.Interval {
  /// The round trip at `time` as forecast, corrected by what was measured; `nil` without a route.
  public func roundTrip(at time: UTC, correctedBy estimate: LinkEstimate?) -> RoundTripEstimate? {
    guard let oneWay = oneWayMs(at: time), let propagation = propagationMs(at: time) else {
      return nil
    }
    return RoundTripEstimate(
      forecastMs: 2 * oneWay, lightMs: 2 * propagation,
      correction: estimate?.correction(at: time))
  }
}
