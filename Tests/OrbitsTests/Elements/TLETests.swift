import Testing

@testable import Orbits

enum ISS {
  static let name = "ISS (ZARYA)"
  static let line1 = "1 25544U 98067A   18184.80969102  .00001614  00000-0  31745-4 0  9993"
  static let line2 = "2 25544  51.6414 295.8524 0003435 262.6267 204.2868 15.54005638121106"
  static let text = "\(line1)\n\(line2)\n"

  static var elements: ElementSet {
    ElementSet(
      name: "", catalogNumber: 25_544,
      epoch: UTC(
        nanosecondsSince1970: UTC(year: 2018, month: 7, day: 3).nanosecondsSince1970
          + 69_957_304_128_000),
      meanMotionRevPerDay: 15.54005638, eccentricity: 0.0003435, inclinationDeg: 51.6414,
      raanDeg: 295.8524, argumentOfPerigeeDeg: 262.6267, meanAnomalyDeg: 204.2868,
      bstar: 0.31745e-4, internationalDesignator: "1998-067A", meanMotionDot: 0.00001614,
      elementSetNumber: 999, revolutionAtEpoch: 12_110)
  }
}

struct TLETests {
  private func only(_ text: String) throws -> ElementSet {
    let parsed = ElementSet.parse(text)
    #expect(parsed.problems.isEmpty, "\(parsed.problems)")
    try #require(parsed.elements.count == 1)
    return parsed.elements[0]
  }

  /// A line with a field changed and the checksum made right again.
  private func line(_ text: String, _ columns: ClosedRange<Int>, _ value: String) -> String {
    var bytes = Array(text.utf8.prefix(68))
    bytes.replaceSubrange(columns.lowerBound - 1...columns.upperBound - 1, with: value.utf8)
    return String(decoding: bytes, as: UTF8.self) + "\(TLEChecksum.of(bytes[...]))"
  }

  @Test func everyFieldIsReadExactly() throws {
    #expect(try only(ISS.text) == ISS.elements)
  }

  @Test(arguments: ["ISS (ZARYA)", "0 ISS (ZARYA)", "ISS (ZARYA)             "])
  func nameLinesOfBothKindsAreRead(name: String) throws {
    #expect(try only("\(name)\r\n\(ISS.line1)\r\n\(ISS.line2)\r\n").name == "ISS (ZARYA)")
  }

  @Test func sloppySpacingIsRead() throws {
    let expected = ISS.elements
    let indented = "  \(ISS.line1)   \n\t\(ISS.line2) \n\n"
    #expect(try only(indented) == expected)
    let bare = "\(ISS.line1.prefix(68))\n\(ISS.line2.prefix(68))"
    #expect(try only(bare) == expected)
    let collapsed = ISS.text.split(separator: " ").joined(separator: " ")
    #expect(try only(collapsed) == expected)
    let wide = collapsed.split(separator: " ").joined(separator: "   ")
    #expect(try only(wide) == expected)
    let byteOrderMark = "\u{FEFF}" + ISS.text
    #expect(try only(byteOrderMark) == expected)
    let trailing = "\(ISS.line1)\n\(ISS.line2)   0.0 1440.0 1.0\n"
    #expect(try only(trailing) == expected)
  }

  @Test func blankOptionalFieldsAreZero() throws {
    let bare = line(line(ISS.line1, 10...17, "        "), 8...8, " ")
    var expected = ISS.elements
    expected.internationalDesignator = ""
    #expect(try only("\(bare)\n\(ISS.line2)") == expected)
    // Leading zeros of the eccentricity written as blanks.
    let blanks = line(ISS.line2, 27...33, "   3435")
    #expect(try only("\(ISS.line1)\n\(blanks)").eccentricity == 0.0003435)
  }

  @Test(arguments: [
    ("A0000", 100_000), ("A9999", 109_999), ("H1234", 171_234), ("J0000", 180_000),
    ("N0000", 220_000), ("P0000", 230_000), ("Z9999", 339_999), ("   05", 5), ("69999", 69_999),
  ])
  func alphaFiveNumbersAreRead(text: String, number: Int) throws {
    let tle = "\(line(ISS.line1, 3...7, text))\n\(line(ISS.line2, 3...7, text))"
    #expect(try only(tle).catalogNumber == number)
  }

