import Network
import Orbits

/// What an emulated link is made of: the sky over it, the time, and the uplink it shares.
struct LinkConditions: Sendable {
  let interval: @Sendable (UTC) -> Forecast.Interval?
  let now: @Sendable () -> UTC
  let uplink: SharedUplink
}
