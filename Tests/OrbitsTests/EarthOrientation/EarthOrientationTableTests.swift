import Foundation
import TestSupport
import Testing

@testable import Orbits

struct EarthOrientationTableTests {
  static func finals() throws -> EarthOrientationTable {
    try EarthOrientationTable(
      name: "finals2000A.all", text: try Fixture.text("finals2000A-excerpt.txt"))
  }

  @Test func finalsColumnsAreReadAndTheirQualityTold() throws {
    let table = try Self.finals()
    #expect(table.format == .finals2000A)
    #expect(table.first == UTC(year: 2026, month: 8, day: 1))
    #expect(table.last == UTC(year: 2026, month: 11, day: 30))
    // Bulletin B's columns where they are filled.
    let (value, basis) = table.orientation(at: UTC(year: 2026, month: 8, day: 23))
    #expect(basis == .final)
    #expect(
      value
        == EarthOrientation(
          ut1MinusUTCSeconds: 0.0070141, poleXArcsec: 0.216466, poleYArcsec: 0.346717,
          excessLengthOfDaySeconds: -0.1302 / 1_000))
    // Bulletin A's prediction.
    let late = table.orientation(at: UTC(year: 2026, month: 10, day: 29))
    #expect(late.basis == .predicted)
    #expect(late.orientation.ut1MinusUTCSeconds == -0.0525222)
    #expect(late.orientation.poleXArcsec == 0.140878)
    #expect(
      table.lastMeasured < UTC(year: 2026, month: 10, day: 29)
        && table.lastMeasured > UTC(year: 2026, month: 10, day: 20))
    let bases = table.rows.map(\.basis)
    #expect(bases == bases.sorted() && Set(bases) == [.final, .rapid, .predicted])
    #expect(table.description.contains("finals2000A.all (IERS finals2000A), 2026-08-01 to"))
  }

  @Test func c04AgreesWithBulletinB() throws {
    let c04 = try EarthOrientationTable(
      name: "eopc04.1962-now", text: try Fixture.text("eopc04-excerpt.txt"))
    let finals = try Self.finals()
    #expect(c04.format == .c04)
    for hours in stride(from: 0.0, through: 24 * 20, by: 5.5) {
      let time = UTC(year: 2026, month: 8, day: 11).adding(seconds: hours * 3_600)
      let a = c04.orientation(at: time)
      let b = finals.orientation(at: time)
      #expect(a.basis == .final)
      #expect(abs(a.orientation.ut1MinusUTCSeconds - b.orientation.ut1MinusUTCSeconds) < 1e-4)
      #expect(abs(a.orientation.poleXArcsec - b.orientation.poleXArcsec) < 5e-4)
      #expect(abs(a.orientation.poleYArcsec - b.orientation.poleYArcsec) < 5e-4)
    }
  }

  @Test func aLeapSecondMakesAStepAndNoRamp() throws {
    let table = try EarthOrientationTable(
      name: "finals", text: try Fixture.text("finals2000A-leap-second.txt"))
    let midnight = UTC(year: 2017, month: 1, day: 1)
    let noon = table.orientation(at: midnight.adding(seconds: -43_200)).orientation
    #expect(abs(noon.ut1MinusUTCSeconds - -0.408) < 5e-4)
    let before = table.orientation(at: midnight.adding(seconds: -1e-6)).orientation
    let after = table.orientation(at: midnight).orientation
    #expect(abs(after.ut1MinusUTCSeconds - before.ut1MinusUTCSeconds - 1) < 1e-6)
  }

  /// Stale earth orientation is never silent: the basis and the age say so.
  /// Stale orientation was measured to cost 41 m in silence: here it is told.
  @Test func outsideTheTableTheNearestRowIsHeldAndSaidToBe() throws {
    let table = try Self.finals()
    let late = table.last.adding(seconds: 10 * 86_400)
    let (value, basis) = table.orientation(at: late)
    #expect(basis == .held(days: 10))
    #expect(
      value.ut1MinusUTCSeconds
        == table.orientation(at: table.last).orientation.ut1MinusUTCSeconds)
    #expect(value.excessLengthOfDaySeconds == 0)
    #expect(basis.description == "outside the table by 10 days, nearest row held")
    let early = table.orientation(at: table.first.adding(seconds: -43_200))
    #expect(early.basis == .held(days: 0.5))
    #expect(basis > .predicted)
    #expect(table.ageDays(at: table.lastMeasured.adding(seconds: 3 * 86_400)) == 3)
  }

  @Test func faultsNameTheLineAndTheCure() throws {
    let text = try Fixture.text("finals2000A-excerpt.txt")
    var lines = text.split(separator: "\n")
    lines.remove(at: 4)
    let gap = #expect(throws: EarthOrientationError.self) {
      try EarthOrientationTable(name: "f", text: lines.joined(separator: "\n"))
    }
    #expect(gap?.line == 5)
    #expect(gap?.description.hasPrefix("f:5: day 61258 follows day 61256") == true)
    let empty = #expect(throws: EarthOrientationError.self) {
      try EarthOrientationTable(name: "f", text: "\n# nothing\n")
    }
    #expect(empty?.reason.contains("finals2000A.all") == true)
    #expect(throws: EarthOrientationError.self) {
      try EarthOrientationTable(name: "f", text: "ISS (ZARYA)\n1 25544U")
    }
  }

  @Test func damagedTablesNeverCrash() throws {
    var rng = Seeded(5)
    for name in ["finals2000A-excerpt.txt", "eopc04-excerpt.txt"] {
      let whole = Array(try Fixture.text(name).utf8.prefix(2_500))
      for _ in 0..<300 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...6, using: &rng) {
          let at = Int.random(in: 0..<bytes.count, using: &rng)
          switch Int.random(in: 0..<3, using: &rng) {
          case 0: bytes[at] = .random(in: 0...255, using: &rng)
          case 1: bytes.remove(at: at)
          default: bytes.insert(.random(in: 32...57, using: &rng), at: at)
          }
        }
        let table = try? EarthOrientationTable(
          name: "x", text: String(decoding: bytes, as: UTF8.self))
        if let table {
          let value = table.orientation(at: table.first.adding(seconds: 1e5)).orientation
          #expect(abs(value.ut1MinusUTCSeconds) <= 2.1)
        }
      }
    }
  }
}

