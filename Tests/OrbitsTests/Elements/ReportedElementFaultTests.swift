import Testing

@testable import Orbits

/// Faults of reading element sets that users of other libraries reported, one test each.
struct ReportedElementFaultTests {
  /// python-sgp4 #169, skyfield #995, satellite.js #135, satchecker #223 to #225, tatc #139, SGP.NET #21:
  /// numbers over 99,999 end in an error or another satellite. CelesTrak has given no TLE for them since
  /// 69,999 was reached in 2026; Space-Track writes Alpha-5 up to 339,999.
  @Test(arguments: [69_999, 99_999, 100_000, 270_288, 339_999, 340_000, 999_999, 799_501_299])
  func catalogueNumbersGoOnBeyondFiveAndBeyondSixDigits(number: Int) throws {
    var set = OMM.elements
    set.catalogNumber = number
    for format in ElementSetFormat.allCases {
      let written = ElementSet.write([set], as: format)
      guard
        number <= 339_999 || format == .csv || format == .json || format == .xml
          || format == .kvn
      else {
        // No five columns hold it: told, not wrapped.
        #expect(written.unwritable.count == 1)
        continue
      }
      let read = ElementSet.parse(written.text)
      #expect(read.problems.isEmpty && read.elements.map(\.catalogNumber) == [number])
      let satellite = try Satellite(try #require(read.elements.first))
      #expect(try length(satellite.state(minutesSinceEpoch: 0).positionKm) > 6_378)
    }
  }

  /// python-sgp4 #81, #90, astroz #78: leading and trailing blanks, missing checksums, lone carriage returns.
  @Test(arguments: [
    "   \(ISS.line1)\n   \(ISS.line2)\n", "\(ISS.line1)     \n\(ISS.line2)\t\n",
    "\(ISS.line1.prefix(68))\n\(ISS.line2.prefix(68))\n", "\(ISS.line1)\r\n\(ISS.line2)\r\n",
    "\n\n\(ISS.line1)\n\n\(ISS.line2)",
  ])
  func blanksAndMissingChecksumsDoNotMatter(text: String) {
    let parsed = ElementSet.parse(text)
    #expect(parsed.elements == [ISS.elements])
    #expect(parsed.problems.isEmpty)
  }

  /// python-sgp4 #121, tudatpy #798: no international designator.
  @Test func aSetWithoutADesignatorIsASet() throws {
    var expected = ISS.elements
    expected.internationalDesignator = ""
    let bare = ISS.line1.replacing("98067A  ", with: "        ")
    let parsed = ElementSet.parse("\(bare)\n\(ISS.line2)\n")
    #expect(parsed.elements == [expected])
  }

  /// satellite.js #153: an eccentricity of blanks or with blanks for zeros turns into NaN.
  @Test func blanksInTheEccentricityAreZerosAndNeverNaN() {
    for (text, value) in [("   3435", 0.0003435), ("0003435", 0.0003435), ("      1", 1e-7)] {
      let line = ISS.line2.replacing("0003435", with: text)
      let parsed = ElementSet.parse("\(ISS.line1)\n\(line)\n")
      #expect(parsed.elements.first?.eccentricity == value)
    }
    let empty = ElementSet.parse(
      "\(ISS.line1)\n\(ISS.line2.replacing("0003435", with: "       "))\n")
    if let read = empty.elements.first {
      #expect(read.eccentricity == 0)
    } else {
      #expect(empty.problems.first?.line == 2)
    }
  }
}
