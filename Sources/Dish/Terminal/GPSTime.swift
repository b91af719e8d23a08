import Orbits

/// GPS time, in which terminals date outages: nanoseconds since 1980-01-06, without leap seconds
/// (IS-GPS-200).
enum GPSTime {
  private static let epoch = UTC(year: 1980, month: 1, day: 6).nanosecondsSince1970
  /// TAI less GPS time, seconds.
  private static let taiMinusGPSSeconds = 19

  /// The instant; `nil` beyond the years that UTC can tell here.
  static func utc(nanoseconds: Int64) -> UTC? {
    let (counted, overflow) = nanoseconds.addingReportingOverflow(epoch)
    guard !overflow else { return nil }
    // At a leap second itself the second count is off by one for as long: no outage is told so exactly.
    let leap = leapNanoseconds(at: UTC(nanosecondsSince1970: counted))
    return UTC(nanosecondsSince1970: counted - leap)
  }

  /// Nanoseconds since GPS time's epoch.
  static func nanoseconds(at time: UTC) -> Int64 {
    time.nanosecondsSince1970 - epoch + leapNanoseconds(at: time)
  }

  private static func leapNanoseconds(at time: UTC) -> Int64 {
    Int64(LeapSeconds.taiMinusUTCSeconds(at: time) - taiMinusGPSSeconds) * 1_000_000_000
  }
}
