/// An orbit as a table of states: an Orbit Ephemeris Message (OEM, CCSDS 502.0-B-3, section 5).
public struct OrbitEphemeris: Hashable, Sendable {
  /// Who made the message; empty where it does not say.
  public var originator: String
  /// The parts of the message, each with a frame and a span of time of its own.
  public var segments: [EphemerisSegment]

  /// Creates an ephemeris.
  public init(originator: String = "", segments: [EphemerisSegment]) {
    self.originator = originator
    self.segments = segments
  }

  /// Reads an OEM in KVN or XML form.
  ///
  /// Reading is strict, for a damaged ephemeris is worth nothing: the first problem is thrown with its
  /// place. Times must be UTC. Covariance matrices are passed over.
  public static func parse(_ text: String) throws(ElementSetProblem) -> OrbitEphemeris {
    let bytes = ElementSetFormat.withoutByteOrderMark(text)
    let first = TextLine.all(in: bytes).first { !$0.isBlank }
    return first?.trimmed.first == UInt8(ascii: "<")
      ? try OEMXML.read(bytes) : try OEMKVN.read(bytes)
  }
}

/// A span of an ephemeris without a gap: states in one frame, and how to interpolate between them.
public struct EphemerisSegment: Hashable, Sendable {
  /// The object's name.
  public var objectName: String
  /// The object's international designator, such as `1998-067A`.
  public var objectID: String
  /// The body at the frame's origin, such as `EARTH`.
  public var centerName: String
  /// The frame of the states, such as `EME2000`, `ITRF2000` or `TEME`.
  public var frame: String
  /// The span that the states may be used in: the message's useable span, or all of it.
  public var useableSpan: ClosedRange<UTC>
  /// The interpolation that the message recommends.
  public var interpolation: EphemerisInterpolation?
  /// The states, in the order of time.
  public var states: [EphemerisState]

  /// Creates a segment.
  public init(
    objectName: String, objectID: String, centerName: String, frame: String,
    useableSpan: ClosedRange<UTC>, interpolation: EphemerisInterpolation? = nil,
    states: [EphemerisState]
  ) {
    self.objectName = objectName
    self.objectID = objectID
    self.centerName = centerName
    self.frame = frame
    self.useableSpan = useableSpan
    self.interpolation = interpolation
    self.states = states
  }
}

/// A state of an ephemeris, in its segment's frame.
public struct EphemerisState: Hashable, Sendable {
  /// The instant of the state.
  public var time: UTC
  /// Position, kilometres.
  public var positionKm: Vector3
  /// Velocity, kilometres per second.
  public var velocityKmS: Vector3
  /// Acceleration, kilometres per second squared, where the message gives it.
  public var accelerationKmS2: Vector3?

  /// Creates a state.
  public init(
    time: UTC, positionKm: Vector3, velocityKmS: Vector3, accelerationKmS2: Vector3? = nil
  ) {
    self.time = time
    self.positionKm = positionKm
    self.velocityKmS = velocityKmS
    self.accelerationKmS2 = accelerationKmS2
  }
}
