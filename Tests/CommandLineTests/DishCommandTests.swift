import Foundation
import TestSupport
import Testing

/// `perigee dish` as a process, against the emulated terminal of a running fleet, and against nobody.
@Suite struct DishCommandTests {
  @Test func nobodyAtTheAddressIsToldWithACure() throws {
    let run = try CommandRun("dish", "status", "127.0.0.1:1", "--timeout", "2s")
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("127.0.0.1:1") && run.errors.contains("check the address"))
  }

  @Test(arguments: [
    ["status", "http://dish"], ["status", "dish:0"], ["map", "--plot", "sky.png"],
    ["history", "--timeout", "0"], ["history", "--last", "soon"], ["history", "--last", "0"],
    ["history", "--last", "999ms"],
  ])
  func whatCanNotBeIsAUsageError(arguments: [String]) throws {
    let run = try CommandRun(arguments: ["dish"] + arguments)
    #expect(run.status == 2, "\(run.errors)")
  }

  @Test(arguments: ["192.0.2.1", "here"])
  func anAddressThatIsNotOfThisHostIsAUsageError(address: String) throws {
    let run = try CommandRun("dish", "status", "127.0.0.1:1", "--from", address)
    #expect(run.status == 2 && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.contains("--from") && run.errors.contains(address))
  }

  @Test func theEmulatedTerminalOfAFleetIsRead() async throws {
    let ports = (node: try freePort(), dish: try freePort())
    let fleet = try TemporaryFile(
      """
      name: one-dish
      gateway: {site: island}
      constellations:
        - name: leo
          isls: none
          minElevation: 20 deg
          shells:
            - {name: low, planes: 24, satellitesPerPlane: 24, altitude: 550 km, inclination: 60 deg,
               phasing: 1, raanSpread: 360 deg}
      sites:
        - name: island
          kind: terminal
          position: {lat: 53, lon: 3}
          uplinks:
            - name: sky
              kind: leo
              constellation: leo
              up: 20 Mbit/s
              down: 200 Mbit/s
              dish: {terminal: emulated, port: \(ports.dish), tellLocation: true}
        - {name: gw, kind: gateway, position: {lat: 50, lon: 6}}
        - {name: region, kind: region, position: {lat: 50.1, lon: 8.6}}
      fibers:
        - {from: gw, to: region, stretch: 1.1}
      backends:
        - {name: far, site: region, url: "http://127.0.0.1:1/v1", models: [{name: m}]}
      """, suffix: ".yaml")
    let node = try LongRun(
      CommandRun.binary,
      [
        "up", fleet.path, "--listen", "127.0.0.1:\(ports.node)", "--state",
        FileManager.default.temporaryDirectory.path,
      ])
    try await node.wait {
      node.output.contains("dish       sky at 127.0.0.1:\(ports.dish), emulated")
    }
    let address = "127.0.0.1:\(ports.dish)"
    try await node.wait {
      try CommandRun("dish", "history", address, "--output", "csv").rows.count > 2
    }

    let status = try CommandRun("dish", "status", address)
    #expect(status.status == 0 && status.output.contains("ut-island-sky"), "\(status.errors)")
    #expect(status.output.contains("53.00000"))
    let json = try CommandRun("dish", "status", address, "--output", "json")
    let rows = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
    #expect(rows?.first?["state"] is String && rows?.first?["uptime_s"] is NSNumber)

    let history = try CommandRun("dish", "history", address, "--last", "1", "--output", "csv")
    #expect(history.rows.count == 2 && history.rows[0].contains("latency_ms"))
    let outages = try CommandRun("dish", "outages", address)
    #expect(outages.status == 0, "\(outages.errors)")

    let map = try CommandRun("dish", "map", address)
    #expect(map.output.contains("123 x 123 places") && map.output.contains("E\n"))
    let picture = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-map-\(UUID().uuidString).svg")
    defer { try? FileManager.default.removeItem(at: picture) }
    let drawn = try CommandRun("dish", "map", address, "--plot", picture.path)
    #expect(drawn.status == 0 && drawn.errors.contains(picture.path))
    let nowhere = try CommandRun("dish", "map", address, "--plot", "/nowhere/sky.svg")
    #expect(nowhere.status == 2 && nowhere.errors.contains("/nowhere/sky.svg: can't be written"))
    let svg = try String(contentsOf: picture, encoding: .utf8)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(node.end(with: SIGINT) == 0)
  }
}
