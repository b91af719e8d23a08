/// A place on or above the WGS84 ellipsoid.
public struct Geodetic: Hashable, Sendable {
  /// Geodetic latitude, degrees, north positive, in [-90, 90].
  public var latitudeDeg: Double
  /// Longitude, degrees, east positive.
  public var longitudeDeg: Double
  /// Height above the ellipsoid, kilometres.
  public var altitudeKm: Double

  /// Creates a place from degrees and kilometres above the ellipsoid.
  public init(latitudeDeg: Double, longitudeDeg: Double, altitudeKm: Double = 0) {
    self.latitudeDeg = latitudeDeg
    self.longitudeDeg = longitudeDeg
    self.altitudeKm = altitudeKm
  }
}
