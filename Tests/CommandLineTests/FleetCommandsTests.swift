import Foundation
import TestSupport
import Testing

@Suite struct FleetCommandsTests {
  @Test(arguments: ["tristan-da-cunha", "polar-station", "research-vessel", "hypatia"])
  func everyExampleIsRight(_ name: String) throws {
    let run = try CommandRun("check", "examples/\(name).yaml")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("no problems"))
  }

  @Test func mistakesAreAllToldWithTheirPlaces() throws {
    let file = try TemporaryFile(
      """
      name: broken
      gatway: {site: island}
      sites:
        - name: island
          kind: terminl
          position: {lat: 95, lon: 0}
          uplinks:
            - {name: leo, kind: leo, constellation: nothing, up: 20, down: 200 Mbit/s}
      """, suffix: ".yaml")
    let run = try CommandRun("check", file.path)
    #expect(run.status == 2)
    for place in [":2:", ":5:", ":6:", ":8:"] {
      #expect(run.errors.contains(file.path + place), "\(place) in \(run.errors)")
    }
    #expect(run.errors.contains("gateway"))
  }

  @Test func forecastKeepsItsContract() throws {
    let run = try CommandRun(
      "forecast", "examples/tristan-da-cunha.yaml", "--from", "tristan", "--to", "eu-central-1",
      "--start", "2026-11-25T12:00:00Z", "--stop", "2026-11-25T12:05:00Z", "--step", "5",
      "--output", "csv")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.rows.first == ["time", "reachable", "rtt_ms", "hops", "path"])
    try #require(run.rows.count == 62)
    for row in run.rows.dropFirst() where row[1] == "true" {
      let nodes = row[4].split(separator: ">")
      #expect(Int(row[3]) == nodes.count - 1)
      #expect(nodes.first == "tristan" && nodes.last == "eu-central-1")
      // 9,900 km of great circle and back at the speed of light.
      #expect(try #require(Double(row[2])) > 66)
    }
  }

  @Test func thePathChangesOnlyAtSlotEdges() throws {
    let run = try CommandRun(
      "forecast", "examples/tristan-da-cunha.yaml", "--from", "tristan", "--to", "eu-central-1",
      "--uplink", "starlink", "--start", "2026-11-25T12:00:00Z", "--stop", "2026-11-25T12:10:00Z",
      "--step", "1", "--output", "csv")
    #expect(run.status == 0, "\(run.errors)")
    let rows = Array(run.rows.dropFirst())
    var changes = 0
    for (before, after) in zip(rows, rows.dropFirst()) where before[4] != after[4] {
      changes += 1
      let second = after[0].dropLast().suffix(2)
      #expect(["12", "27", "42", "57"].contains(second), "changed at \(after[0])")
    }
    #expect(changes > 0)
  }

  @Test func theIdealForecastIsAShorterOne() throws {
    func rtts(_ ideal: [String]) throws -> [Double] {
      let process = [
        "forecast", "examples/tristan-da-cunha.yaml", "--from", "tristan", "--to", "eu-central-1",
        "--uplink", "starlink", "--start", "2026-11-25T12:00:00Z", "--stop",
        "2026-11-25T12:01:00Z", "--step", "15", "--output", "csv",
      ]
      let run = try CommandRun(arguments: process + ideal)
      return run.rows.dropFirst().compactMap { Double($0[2]) }
    }
    let (held, ideal) = (try rtts([]), try rtts(["--ideal"]))
    #expect(held.count == 5 && ideal.count == 5)
    for (a, b) in zip(held, ideal) { #expect(a > b) }
  }

  @Test func routeAndSkyPrintWhatTheyPromise() throws {
    let route = try CommandRun(
      "route", "examples/tristan-da-cunha.yaml", "--from", "tristan", "--to", "eu-central-1",
      "--at",
      "2026-11-25T12:00:00Z")
    #expect(route.status == 0, "\(route.errors)")
    #expect(route.output.contains("one way") && route.output.contains("round trip"))
    let sky = try CommandRun(
      "sky", "examples/tristan-da-cunha.yaml", "--at", "2026-11-25T12:00:00Z", "--output", "csv")
    #expect(sky.status == 0, "\(sky.errors)")
    let serving = sky.rows.dropFirst().filter { $0[5] == "true" }
    #expect(serving.count == 1)
    for row in sky.rows.dropFirst() { #expect(try #require(Double(row[2])) >= 24.99) }
  }

  @Test func mistakesComeAsJSONToo() throws {
    let file = try TemporaryFile("name: x\nsead: 1\n", suffix: ".yaml")
    let run = try CommandRun("check", file.path, "--output", "json")
    #expect(run.status == 2)
    let problems = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
    #expect(problems?.contains { $0["line"] as? Int == 2 && $0["cure"] is String } == true)
  }

  @Test func whatHasNoAntennasSeesNothingAndAPlaceIsNoDistanceFromItself() throws {
    let fleet = "examples/tristan-da-cunha.yaml"
    for site in ["pop-lagos", "fucino"] {
      let sky = try CommandRun("sky", fleet, "--site", site, "--output", "csv")
      #expect(sky.status == 0 && sky.rows.count == 1)
    }
    let route = try CommandRun(
      "route", fleet, "--from", "tristan", "--to", "tristan", "--output", "csv")
    #expect(route.status == 0 && route.rows.count == 2)
  }

  @Test func aBackendsNameLeadsToItsPlace() throws {
    let run = try CommandRun(
      "route", "examples/tristan-da-cunha.yaml", "--from", "tristan", "--to", "frankfurt")
    #expect(run.status == 2 && run.errors.contains("--to eu-central-1"))
  }

  @Test func aFullDiskIsAFailure() throws {
    let shell = ChildProgram.process(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "\(CommandRun.binary.path) check examples/hypatia.yaml > /dev/full"])
    shell.currentDirectoryURL = CommandRun.root
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 1)
  }

  @Test func helpShowsNoInsides() throws {
    for command in ["sky", "route", "passes", "forecast"] {
      let run = try CommandRun(command, "--help")
      #expect(!run.output.contains("Argument("))
    }
  }

  @Test func unknownSitesAreToldWithTheKnownOnes() throws {
    let run = try CommandRun(
      "route", "examples/tristan-da-cunha.yaml", "--from", "atlantis", "--to", "eu-central-1")
    #expect(run.status == 2)
    #expect(run.errors.contains("tristan"))
  }

  @Test func explainWithoutANodeSaysHowToStartOne() throws {
    let run = try CommandRun("explain", "req_1", "--url", "http://127.0.0.1:9")
    #expect(run.status == 1)
    #expect(run.errors.contains("perigee up"))
  }

  @Test(arguments: [
    "up", "check", "sky", "route", "passes", "propagate", "forecast", "explain",
  ])
  func everyCommandHasHelpWithExamples(_ command: String) throws {
    let run = try CommandRun(command, "--help")
    #expect(run.status == 0)
    #expect(run.output.contains("EXAMPLES") && run.output.contains("perigee \(command)"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionScriptsAreGenerated(_ shell: String) throws {
    let run = try CommandRun("--generate-completion-script", shell)
    #expect(run.status == 0)
    #expect(run.output.contains("propagate"))
  }
}
