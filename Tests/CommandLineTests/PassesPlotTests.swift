import Foundation
import Testing

@Suite struct PassesPlotTests {
  private static let window = ["--start", "2026-05-31T00:00:00Z", "--stop", "2026-06-01T00:00:00Z"]

  private func run(_ arguments: String..., tle: String = stationsTLE) throws -> CommandRun {
    let file = try TemporaryFile(tle, suffix: ".tle")
    return try CommandRun(
      arguments: ["passes", file.path, "--site", "-37.07,-12.31"] + Self.window + arguments)
  }

  @Test func detailsAddColumnsAndChangeNoOther() throws {
    let plain = try run("--output", "csv")
    let details = try run("--output", "csv", "--details")
    #expect(plain.status == 0 && details.status == 0, "\(details.errors)")
    #expect(plain.rows.count > 3 && plain.rows.count == details.rows.count)
    #expect(details.rows[0].suffix(4) == ["sunlit", "visible", "visible_from", "visible_to"])
    for (a, b) in zip(plain.rows, details.rows) { #expect(a == Array(b.prefix(6))) }
    #expect(plain.errors.contains("earth orientation: none"))
  }

  @Test func threadsChangeNoByte() throws {
    #expect(
      try run("--output", "csv", "--threads", "1").output
        == run("--output", "csv", "--threads", "2").output)
  }

  @Test func anSVGIsWellFormedAndNamesAreEscaped() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString).svg").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let plot = try run(
      "--output", "csv", "--plot", path,
      tle: stationsTLE.replacing("ISS (ZARYA)", with: "S <b>&\"x\""))
    #expect(plot.status == 0, "\(plot.errors)")
    #expect(plot.rows.first?.first == "catalog_number")
    let svg = try String(contentsOfFile: path, encoding: .utf8)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("polyline") && svg.contains("S &lt;b&gt;&amp;&quot;x&quot;"))
    #expect(!svg.contains("<b>"))
  }

  @Test func aTextPlotTakesTheRowsPlace() throws {
    let plot = try run("--plot", "-")
    #expect(plot.status == 0, "\(plot.errors)")
    #expect(plot.output.contains("ISS (ZARYA) +1") && plot.output.contains("CAPITALS sunlit"))
    #expect(!plot.output.contains("catalog_number"))
    let none = try run("--plot", "-", "--mask", "89.99")
    #expect(none.status == 0 && none.output.contains("no pass above"))
  }

  @Test func earthOrientationIsNamedAndItsFaultsAreInput() throws {
    let table = CommandRun.root.appendingPathComponent(
      "Tests/OrbitsTests/Fixtures/finals2000A-excerpt.txt"
    ).path
    let measured = try run("--output", "csv", "--eop", table)
    #expect(measured.status == 0)
    // The table begins in August; the window lies in May.
    #expect(measured.errors.contains("(IERS finals2000A), 2026-08-01 to 2026-11-30"))
    #expect(measured.errors.contains("warning: outside the table by"))
    #expect(try run("--eop", "README.md").status == 2)
    #expect(try run("--eop", "nowhere.all").status == 2)
    #expect(try run("--plot", "sky.png").status == 2)
    let teme = try TemporaryFile(stationsTLE, suffix: ".tle")
    let run = try CommandRun(
      "propagate", teme.path, "--minutes", "-10:10:10", "--eop", table)
    #expect(run.status == 2 && run.errors.contains("--frame itrf"))
  }
}
