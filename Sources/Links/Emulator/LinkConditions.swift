import Network
import Orbits

/// What an emulated link is made of: the sky over it, the time, and the uplink it shares.
struct LinkConditions: Sendable {
  let forecast: @Sendable (UTC) -> Forecast.Interval?
  let now: @Sendable () -> UTC
  let uplink: SharedUplink

  /// The link as it is at `time`; `nil` where nothing is forecast.
  func interval(_ time: UTC) -> RealisedInterval? {
    forecast(time).map { uplink.realised($0, at: time) }
  }
}
