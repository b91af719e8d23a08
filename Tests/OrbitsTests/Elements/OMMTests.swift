import Testing

@testable import Orbits

enum OMM {
  static let header =
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,"
    + "ARG_OF_PERICENTER,MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,"
    + "ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT"
  static let row =
    "CALSPHERE 1,1964-063C,2026-08-22T12:30:24.433632,13.76683693,.00279781,90.2176,73.3121,"
    + "91.0130,301.2972,0,U,900,999,8055,.46237927E-3,.465E-5,0"
  static let csv = "\(header)\n\(row)\n"

  static func json(_ quote: String = "") -> String {
    func q(_ value: String) -> String { quote + value + quote }
    return """
      [{
        "OBJECT_NAME": "CALSPHERE 1", "OBJECT_ID": "1964-063C",
        "EPOCH": "2026-08-22T12:30:24.433632", "MEAN_MOTION": \(q("13.76683693")),
        "ECCENTRICITY": \(q("0.00279781")), "INCLINATION": \(q("90.2176")),
        "RA_OF_ASC_NODE": \(q("73.3121")), "ARG_OF_PERICENTER": \(q("91.0130")),
        "MEAN_ANOMALY": \(q("301.2972")), "EPHEMERIS_TYPE": \(q("0")),
        "CLASSIFICATION_TYPE": "U", "NORAD_CAT_ID": \(q("900")), "ELEMENT_SET_NO": \(q("999")),
        "REV_AT_EPOCH": \(q("8055")), "BSTAR": \(q("4.6237927e-4")),
        "MEAN_MOTION_DOT": \(q("4.65e-6")), "MEAN_MOTION_DDOT": \(q("0")),
        "FILE": null, "TIME_SYSTEM": "UTC", "EXTRA": {"a": [1, "]", {"b": "\\""}]}
      }
      ]
      """
  }

  static var elements: ElementSet {
    ElementSet(
      name: "CALSPHERE 1", catalogNumber: 900,
      epoch: UTC(
        nanosecondsSince1970: UTC(year: 2026, month: 8, day: 22, hour: 12, minute: 30, second: 24)
          .nanosecondsSince1970 + 433_632_000), meanMotionRevPerDay: 13.76683693,
      eccentricity: 0.00279781, inclinationDeg: 90.2176, raanDeg: 73.3121,
      argumentOfPerigeeDeg: 91.013, meanAnomalyDeg: 301.2972, bstar: 0.46237927e-3,
      internationalDesignator: "1964-063C", meanMotionDot: 0.465e-5, elementSetNumber: 999,
      revolutionAtEpoch: 8_055)
  }
}

struct OMMTests {
  @Test func allEncodingsGiveTheSameElements() {
    for text in [
      OMM.csv, OMM.csv.replacing("\n", with: "\r\n"), OMM.json(), OMM.json("\""),
      "\u{FEFF}\(OMM.csv)",
      OMM.json().replacing("[{", with: "{").replacing("}\n]", with: "}"),
    ] {
      let parsed = ElementSet.parse(text)
      #expect(parsed.problems.isEmpty, "\(parsed.problems)")
      #expect(parsed.elements == [OMM.elements])
    }
  }

  @Test func columnsMayComeInAnyOrderQuotedAndWithOthers() {
    let names = OMM.header.split(separator: ",")
    let values = OMM.row.split(separator: ",")
    let header = (["COMMENT"] + names.reversed().map(String.init)).joined(separator: ",")
    let row = (["\"GENERATED, \"\"TODAY\"\"\nBY HAND\""] + values.reversed().map { "\"\($0)\"" })
      .joined(separator: ",")
    let parsed = ElementSet.parse("\(header)\n\(row)\n\n\(row)")
    #expect(parsed.problems.isEmpty)
    #expect(parsed.elements == [OMM.elements, OMM.elements])
  }

  @Test(arguments: [("5", 5), ("100001", 100_001), ("799501299", 799_501_299), ("A0001", 100_001)])
  func catalogueNumbersOfOneToNineDigitsAreRead(text: String, number: Int) {
    let csv = OMM.csv.replacing(",900,", with: ",\(text),")
    #expect(ElementSet.parse(csv).elements.first?.catalogNumber == number)
  }

