/// The gravity field of the World Geodetic System 1972, which element sets are made for.
///
/// Units of the theory: earth radii and minutes. Another field (WGS84) would move a satellite by
/// 100 to 200 m in a day, because the published mean elements were fitted with this one.
enum WGS72 {
  /// Gravitational parameter, km^3/s^2.
  static let muKm3S2 = 398_600.8
  /// Equatorial radius, kilometres.
  static let radiusKm = 6_378.135
  /// Square root of the gravitational parameter in earth radii^1.5 per minute: 60 / sqrt(radius^3 / mu).
  static let xke = 0.074_366_916_133_173_42
  /// Second zonal harmonic.
  static let j2 = 0.001_082_616
  /// Third zonal harmonic.
  static let j3 = -0.000_002_538_81
  /// Fourth zonal harmonic.
  static let j4 = -0.000_001_655_97
  /// Ratio of the third to the second harmonic.
  static let j3OverJ2 = j3 / j2
  /// Kilometres per second in one earth radius per (1 / xke) minutes.
  static let velocityUnitKmS = radiusKm * xke / 60
}