  @Test(arguments: ["I0000", "O0000", "a0000", "A000B", "-0001", "     "])
  func otherLettersAreNoCatalogueNumbers(text: String) {
    let tle = "\(line(ISS.line1, 3...7, text))\n\(line(ISS.line2, 3...7, text))"
    let parsed = ElementSet.parse(tle)
    #expect(parsed.elements.isEmpty && parsed.problems.count == 1)
    #expect(parsed.problems.first?.column == 3)
  }

  @Test func wrongChecksumIsAWarningAndTheSetIsUsed() {
    let damaged = ISS.line2.replacingCharacter(at: 9, with: "6")
    let parsed = ElementSet.parse("\(ISS.line1)\n\(damaged)\n\(ISS.text)")
    #expect(parsed.elements.count == 2 && parsed.elements.last == ISS.elements)
    #expect(
      parsed.problems == [
        ElementSetProblem(
          line: 2, column: 69, message: "the checksum of line 2 is 6, but its digits sum to 7",
          cure: "if nobody edited the set, a digit is damaged: download it again",
          isWarning: true)
      ])
    #expect(parsed.problems[0].description.hasPrefix("line 2, column 69: the checksum"))
  }

  @Test func everyProblemIsReportedAndTheOtherSetsComeOut() {
    let text = """
      # a comment
      GOOD ONE
      \(ISS.line1)
      \(ISS.line2)
      LOOSE NAME
      ANOTHER NAME
      \(ISS.line1)
      \(ISS.line1)
      \(ISS.line2)
      \(ISS.line2)
      \(line(ISS.line1, 3...7, "00005"))
      \(ISS.line2)
      \(ISS.line1)
      \(line(ISS.line2, 9...16, "181.0000"))
      \(ISS.line1)
      \(line(ISS.line2, 53...63, " 0.00000000"))
      \(line(ISS.line1, 21...32, "000.00000000"))
      \(ISS.line2)
      LAST NAME
      """
    let parsed = ElementSet.parse(text)
    #expect(parsed.elements.count == 2)
    #expect(parsed.elements.first?.name == "GOOD ONE")
    #expect(parsed.problems.map(\.line) == [5, 7, 10, 12, 14, 16, 17, 19])
    #expect(parsed.problems.allSatisfy { !$0.cure.isEmpty })
  }

  @Test func yearsTurnIn1957() throws {
    #expect(
      try only("\(line(ISS.line1, 19...20, "57"))\n\(ISS.line2)").epoch.description.hasPrefix(
        "1957-07-03"))
    #expect(
      try only("\(line(ISS.line1, 19...20, "56"))\n\(ISS.line2)").epoch.description.hasPrefix(
        "2056-07-02"))
  }

  @Test func sgp4XPElementsAreRefused() {
    let parsed = ElementSet.parse("\(line(ISS.line1, 63...63, "4"))\n\(ISS.line2)")
    #expect(parsed.elements.isEmpty)
    #expect(parsed.problems.first?.message.contains("SGP4-XP") == true)
  }

  @Test(arguments: [
    "", "\n\n", "   ", "# only a comment", "hello", "<html>403</html>", "CCSDS_OMM_VERS = 2.0",
    "{}", "[]", "[1]", "OBJECT_NAME,EPOCH,MEAN_MOTION\n", "1 25544U", "\u{0}\u{0}",
  ])
  func textWithoutElementSetsIsAProblem(text: String) {
    let parsed = ElementSet.parse(text)
    #expect(parsed.elements.isEmpty)
    #expect(!parsed.problems.isEmpty)
  }

  @Test func verificationSetIsReadAndItsWrongChecksumsAreTold() throws {
    let parsed = ElementSet.parse(try Fixture.text("SGP4-VER.TLE"))
    #expect(parsed.elements.count == 33)
    #expect(parsed.problems.map(\.line) == [100, 101, 103, 106, 107])
    #expect(parsed.problems.allSatisfy { $0.isWarning && $0.message.contains("checksum") })
  }
}

extension String {
  fileprivate func replacingCharacter(at index: Int, with character: Character) -> String {
    var characters = Array(self)
    characters[index] = character
    return String(characters)
  }
}