  @Test(arguments: [
    (".00279781", "1.0"), (".00279781", "-0.1"), (".00279781", "nan"), (".00279781", "inf"),
    (".00279781", "0x1p-3"), ("13.76683693", "0"), ("13.76683693", "-1"), ("13.76683693", "1e999"),
    ("90.2176", "180.1"), ("90.2176", "-1"), ("900", "1234567890"), ("900", ""), ("900", "9.5"),
    ("2026-08-22T12:30:24.433632", "2026-13-22T00:00:00"),
    ("2026-08-22T12:30:24.433632", "9999-01-01T00:00:00"), ("73.3121", "abc"), ("73.3121", ""),
    (",999,", ",x,"), (",0,U", ",4,U"),
  ])
  func valuesOutOfRangeAreRefusedWithTheirPlace(value: String, wrong: String) {
    let row = OMM.row.replacing(value, with: wrong)
    let parsed = ElementSet.parse("\(OMM.header)\n\(row)\n\(OMM.row)\n")
    #expect(parsed.elements == [OMM.elements])
    #expect(parsed.problems.count == 1)
    #expect(parsed.problems.first?.line == 2)
  }

  @Test func everyProblemOfARecordIsReported() {
    let row = OMM.row.replacing("90.2176", with: "x").replacing("73.3121", with: "y")
    let problems = ElementSet.parse("\(OMM.header)\n\(row)").problems
    #expect(problems.map(\.line) == [2, 2])
    #expect(problems.map(\.column) == [72, 74])
  }

  @Test func shortRowsAndOpenQuotesAreReportedAndTheRestIsRead() {
    let parsed = ElementSet.parse("\(OMM.header)\na,b\n\(OMM.row)\n\"x\"y,\n\(OMM.row)\n\"open,\n")
    #expect(parsed.elements.count == 2)
    #expect(parsed.problems.map(\.line) == [2, 4, 6])
  }

  @Test func headersThatLackOrRepeatColumnsAreRefused() {
    let lacking = OMM.csv.replacing("BSTAR", with: "B_STAR")
    #expect(ElementSet.parse(lacking).problems.first?.message == "the header lacks BSTAR")
    let twice = OMM.csv.replacing("MEAN_MOTION_DOT", with: "BSTAR")
    #expect(ElementSet.parse(twice).problems.first?.message == "the header has BSTAR twice")
  }

  @Test func otherFramesTimesAndTheoriesAreRefused() {
    for (keyword, value) in [
      ("TIME_SYSTEM", "GPS"), ("REF_FRAME", "EME2000"), ("CENTER_NAME", "MARS"),
      ("MEAN_ELEMENT_THEORY", "DSST"),
    ] {
      let parsed = ElementSet.parse("\(keyword),\(OMM.header)\n\(value),\(OMM.row)")
      #expect(parsed.elements.isEmpty)
      #expect(parsed.problems.first?.message.contains(keyword) == true)
    }
  }

  @Test func truncatedJSONKeepsWhatCameBefore() {
    let record = OMM.json().dropFirst().dropLast()
    let text = "[\(record),\n\(record.prefix(200))"
    let parsed = ElementSet.parse(String(text))
    #expect(parsed.elements == [OMM.elements])
    #expect(parsed.problems.count == 1)
    #expect(parsed.problems.first?.message.contains("ends too early") == true)
  }

  @Test func entriesThatAreNoRecordsAreReported() {
    let record = OMM.json().dropFirst().dropLast()
    let parsed = ElementSet.parse("[1, \(record), {\"error\": \"no\"}, [[]]]")
    #expect(parsed.elements == [OMM.elements])
    // The object without keywords lacks each of the nine that must be there.
    #expect(parsed.problems.count == 11)
  }

  @Test func escapesInNamesAreResolved() {
    let text = OMM.json().replacing(
      "\"CALSPHERE 1\"", with: #""\u0041\ud83d\ude80\n\"\/\\é""#)
    #expect(ElementSet.parse(text).elements.first?.name == "A🚀\n\"/\\é")
  }

  @Test func deepNestingDoesNotExhaustTheStack() {
    let deep = String(repeating: "[", count: 200_000)
    #expect(ElementSet.parse(deep).elements.isEmpty)
    #expect(!ElementSet.parse("{\"A\": \(deep)").problems.isEmpty)
  }
}
