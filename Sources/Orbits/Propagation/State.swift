/// A satellite's position and velocity in TEME of date: the true equator, mean equinox frame of
/// SGP4's output (AIAA 2006-6753, appendix C). It is neither J2000 nor earth-fixed.
public struct TEMEState: Hashable, Sendable {
  /// Position, kilometres.
  public var positionKm: Vector3
  /// Velocity, kilometres per second.
  public var velocityKmS: Vector3

  /// Creates a state from kilometres and kilometres per second.
  @inlinable
  public init(positionKm: Vector3, velocityKmS: Vector3) {
    self.positionKm = positionKm
    self.velocityKmS = velocityKmS
  }
}

/// A satellite's position and velocity in the earth-fixed ITRF.
public struct ITRFState: Hashable, Sendable {
  /// Position, kilometres.
  public var positionKm: Vector3
  /// Velocity relative to the rotating earth, kilometres per second.
  public var velocityKmS: Vector3

  /// Creates a state from kilometres and kilometres per second.
  @inlinable
  public init(positionKm: Vector3, velocityKmS: Vector3) {
    self.positionKm = positionKm
    self.velocityKmS = velocityKmS
  }
}