/// The frames against astropy and Skyfield with the same table in all.
struct MeasuredFramesTests {
  private func check(_ row: Fixture.Row, _ table: EarthOrientationTable) throws {
    let time = try #require(UTC(row["utc"]))
    let teme = TEMEState(
      positionKm: row.vector("teme_x_km", "teme_y_km", "teme_z_km"),
      velocityKmS: row.vector("teme_vx_kms", "teme_vy_kms", "teme_vz_kms"))
    let itrf = EarthRotation(at: time, table: table).itrf(teme)
    let astropy = row.vector("itrf_x_km_astropy", "itrf_y_km_astropy", "itrf_z_km_astropy")
    #expect(length(itrf.positionKm - astropy) < 2e-5 * max(1, length(astropy) / 7_000))
    let height = Geodetic(itrfKm: itrf.positionKm).altitudeKm
    #expect(
      abs(height - row.number("geod_alt_km_astropy")) < 5e-6 * max(1, length(astropy) / 7_000))
    let observer = Observer(
      Geodetic(
        latitudeDeg: row.number("lat_deg"), longitudeDeg: row.number("lon_deg"),
        altitudeKm: row.number("alt_m") / 1_000))
    let look = observer.lookAngles(to: itrf)
    for peer in ["skyfield", "orekit"] {
      #expect(abs(look.elevationDeg - row.number("el_deg_\(peer)")) < 1e-4)
      var turn = abs(look.azimuthDeg - row.number("az_deg_\(peer)"))
      if turn > 180 { turn = 360 - turn }
      #expect(turn * SinCos(look.elevationDeg * .pi / 180).cos < 1e-4)
      #expect(abs(look.rangeKm - row.number("range_km_\(peer)")) < 1.5e-3)
      #expect(abs(look.rangeRateKmS - row.number("range_rate_kms_\(peer)")) < 1e-5)
    }
  }

  @Test func committedRowsAgreeWithAstropySkyfieldAndOrekit() throws {
    let rows = try Fixture.rows("frames-and-look-angles.csv")
    #expect(rows.count >= 42)
    let table = try EarthOrientationTableTests.finals()
    for row in rows { try check(row, table) }
  }

  static let full: String? = {
    let here = URL(fileURLWithPath: #filePath)
    let root = (0..<4).reduce(here) { url, _ in url.deletingLastPathComponent() }
    let file = root.deletingLastPathComponent().appendingPathComponent(
      "shared/data/elements/verification/frames-and-look-angles-20260823.csv")
    return ProcessInfo.processInfo.environment["PERIGEE_FRAMES_REFERENCE"]
      ?? (FileManager.default.fileExists(atPath: file.path) ? file.path : nil)
  }()

  @Test(.enabled(if: full != nil, "the 504 reference rows are not beside the repository"))
  func allReferenceRowsAgree() throws {
    let path = try #require(Self.full)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rows = Fixture.rows(of: text)
    #expect(rows.count == 504)
    let table = try EarthOrientationTableTests.finals()
    for row in rows { try check(row, table) }
  }
}
