#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a satellite stands in an observer's sky. Geometric: no refraction, no light time.
public struct LookAngles: Hashable, Sendable {
  /// Azimuth from true north through east, degrees in [0, 360); 0 exactly overhead.
  public var azimuthDeg: Double
  /// Elevation above the plane that touches the ellipsoid, degrees in [-90, 90].
  public var elevationDeg: Double
  /// Distance, kilometres.
  public var rangeKm: Double
  /// Change of the distance, kilometres per second; negative while approaching.
  public var rangeRateKmS: Double

  /// Creates look angles.
  public init(
    azimuthDeg: Double, elevationDeg: Double, rangeKm: Double, rangeRateKmS: Double
  ) {
    self.azimuthDeg = azimuthDeg
    self.elevationDeg = elevationDeg
    self.rangeKm = rangeKm
    self.rangeRateKmS = rangeRateKmS
  }
}

/// A place that looks at satellites, with its horizon worked out once.
public struct Observer: Sendable {
  /// Where it is.
  public let place: Geodetic
  /// Its ITRF position, kilometres.
  public let positionKm: Vector3
  /// The unit vector to the geodetic zenith, in ITRF.
  public let up: Vector3
  private let east: Vector3
  private let north: Vector3

  /// Works out the position and the directions east, north and up of a place.
  public init(_ place: Geodetic) {
    let latitude = SinCos(place.latitudeDeg * Double.pi / 180)
    let longitude = SinCos(place.longitudeDeg * Double.pi / 180)
    self.place = place
    positionKm = place.itrfKm
    up = Vector3(latitude.cos * longitude.cos, latitude.cos * longitude.sin, latitude.sin)
    east = Vector3(-longitude.sin, longitude.cos, 0)
    north = Vector3(-latitude.sin * longitude.cos, -latitude.sin * longitude.sin, latitude.cos)
  }

  /// Azimuth, elevation, range and range rate of a satellite.
  public func lookAngles(to satellite: ITRFState) -> LookAngles {
    let line = satellite.positionKm - positionKm
    let range = length(line)
    let e = dot(line, east)
    let n = dot(line, north)
    // The arctangent of two legs has no argument out of range, even exactly overhead.
    let elevation = atan2(dot(line, up), (e * e + n * n).squareRoot())
    var azimuth = atan2(e, n) * 180 / Double.pi
    if azimuth < 0 { azimuth += 360 }
    if azimuth >= 360 { azimuth = 0 }
    return LookAngles(
      azimuthDeg: azimuth, elevationDeg: elevation * 180 / Double.pi, rangeKm: range,
      rangeRateKmS: range > 0 ? dot(line, satellite.velocityKmS) / range : 0)
  }

  /// The elevation of an ITRF position in kilometres, degrees.
  public func elevationDeg(of positionKm: Vector3) -> Double {
    let line = positionKm - self.positionKm
    let height = dot(line, up)
    let flat = line - height * up
    return atan2(height, length(flat)) * 180 / Double.pi
  }
}
