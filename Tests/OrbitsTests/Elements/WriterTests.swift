import Foundation
import TestSupport
import Testing

@testable import Orbits

/// Whole published catalogues, where somebody has put them: the folder that PERIGEE_ELEMENTS_DATA names.
enum Catalogues {
  static let folder = ProcessInfo.processInfo.environment["PERIGEE_ELEMENTS_DATA"]

  static func sets(_ name: String) throws -> [ElementSet] {
    let file = URL(fileURLWithPath: folder ?? "").appendingPathComponent(name)
    return ElementSet.parse(String(decoding: try Data(contentsOf: file), as: UTF8.self)).elements
  }
}

struct WriterTests {
  static let omm: [ElementSetFormat] = [.csv, .json, .xml, .kvn]

  private func expectIdentity(_ sets: [ElementSet], _ format: ElementSetFormat) {
    let written = ElementSet.write(sets, as: format)
    #expect(written.changed.isEmpty && written.unwritable.isEmpty, "\(written.changed.prefix(3))")
    #expect(ElementSetFormat(of: written.text) == format)
    let again = ElementSet.parse(written.text)
    #expect(again.problems.isEmpty)
    #expect(again.elements == sets)
    #expect(ElementSet.write(again.elements, as: format).text == written.text)
  }

  @Test(arguments: omm)
  func catalogueSampleIsWrittenWithoutLoss(format: ElementSetFormat) throws {
    expectIdentity(ElementSet.parse(try Fixture.text("catalogue-sample.omm.csv")).elements, format)
  }

  @Test(arguments: ElementSetFormat.allCases)
  func setsReadFromTLEsAreWrittenWithoutLossInEveryForm(format: ElementSetFormat) throws {
    let tle = ElementSet.parse(try Fixture.text("SGP4-VER.TLE")).elements
    let sample = ElementSet.parse(try Fixture.text("catalogue-sample.omm.csv")).elements
    let rounded = ElementSet.parse(ElementSet.write(sample, as: .tle).text).elements
    #expect(rounded.count == sample.count)
    expectIdentity(tle + rounded, format)
  }

  @Test(
    .enabled(if: Catalogues.folder != nil, "needs PERIGEE_ELEMENTS_DATA"),
    arguments: omm)
  func wholeCatalogueIsWrittenWithoutLoss(format: ElementSetFormat) throws {
    let sets = try Catalogues.sets("celestrak-active-20260822.omm.csv")
    #expect(sets.count == 16_400)
    expectIdentity(sets, format)
  }

  @Test(
    .enabled(if: Catalogues.folder != nil, "needs PERIGEE_ELEMENTS_DATA"),
    arguments: [
      "celestrak-active-20260811.tle", "celestrak-starlink-20260530.tle",
      "celestrak-geo-20260530.tle",
    ])
  func wholeTLECataloguesAreWrittenWithoutLoss(name: String) throws {
    let sets = try Catalogues.sets(name)
    #expect(sets.count > 500)
    expectIdentity(sets, .tle)
  }

  @Test(arguments: omm)
  func randomSetsAreWrittenWithoutLoss(format: ElementSetFormat) {
    var rng = Seeded(7)
    expectIdentity((0..<300).map { _ in RandomSets.any(&rng) }, format)
  }

  @Test func randomSetsWithinATLEsColumnsAreWrittenWithoutLoss() {
    var rng = Seeded(8)
    expectIdentity((0..<1_000).map { _ in RandomSets.withinTLE(&rng) }, .tle)
  }

  @Test func randomSetsInATLEAreWithinItsRounding() throws {
    var rng = Seeded(9)
    let sets = (0..<1_000).map { _ in RandomSets.any(&rng) }.filter { $0.catalogNumber < 340_000 }
    let written = ElementSet.write(sets, as: .tle)
    let read = ElementSet.parse(written.text).elements
    try #require(read.count == sets.count && written.unwritable.isEmpty)
    for (set, read) in zip(sets, read) {
      #expect(abs(set.epoch.seconds(since: read.epoch)) <= 0.000433)
      #expect(abs(set.meanMotionRevPerDay - read.meanMotionRevPerDay) <= 0.5001e-8)
      #expect(abs(set.eccentricity - read.eccentricity) <= 0.5001e-7)
      #expect(abs(set.inclinationDeg - read.inclinationDeg) <= 0.50001e-4)
      #expect(abs(set.bstar - read.bstar) <= max(0.5001e-5 * 10 * abs(set.bstar), 0.5001e-14))
      let told = Set(
        written.changed.filter { $0.catalogNumber == set.catalogNumber }.map(\.keyword))
      #expect(told.contains("ECCENTRICITY") == (set.eccentricity != read.eccentricity))
      #expect(told.contains("EPOCH") == (set.epoch != read.epoch))
    }
  }

  @Test func realTLELinesComeOutAsTheyCame() throws {
    let lines = try ISS.elements.tleLines()
    #expect(lines.line1 == "1 25544U 98067A   18184.80969102  .00001614  00000+0  31745-4 0  9992")
    #expect(lines.line2 == ISS.line2)
  }

