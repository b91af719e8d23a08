import Foundation
import TestSupport
import Testing

@testable import Orbits

/// An ephemeris of a circular orbit, whose every state is known.
enum OEM {
  static let start = UTC(year: 2018, month: 7, day: 4)

  static func state(at time: UTC) -> EphemerisState {
    let (radiusKm, rate) = (6_780.0, 0.00113)
    let angle = rate * time.seconds(since: start)
    let tilt = (cos: cos(0.9), sin: sin(0.9))
    return EphemerisState(
      time: time,
      positionKm: radiusKm * Vector3(cos(angle), sin(angle) * tilt.cos, sin(angle) * tilt.sin),
      velocityKmS: radiusKm * rate
        * Vector3(-sin(angle), cos(angle) * tilt.cos, cos(angle) * tilt.sin))
  }

  static let states = (0..<31).map { state(at: start.adding(seconds: Double($0) * 60)) }

  static let metadata = """
    COMMENT made for the test
    OBJECT_NAME = ISS (ZARYA)
    OBJECT_ID = 1998-067A
    CENTER_NAME = EARTH
    REF_FRAME = TEME
    TIME_SYSTEM = UTC
    START_TIME = 2018-07-04T00:00:00
    USEABLE_START_TIME = 2018-185T00:03:00
    USEABLE_STOP_TIME = 2018-07-04T00:27:00
    STOP_TIME = 2018-07-04T00:30:00
    INTERPOLATION = HERMITE
    INTERPOLATION_DEGREE = 7
    """

  static func kvn(_ states: [EphemerisState]) -> String {
    """
    CCSDS_OEM_VERS = 2.0
    CREATION_DATE = 2018-07-04T00:00:00
    ORIGINATOR = TEST

    META_START
    \(metadata)
    META_STOP
    COMMENT states
    \(states.map { "\($0.time) \(numbers($0).map { "\($0)" }.joined(separator: "  "))" }.joined(separator: "\n"))
    COVARIANCE_START
    EPOCH = 2018-07-04T00:00:00
    1.0
    2.0 3.0
    COVARIANCE_STOP

    """
  }

  static func xml(_ states: [EphemerisState]) -> String {
    let keys = ["X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"]
    let vectors = states.map { state in
      let values = zip(keys, numbers(state)).map { "<\($0)>\($1)</\($0)>" }.joined()
      return "<stateVector><EPOCH>\(state.time)</EPOCH>\(values)</stateVector>"
    }
    let metadata = metadata.split(separator: "\n").dropFirst().map { line in
      let parts = line.split(separator: "=").map { String($0).trimmingXMLSpace }
      return "<\(parts[0])>\(parts[1])</\(parts[0])>"
    }
    return """
      <?xml version="1.0"?>
      <oem id="CCSDS_OEM_VERS" version="2.0"><header><CREATION_DATE/><ORIGINATOR>TEST</ORIGINATOR></header>
      <body><segment><metadata>\(metadata.joined(separator: "\n"))</metadata>
      <data><COMMENT>states</COMMENT>
      \(vectors.joined(separator: "\n"))
      <covarianceMatrix><EPOCH>2018-07-04T00:00:00</EPOCH><CX_X>1</CX_X></covarianceMatrix>
      </data></segment></body></oem>

      """
  }

  private static func numbers(_ state: EphemerisState) -> [Double] {
    let (r, v) = (state.positionKm, state.velocityKmS)
    return [r.x, r.y, r.z, v.x, v.y, v.z]
  }
}

struct OEMTests {
  @Test func bothFormsGiveTheStatesExactly() throws {
    let states = OEM.states
    for text in [OEM.kvn(states), OEM.xml(states)] {
      let ephemeris = try OrbitEphemeris.parse(text)
      #expect(ephemeris.originator == "TEST" && ephemeris.segments.count == 1)
      let segment = try #require(ephemeris.segments.first)
      #expect(segment.states == states)
      #expect(segment.objectName == "ISS (ZARYA)" && segment.objectID == "1998-067A")
      #expect(segment.frame == "TEME" && segment.centerName == "EARTH")
      #expect(segment.interpolation == .hermite(degree: 7))
      #expect(segment.useableSpan.lowerBound == OEM.start.adding(seconds: 180))
    }
  }

  @Test func segmentsFollowOneAnotherAndMayHaveAccelerations() throws {
    let text = OEM.kvn(OEM.states)
    let second = text[text.range(of: "META_START")!.lowerBound...]
      .replacing("\nCOMMENT states\n", with: "\n")
    let both = try OrbitEphemeris.parse(text + second)
    #expect(both.segments.count == 2 && both.segments[0] == both.segments[1])
    let accelerated = text.replacing(
      "META_STOP\n", with: "META_STOP\n2018-07-03T23:59:00 1 2 3 4 5 6 7 8 9\n")
    let state = try OrbitEphemeris.parse(accelerated).segments[0].states[0]
    #expect(state.accelerationKmS2 == Vector3(7, 8, 9))
  }

