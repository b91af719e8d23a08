#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the earth is turned against UTC and against its crust: measured values, or none.
public struct EarthOrientation: Hashable, Sendable {
  /// UT1 minus UTC, seconds.
  public var ut1MinusUTCSeconds: Double
  /// The pole's first coordinate, arcseconds, towards the Greenwich meridian.
  public var poleXArcsec: Double
  /// The pole's second coordinate, arcseconds, towards 90 degrees west.
  public var poleYArcsec: Double
  /// Excess length of the day, seconds.
  public var excessLengthOfDaySeconds: Double

  /// Creates an orientation from measured values.
  public init(
    ut1MinusUTCSeconds: Double, poleXArcsec: Double, poleYArcsec: Double,
    excessLengthOfDaySeconds: Double = 0
  ) {
    self.ut1MinusUTCSeconds = ut1MinusUTCSeconds
    self.poleXArcsec = poleXArcsec
    self.poleYArcsec = poleYArcsec
    self.excessLengthOfDaySeconds = excessLengthOfDaySeconds
  }

  /// UT1 is UTC and the pole does not wander.
  ///
  /// UTC keeps UT1 within 0.9 s, which is at most 420 m at the equator; in 2026 it is a few metres. The
  /// pole stays within 0.6 arcseconds, at most 20 m at low orbits. Both grow in proportion to the
  /// distance from the earth's axis or centre.
  public static let neglected = EarthOrientation(
    ut1MinusUTCSeconds: 0, poleXArcsec: 0, poleYArcsec: 0)
}

/// The rotation from TEME of date to ITRF at one instant.
///
/// Make it once per instant and turn every satellite with it. Greenwich mean sidereal time of 1982 and
/// polar motion, as AIAA 2006-6753, appendix C, prescribes for SGP4's frame; the equation of the
/// equinoxes has no place here, because TEME's origin is the mean equinox.
public struct EarthRotation: Sendable {
  private let sidereal: SinCos
  private let poleX: SinCos
  private let poleY: SinCos
  private let radPerSecond: Double

  /// Prepares the rotation at `time`, with measured earth orientation where there is some.
  public init(at time: UTC, orientation: EarthOrientation = .neglected) {
    let arcsecond = Double.pi / 648_000
    sidereal = SinCos(Self.gmst82Rad(at: UT1(time, orientation: orientation)))
    poleX = SinCos(orientation.poleXArcsec * arcsecond)
    poleY = SinCos(orientation.poleYArcsec * arcsecond)
    radPerSecond = Self.radPerSecond * (1 - orientation.excessLengthOfDaySeconds / 86_400)
  }

  /// Prepares the rotation at `time` with the values of a table, or with none.
  public init(at time: UTC, table: EarthOrientationTable?) {
    self.init(at: time, orientation: table?.orientation(at: time).orientation ?? .neglected)
  }

  /// The earth's rate of rotation, radians per second (WGS84).
  public static let radPerSecond = 7.292_115_146_706_98e-5

  /// Greenwich mean sidereal time, radians in [0, 2 pi), with the IAU 1982 expression.
  ///
  /// The argument is meant as UT1; UTC given here is taken for it, which is off by less than 0.9 s of
  /// rotation. Source: Aoki et al., Astronomy and Astrophysics 105 (1982).
  public static func gmst82Rad(at time: UTC) -> Double {
    gmst82Rad(at: UT1(nanosecondsSince1970: time.nanosecondsSince1970))
  }

  /// Greenwich mean sidereal time, radians in [0, 2 pi), with the IAU 1982 expression.
  public static func gmst82Rad(at time: UT1) -> Double {
    let date = time.julianDate
    let days = (date.day - 2_451_545) + date.fraction
    let t = days / 36_525
    // A day's turn is split off before multiplying, so that no digit of the angle is lost.
    let turns = (date.day - 2_451_545).truncatingRemainder(dividingBy: 1) + date.fraction
    let seconds =
      67_310.54841 + 86_400 * turns
      + t * (8_640_184.812866 + t * (0.093104 - t * 6.2e-6))
    let inDay = seconds - 86_400 * (seconds / 86_400).rounded(.down)
    return inDay * (2 * Double.pi / 86_400)
  }

  /// Turns a TEME state into the earth-fixed frame; the velocity becomes that against the turning earth.
  @inline(__always)
  public func itrf(_ teme: TEMEState) -> ITRFState {
    let r = toPole(turned(teme.positionKm))
    let inertial = turned(teme.velocityKmS)
    let p = turned(teme.positionKm)
    let v = inertial + radPerSecond * Vector3(p.y, -p.x, 0)
    return ITRFState(positionKm: r, velocityKmS: toPole(v))
  }

  /// Turns a TEME position, kilometres, into the earth-fixed frame.
  @inline(__always)
  public func itrf(positionKm: Vector3) -> Vector3 { toPole(turned(positionKm)) }

  /// By sidereal time about the celestial pole.
  @inline(__always)
  private func turned(_ a: Vector3) -> Vector3 {
    Vector3(
      sidereal.cos * a.x + sidereal.sin * a.y, sidereal.cos * a.y - sidereal.sin * a.x, a.z)
  }

  /// From the celestial pole to the crust's.
  @inline(__always)
  private func toPole(_ a: Vector3) -> Vector3 {
    let tilted = poleY.sin * a.y + poleY.cos * a.z
    return Vector3(
      poleX.cos * a.x + poleX.sin * tilted,
      poleY.cos * a.y - poleY.sin * a.z,
      poleX.cos * tilted - poleX.sin * a.x)
  }
}

extension TEMEState {
  /// This state in the earth-fixed frame at `time`, which must be the instant of the state.
  ///
  /// For many satellites at one instant make one ``EarthRotation`` instead.
  public func itrf(at time: UTC, orientation: EarthOrientation = .neglected) -> ITRFState {
    EarthRotation(at: time, orientation: orientation).itrf(self)
  }
}