  @Test func whatATLECannotCarryIsTold() throws {
    var beyond = OMM.elements
    beyond.catalogNumber = 340_000
    #expect(throws: UnwritableElementSet.self) { try beyond.tleLines() }
    var early = OMM.elements
    early.epoch = UTC(year: 1956, month: 12, day: 31)
    var notANumber = OMM.elements
    notANumber.bstar = .nan
    let written = ElementSet.write([OMM.elements, beyond, early, notANumber], as: .tle)
    #expect(written.unwritable.count == 3)
    #expect(written.unwritable[0].description.contains("beyond 339999"))
    // 0.00279781 has eight decimals and B* eight digits; the epoch is no multiple of 0.864 ms.
    #expect(written.changed.map(\.keyword).sorted() == ["BSTAR", "ECCENTRICITY"])
    #expect(ElementSet.parse(written.text).elements.count == 1)
    var last = OMM.elements
    last.catalogNumber = 339_999
    #expect(try last.tleLines().line1.hasPrefix("1 Z9999U"))
    last.catalogNumber = 100_001
    #expect(try last.tleLines().line2.hasPrefix("2 A0001 "))
  }

  @Test func roundingNeverLeavesTheColumns() throws {
    var set = OMM.elements
    set.raanDeg = 359.99996
    set.meanAnomalyDeg = -0.00001
    set.bstar = -0.0999996
    set.meanMotionDDot = 1e-15
    set.epoch = UTC(
      nanosecondsSince1970: UTC(year: 2027, month: 1, day: 1).nanosecondsSince1970 - 1)
    set.revolutionAtEpoch = 123_456
    set.elementSetNumber = 12_345
    let (line1, line2) = try set.tleLines()
    #expect(line1.utf8.count == 69 && line2.utf8.count == 69)
    let read = try #require(ElementSet.parse("\(line1)\n\(line2)").elements.first)
    #expect(read.raanDeg == 0 && read.meanAnomalyDeg == 0 && read.bstar == -0.1)
    #expect(read.epoch == UTC(year: 2027, month: 1, day: 1) && read.meanMotionDDot == 0)
    #expect(read.revolutionAtEpoch == 23_456 && read.elementSetNumber == 2_345)
  }

  @Test(arguments: [
    "# hash", "0 zero", ISS.line1, "é 🚀", "a,b", "\"q\"", " <&> ", "x\ny", "[1]", "a = b", "\u{1}",
    "1 short", "NULL", "COMMENT",
  ])
  func oddNamesAreCarriedOrTold(name: String) {
    var set = OMM.elements
    set.name = name
    for format in ElementSetFormat.allCases {
      let written = ElementSet.write([set, set], as: format)
      let read = ElementSet.parse(written.text)
      #expect(read.problems.isEmpty, "\(format) \(read.problems)")
      #expect(read.elements.count == 2)
      let told = written.changed.contains { $0.keyword == "OBJECT_NAME" }
      #expect(told == (read.elements.first?.name != name), "\(format)")
    }
  }
}

/// Element sets drawn at random.
enum RandomSets {
  static func any(_ rng: inout Seeded) -> ElementSet {
    let start = UTC(year: 1960, month: 1, day: 1).nanosecondsSince1970
    return ElementSet(
      name: "OBJECT \(Int.random(in: 0...99, using: &rng))",
      catalogNumber: Int.random(
        in: 1...999_999_999 >> Int.random(in: 0...20, using: &rng), using: &rng),
      epoch: UTC(
        nanosecondsSince1970: start + Int64.random(in: 0...3_000_000_000_000_000_000, using: &rng)),
      meanMotionRevPerDay: Double.random(in: 0.05...17, using: &rng),
      eccentricity: Double.random(in: 0...0.99, using: &rng),
      inclinationDeg: Double.random(in: 0...180, using: &rng),
      raanDeg: Double.random(in: 0..<360, using: &rng),
      argumentOfPerigeeDeg: Double.random(in: 0..<360, using: &rng),
      meanAnomalyDeg: Double.random(in: 0..<360, using: &rng),
      bstar: small(&rng), internationalDesignator: "2026-001A", meanMotionDot: small(&rng),
      meanMotionDDot: small(&rng), elementSetNumber: Int.random(in: 0...9_999, using: &rng),
      revolutionAtEpoch: Int.random(in: 0...99_999, using: &rng))
  }

  static func withinTLE(_ rng: inout Seeded) -> ElementSet {
    func decimal(_ digits: Int, _ places: String) -> Double {
      Double("\(Int.random(in: 0..<digits, using: &rng))\(places)") ?? 0
    }
    var set = any(&rng)
    set.catalogNumber %= 340_000
    set.epoch.nanosecondsSince1970 -= set.epoch.nanosecondsSince1970 % 864_000
    set.meanMotionRevPerDay = decimal(1_700_000_000, "e-8") + 1
    set.meanMotionRevPerDay = (set.meanMotionRevPerDay * 1e8).rounded() / 1e8
    set.eccentricity = decimal(10_000_000, "e-7")
    set.inclinationDeg = decimal(1_800_000, "e-4")
    set.raanDeg = decimal(3_600_000, "e-4")
    set.argumentOfPerigeeDeg = decimal(3_600_000, "e-4")
    set.meanAnomalyDeg = decimal(3_600_000, "e-4")
    set.bstar = decimal(100_000, "e\(Int.random(in: -14 ... -5, using: &rng))")
    set.meanMotionDot = -decimal(100_000_000, "e-8")
    set.meanMotionDDot = -decimal(100_000, "e-9")
    return set
  }

  private static func small(_ rng: inout Seeded) -> Double {
    Double.random(in: -0.99...0.99, using: &rng)
      * [1, 1e-3, 1e-6, 0][Int.random(in: 0..<4, using: &rng)]
  }
}