  @Test(arguments: [
    (EphemerisInterpolation.hermite(degree: 7), 1e-9, 1e-11),
    (.hermite(degree: 11), 1e-10, 1e-11), (.hermite(degree: 6), 1e-9, 1e-11),
    (.lagrange(degree: 9), 1e-8, 1e-11), (.lagrange(degree: 8), 1e-6, 1e-9),
    (.hermite(degree: 3), 5e-4, 1e-4), (.linear, 5, 0.01),
  ])
  func interpolationFollowsTheOrbit(
    method: EphemerisInterpolation, positionKm: Double, velocityKmS: Double
  ) throws {
    let segment = try OrbitEphemeris.parse(OEM.kvn(OEM.states)).segments[0]
    var rng = Seeded(3)
    for _ in 0..<200 {
      let time = OEM.start.adding(seconds: Double.random(in: 180...1_620, using: &rng))
      let state = try segment.state(at: time, by: method)
      let truth = OEM.state(at: time)
      #expect(length(state.positionKm - truth.positionKm) < positionKm)
      #expect(length(state.velocityKmS - truth.velocityKmS) < velocityKmS)
    }
  }

  @Test func givenStatesComeBackAsGivenAndTheSpanIsKept() throws {
    let segment = try OrbitEphemeris.parse(OEM.kvn(OEM.states)).segments[0]
    for state in segment.states[3...27] { #expect(try segment.state(at: state.time) == state) }
    for seconds in [179.9, 1_620.1, -1, 1_801] {
      #expect(throws: EphemerisError.self) {
        try segment.state(at: OEM.start.adding(seconds: seconds))
      }
    }
    #expect(throws: EphemerisError.tooFewStates(needed: 33, present: 31)) {
      try segment.state(at: OEM.start.adding(seconds: 200), by: .lagrange(degree: 32))
    }
  }

  @Test(arguments: [
    ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TDB"), ("REF_FRAME = TEME\n", ""),
    ("= HERMITE", "= SPLINE"), ("DEGREE = 7", "DEGREE = 99"), ("META_STOP", "META_STOPP"),
    ("CCSDS_OEM_VERS", "CCSDS_OMM_VERS"), ("00:30:00\n", "00:02:00\n"),
    ("OBJECT_ID = 1998-067A", "OBJECT_ID = 1998-067A\nOBJECT_ID = 1998-067A"),
    ("2018-07-04T00:05:00Z", "2018-07-04T00:04:00Z"), ("2018-07-04T00:05:00Z", "x"),
    ("2018-07-04T00:05:00Z", "2018-07-04T00:05:00Z 1"), ("00:27:00", "00:31:00"),
    ("STOP_TIME = 2018-07-04T00:30:00", "STOP_TIME = 2018-07-04T01:30:00\nCOMMENT"),
  ])
  func wrongMessagesAreRefused(part: String, wrong: String) throws {
    let text = OEM.kvn(OEM.states)
    #expect(text.contains(part))
    let changed = text.replacing(part, with: wrong)
    if part.hasPrefix("STOP_TIME") {
      // A stop time beyond the states is only wrong where the useable span reaches there, too.
      _ = try OrbitEphemeris.parse(changed)
    } else {
      #expect(throws: ElementSetProblem.self) { try OrbitEphemeris.parse(changed) }
    }
  }

  @Test func cutFilesAreRefused() throws {
    for text in [OEM.kvn(OEM.states), OEM.xml(OEM.states)] {
      let states = text.range(of: "00:29:00")!.lowerBound
      for end in [0, 40, 300, 700, 1_200] {
        let cut = String(text[..<text.index(text.startIndex, offsetBy: end)])
        #expect(throws: ElementSetProblem.self) { try OrbitEphemeris.parse(cut) }
      }
      if text.hasPrefix("<") {
        #expect(throws: ElementSetProblem.self) {
          try OrbitEphemeris.parse(String(text[..<states]))
        }
      }
    }
  }

  @Test func otherUnitsAreRefused() throws {
    let metres = OEM.xml(OEM.states).replacing("<X>", with: "<X units=\"m\">")
    #expect(throws: ElementSetProblem.self) { try OrbitEphemeris.parse(metres) }
    let km = OEM.xml(OEM.states).replacing("<X_DOT>", with: "<X_DOT units=\"km/s\">")
    #expect(throws: Never.self) { try OrbitEphemeris.parse(km) }
  }
}
