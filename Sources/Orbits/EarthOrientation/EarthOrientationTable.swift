/// Measured and predicted earth orientation by day, as the IERS publishes it.
///
/// A value made from text; nothing is read or fetched here. Between the midnights of the table values are
/// interpolated linearly, UT1 through TAI so that a leap second makes no ramp. The tides' changes
/// within a day (below 0.03 m at the ground) are not modelled.
public struct EarthOrientationTable: Hashable, Sendable {
  /// Which of the IERS' files a table was read from.
  public enum Format: String, Hashable, Sendable {
    /// Rapid service and prediction: finals2000A.all, .data or .daily.
    case finals2000A = "IERS finals2000A"
    /// The long-term series, IERS 20 C04.
    case c04 = "IERS 20 C04"
  }

  /// What the name of the table is: a file's, as a rule.
  public let name: String
  /// The layout it was read from.
  public let format: Format
  /// One row for each midnight UTC, without gaps.
  let rows: [Row]

  /// One midnight's values.
  struct Row: Hashable, Sendable {
    /// Modified Julian date.
    let day: Int
    let orientation: EarthOrientation
    let basis: EarthOrientationBasis
  }

  /// The first instant that the table covers.
  public var first: UTC { UTC(modifiedJulianDay: rows[0].day) }
  /// The last instant that the table covers.
  public var last: UTC { UTC(modifiedJulianDay: rows[rows.count - 1].day) }
  /// The last midnight with measured, not predicted values; ``first`` where there is none.
  public var lastMeasured: UTC {
    let row = rows.last { $0.basis == .final || $0.basis == .rapid }
    return UTC(modifiedJulianDay: row?.day ?? rows[0].day)
  }

  /// How long before `time` the measurements of the table end, days; 0 or less while they reach it.
  public func ageDays(at time: UTC) -> Double { time.seconds(since: lastMeasured) / 86_400 }

  /// The orientation at an instant and what it rests on.
  ///
  /// Outside the table the nearest row's pole and UT1 minus UTC are held, and the basis says how many
  /// days away it is: UT1 drifts by about a millisecond (0.5 m at the equator) a day.
  public func orientation(at time: UTC) -> (
    orientation: EarthOrientation, basis: EarthOrientationBasis
  ) {
    guard time >= first else {
      return (rows[0].orientation.held, .held(days: first.seconds(since: time) / 86_400))
    }
    guard time <= last else {
      let days = time.seconds(since: last) / 86_400
      return (rows[rows.count - 1].orientation.held, .held(days: days))
    }
    let seconds = time.seconds(since: first)
    let index = min(Int(seconds / 86_400), rows.count - 1)
    let before = rows[index]
    guard index + 1 < rows.count else { return (before.orientation, before.basis) }
    let after = rows[index + 1]
    let share = seconds / 86_400 - Double(index)
    let leap = LeapSeconds.taiMinusUTCSeconds(at: UTC(modifiedJulianDay: after.day))
    let leapBefore = LeapSeconds.taiMinusUTCSeconds(at: UTC(modifiedJulianDay: before.day))
    let basis = share > 0 ? max(before.basis, after.basis) : before.basis
    return (
      before.orientation.interpolated(
        to: after.orientation, share: share, leapSeconds: Double(leap - leapBefore)), basis
    )
  }
}

/// What a value of earth orientation rests on, best first.
public enum EarthOrientationBasis: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The combined solution (Bulletin B, or C04).
  case final
  /// The rapid service's measurement (Bulletin A).
  case rapid
  /// A prediction.
  case predicted
  /// The table does not reach the instant: its nearest row is held, `days` away.
  case held(days: Double)

  /// The basis in words.
  public var description: String {
    switch self {
    case .final: "final"
    case .rapid: "rapid"
    case .predicted: "predicted"
    case .held(let days): "outside the table by \(Int(days.rounded(.up))) days, nearest row held"
    }
  }
}

extension EarthOrientationTable: CustomStringConvertible {
  /// The table's name, kind and range, and until when it is measured.
  public var description: String {
    "\(name) (\(format.rawValue)), \(first.date) to \(last.date), measured until "
      + lastMeasured.date
  }
}

extension EarthOrientation {
  /// A value that stands for other days: no excess length of day is claimed.
  fileprivate var held: EarthOrientation {
    var held = self
    held.excessLengthOfDaySeconds = 0
    return held
  }

  /// `leapSeconds` is what UTC was set back by between the two rows, at the second one's midnight.
  fileprivate func interpolated(
    to next: EarthOrientation, share: Double, leapSeconds: Double
  ) -> EarthOrientation {
    func mix(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
    return EarthOrientation(
      ut1MinusUTCSeconds: mix(ut1MinusUTCSeconds, next.ut1MinusUTCSeconds - leapSeconds),
      poleXArcsec: mix(poleXArcsec, next.poleXArcsec),
      poleYArcsec: mix(poleYArcsec, next.poleYArcsec),
      excessLengthOfDaySeconds: mix(excessLengthOfDaySeconds, next.excessLengthOfDaySeconds))
  }
}

extension UTC {
  /// The midnight that begins a modified Julian day.
  init(modifiedJulianDay day: Int) {
    self.init(nanosecondsSince1970: Int64(day - 40_587) * 86_400_000_000_000)
  }

  /// The calendar date alone.
  fileprivate var date: Substring { formatted(fractionDigits: 0).prefix(10) }
}
