import Foundation
import Testing

@Suite("perigee elements")
struct ElementsCommandTests {
  private static let forms = ["tle", "csv", "json", "xml", "kvn"]

  @Test("converts between all forms and back, and passes and propagate read each", arguments: forms)
  func convert(form: String) throws {
    let original = try TemporaryFile(stationsTLE, suffix: ".tle")
    let converted = try CommandRun("elements", "convert", original.path, "--to", form)
    #expect(converted.status == 0 && converted.errors.isEmpty, "\(converted.errors)")
    let file = try TemporaryFile(converted.output, suffix: ".\(form)")
    let back = try CommandRun("elements", "convert", file.path, "--to", "tle")
    #expect(back.status == 0 && back.output == stationsTLE)
    let propagated = try CommandRun(
      "propagate", file.path, "--minutes", "0:10:10", "--output", "csv")
    let expected = try CommandRun(
      "propagate", original.path, "--minutes", "0:10:10", "--output", "csv")
    #expect(propagated.output == expected.output && propagated.rows.count == 5)
  }

  @Test("says what a TLE cannot carry, writes the rest and ends with 2")
  func losses() throws {
    let original = try TemporaryFile(stationsTLE, suffix: ".tle")
    let csv = try CommandRun("elements", "convert", original.path, "--to", "csv")
    let text = csv.output.replacing(",25544,", with: ",340000,")
      .replacing("0.0007245", with: "0.00072451")
    let file = try TemporaryFile(text, suffix: ".csv")
    let run = try CommandRun("elements", "convert", file.path, "--to", "tle")
    #expect(run.status == 2)
    #expect(run.output.split(separator: "\n").count == 3)
    #expect(run.errors.contains("NORAD_CAT_ID 340000 is beyond 339999"))
    #expect(run.errors.contains("36086: ECCENTRICITY 0.00072451 became 0.0007245"))
  }

  @Test("shows orbits")
  func show() throws {
    let file = try TemporaryFile(stationsTLE, suffix: ".tle")
    let run = try CommandRun("elements", "show", file.path, "--output", "csv")
    #expect(run.status == 0 && run.rows.count == 3)
    #expect(run.rows[1][1] == "ISS (ZARYA)" && run.rows[1][4] == "92.93")
    let heights = run.rows[1][5...6].compactMap { Double($0) }
    #expect(heights.allSatisfy { (400...440).contains($0) } && heights[0] < heights[1])
  }

  @Test("tells usage errors from failures")
  func failures() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-elements-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let offline = try CommandRun("elements", "fetch", "stations", "--offline", "--state", folder)
    #expect(offline.status == 1 && offline.errors.contains("nothing is in the cache"))
    let invalid = try CommandRun("elements", "fetch", "../x", "--state", folder)
    #expect(invalid.status == 2)
    let down = try CommandRun(
      "elements", "fetch", "stations", "--from", "http://127.0.0.1:9/gp.php", "--state", folder)
    #expect(down.status == 1 && down.errors.contains("no answer"))
    let both = try CommandRun("elements", "fetch", "stations", "--offline", "--force")
    #expect(both.status == 2)
  }

  @Test("prints the path of the file, its age on standard error, and uses the cache the next time")
  func fetch() throws {
    let script = CommandRun.root.appendingPathComponent(
      "Tests/CatalogueTests/Python/catalogue_server.py")
    let server = Process()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    server.arguments = ["python3", script.path]
    let (input, output) = (Pipe(), Pipe())
    server.standardInput = input
    server.standardOutput = output
    try server.run()
    defer {
      try? input.fileHandleForWriting.close()
      server.waitUntilExit()
    }
    let data = output.fileHandleForReading.availableData
    let port = try #require(Int(String(decoding: data, as: UTF8.self).prefix { $0.isNumber }))
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-elements-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let arguments = [
      "elements", "fetch", "fleet", "--from", "http://127.0.0.1:\(port)/good", "--state", folder,
    ]
    let first = try CommandRun(arguments: arguments)
    #expect(first.status == 0 && first.output == "\(folder)/elements/fleet.csv\n")
    #expect(first.errors.hasPrefix("fleet: 20 element sets, downloaded now. Epochs: median"))
    let second = try CommandRun(arguments: arguments)
    #expect(second.output == first.output)
    #expect(second.errors.contains("from the cache: the publisher is asked once in two hours"))
    let shown = try CommandRun("elements", "show", "\(folder)/elements/fleet.csv")
    #expect(shown.status == 0 && shown.output.contains("100001"))
  }
}
