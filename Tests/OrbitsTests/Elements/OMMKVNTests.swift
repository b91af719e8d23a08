import Testing

@testable import Orbits

extension OMM {
  /// The element set of ``OMM/elements`` as KVN.
  static let kvn = """
    CCSDS_OMM_VERS = 2.0
    CREATION_DATE  =
    ORIGINATOR     =

    OBJECT_NAME         = CALSPHERE 1
    OBJECT_ID           = 1964-063C
    CENTER_NAME         = EARTH
    REF_FRAME           = TEME
    TIME_SYSTEM         = UTC
    MEAN_ELEMENT_THEORY = SGP4

    EPOCH               = 2026-08-22T12:30:24.433632
    MEAN_MOTION         = 13.76683693
    ECCENTRICITY        = .00279781
    INCLINATION         = 90.2176
    RA_OF_ASC_NODE      = 73.3121
    ARG_OF_PERICENTER   = 91.0130
    MEAN_ANOMALY        = 301.2972

    EPHEMERIS_TYPE      = 0
    CLASSIFICATION_TYPE = U
    NORAD_CAT_ID        = 900
    ELEMENT_SET_NO      = 999
    REV_AT_EPOCH        = 8055
    BSTAR               = .46237927E-3
    MEAN_MOTION_DOT     = .465E-5
    MEAN_MOTION_DDOT    = 0

    """
}

struct OMMKVNTests {
  private func firstProblem(_ text: String) -> String {
    ElementSet.parse(text).problems.first?.message ?? ""
  }

  @Test func messagesAreReadOneAfterTheOther() {
    for text in [
      OMM.kvn + OMM.kvn, (OMM.kvn + OMM.kvn).replacing("\n", with: "\r\n"),
      "\u{FEFF}\(OMM.kvn)\n\n\(OMM.kvn)", "COMMENT first\n\(OMM.kvn)COMMENT\n\(OMM.kvn)",
      (OMM.kvn + OMM.kvn).replacing(" ", with: "").replacing("CALSPHERE1", with: "CALSPHERE 1"),
    ] {
      let parsed = ElementSet.parse(text)
      #expect(parsed.problems.isEmpty, "\(parsed.problems)")
      #expect(parsed.elements == [OMM.elements, OMM.elements])
    }
    #expect(ElementSetFormat(of: OMM.kvn) == .kvn)
  }

  @Test func twoObjectsOfTheCatalogueAreRead() throws {
    let parsed = ElementSet.parse(try Fixture.text("two-objects.omm.kvn"))
    #expect(parsed.problems.isEmpty)
    #expect(parsed.elements.map(\.catalogNumber) == [25_544, 100_001])
  }

  @Test func unitsInBracketsAreChecked() {
    let units = OMM.kvn.replacing("90.2176", with: "90.2176 [deg]")
      .replacing("13.76683693", with: "13.76683693 [REV/DAY]")
      .replacing(".465E-5", with: ".465E-5[rev/day**2]")
      .replacing("CALSPHERE 1", with: "CALSPHERE [deg]")
    #expect(ElementSet.parse(units).elements.first?.name == "CALSPHERE [deg]")
    #expect(firstProblem(OMM.kvn.replacing("90.2176", with: "1.57 [rad]")).contains("rad"))
    #expect(firstProblem(OMM.kvn.replacing("= 900", with: "= 900 [deg]")).contains("no unit"))
  }

  @Test func badMessagesAreToldAndTheOthersRead() {
    let bad = OMM.kvn.replacing("BSTAR ", with: "BSTAR\n")
    let parsed = ElementSet.parse(bad + OMM.kvn)
    #expect(parsed.elements == [OMM.elements])
    #expect(parsed.problems.first?.line == 25)
    #expect(parsed.problems.first?.message == "the line is no KEYWORD = value")
    #expect(firstProblem("OBJECT_NAME = A\n" + OMM.kvn).contains("stands before"))
    #expect(firstProblem(OMM.kvn + "EPOCH = 2026-01-01T00:00:00\n").contains("EPOCH twice"))
    #expect(firstProblem(OMM.kvn.replacing("BSTAR ", with: "COMMENT ")).contains("missing"))
    #expect(firstProblem("CCSDS_OEM_VERS = 2.0\n").contains("OEM"))
  }
}
