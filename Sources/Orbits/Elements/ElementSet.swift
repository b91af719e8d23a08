/// Mean orbital elements for SGP4, as a TLE or an OMM carries them.
///
/// The elements are Brouwer mean elements in the TEME frame of their epoch with Kozai mean motion
/// (Hoots and Roehrich, Spacetrack Report No. 3, 1980; CCSDS 502.0-B-3, "Orbit Mean-Elements Message").
/// They mean something only to SGP4: read as Keplerian elements they are kilometres off.
public struct ElementSet: Hashable, Sendable {
  /// The object's name, as published; empty where the source gives none.
  public var name: String
  /// NORAD catalogue number, 1 to 9 digits.
  public var catalogNumber: Int
  /// International designator in OMM form, such as `1998-067A`; empty where the source gives none.
  public var internationalDesignator: String
  /// Classification: `U` unclassified, `C` classified, `S` secret.
  public var classification: String
  /// The instant the elements describe.
  public var epoch: UTC
  /// Kozai mean motion, revolutions per day.
  public var meanMotionRevPerDay: Double
  /// Eccentricity, in [0, 1).
  public var eccentricity: Double
  /// Inclination, degrees.
  public var inclinationDeg: Double
  /// Right ascension of the ascending node, degrees.
  public var raanDeg: Double
  /// Argument of perigee, degrees.
  public var argumentOfPerigeeDeg: Double
  /// Mean anomaly, degrees.
  public var meanAnomalyDeg: Double
  /// Drag term B*, inverse earth radii.
  public var bstar: Double
  /// Half the first derivative of mean motion, revolutions per day squared (not used by SGP4).
  public var meanMotionDot: Double
  /// A sixth of the second derivative of mean motion, revolutions per day cubed (not used by SGP4).
  public var meanMotionDDot: Double
  /// Ephemeris type; 0 is SGP4.
  public var ephemerisType: Int
  /// Element set number.
  public var elementSetNumber: Int
  /// Revolution number at epoch.
  public var revolutionAtEpoch: Int

  /// Creates an element set; what a generated orbit has no use for has a default.
  public init(
    name: String, catalogNumber: Int, epoch: UTC, meanMotionRevPerDay: Double,
    eccentricity: Double, inclinationDeg: Double, raanDeg: Double, argumentOfPerigeeDeg: Double,
    meanAnomalyDeg: Double, bstar: Double = 0, internationalDesignator: String = "",
    classification: String = "U", meanMotionDot: Double = 0, meanMotionDDot: Double = 0,
    ephemerisType: Int = 0, elementSetNumber: Int = 0, revolutionAtEpoch: Int = 0
  ) {
    self.name = name
    self.catalogNumber = catalogNumber
    self.internationalDesignator = internationalDesignator
    self.classification = classification
    self.epoch = epoch
    self.meanMotionRevPerDay = meanMotionRevPerDay
    self.eccentricity = eccentricity
    self.inclinationDeg = inclinationDeg
    self.raanDeg = raanDeg
    self.argumentOfPerigeeDeg = argumentOfPerigeeDeg
    self.meanAnomalyDeg = meanAnomalyDeg
    self.bstar = bstar
    self.meanMotionDot = meanMotionDot
    self.meanMotionDDot = meanMotionDDot
    self.ephemerisType = ephemerisType
    self.elementSetNumber = elementSetNumber
    self.revolutionAtEpoch = revolutionAtEpoch
  }
}
