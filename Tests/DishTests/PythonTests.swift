import Orbits
import Testing

@testable import Dish

/// Other people's software at either end: the unmodified `starlink-grpc-core` reads our terminal, and our
/// client reads a server made with `grpcio`.
@Suite(
  .serialized, .timeLimit(.minutes(3)),
  .enabled(
    if: PythonProgram.hasGRPC,
    "set PERIGEE_PYTHON to a Python interpreter that has starlink-grpc-core and grpcio-reflection"))
struct PythonTests {
  @Test(
    arguments: [true, false], [[.v1], [.v1alpha]] as [Set<EmulatedTerminal.ReflectionVersion>])
  func starlinkGRPCCoreReadsTheEmulatedTerminal(
    mayTell: Bool, reflection: Set<EmulatedTerminal.ReflectionVersion>
  ) async throws {
    let place = Geodetic(latitudeDeg: -37.0625, longitudeDeg: -12.31, altitudeKm: 0.05)
    let terminal = EmulatedTerminal(
      .seen(seconds: 1_000, location: mayTell ? place : nil), reflection: reflection)
    let port = try await terminal.start()
    let (status, output) = try await PythonProgram.run(
      "read_terminal.py", "\(port)", mayTell ? "-37.0625" : "denied")
    #expect(status == 0, "\(output)")
    await terminal.stop()
  }

  private func read<Result>(
    _ kind: String, _ body: (TerminalClient) async throws -> Result
  ) async throws -> Result {
    try await PythonProgram.serve("reference_server.py", kind) { port in
      let client = TerminalClient(TerminalAddress(host: "127.0.0.1", port: port))
      let result = try await body(client)
      await client.close()
      return result
    }
  }

  /// Another software version, whose fields have other numbers and lie in several files, reads the same.
  @Test(arguments: ["plain", "renumbered"])
  func aServerOfGRPCIOIsRead(kind: String) async throws {
    try await read(kind) { client in
      let status = try await client.status()
      #expect(status.device?.id == "ut-reference" && status.device?.generation == 42)
      #expect(status.device?.utcOffsetSeconds == -3_600 && status.device?.bootCount == 7)
      #expect(status.uptimeSeconds == 86_400 && status.popPingDropRate == 0.25)
      #expect(status.popPingLatencyMs == 31.5 && status.downlinkBitsPerSecond == 12e6)
      #expect(status.uplinkBitsPerSecond == 3e6 && status.boresightAzimuthDeg == -12.5)
      #expect(status.obstruction?.fraction == 0.125 && status.obstruction?.validPatches == 77)
      #expect(status.obstruction?.isCurrentlyObstructed == true)
      #expect(status.alerts.filter(\.isRaised).map(\.name) == ["roaming"])
      #expect(status.gps?.satellites == 14 && status.ethernetMbps == 1_000)
      #expect(status.state == "SEARCHING" && status.outage?.durationSeconds == 2.5)
      // GPS second 1,446,000,000 is 18 leap seconds ahead of UTC.
      #expect(status.outage?.start == UTC("2025-11-01T02:39:42Z"))

      let history = try await client.history()
      #expect(history.count == 950 && history.samples.count == 900)
      #expect(history.samples.first?.popPingLatencyMs == 50)
      #expect(history.samples.last?.popPingLatencyMs == nil)
      #expect(history.samples.last?.downlinkBitsPerSecond == 49_000)
      #expect(history.outages.map(\.cause) == ["OBSTRUCTED"])
      #expect(history.outages.first?.didSwitch == true)

      let map = try await client.obstructionMap()
      #expect(map.rows == 3 && map.columns == 4 && map.snr(row: 2, column: 2) == 0.5)
      #expect(map.obstructedFraction == 0.5)
      #expect(try await client.location()?.place.latitudeDeg == -62.2)
    }
  }

  @Test func fieldsThatAreGoneOrOfAnotherTypeAreNoMatter() async throws {
    try await read("sparse") { client in
      let status = try await client.status()
      #expect(status.device?.softwareVersion == "2026.04.07" && status.uptimeSeconds == nil)
      #expect(status.popPingDropRate == nil && status.obstruction == nil && status.alerts == [])
      #expect(status.popPingLatencyMs == 31.5 && status.uplinkBitsPerSecond == 3e6)
      #expect(status.state == "CONNECTED" && status.gps == nil && status.ethernetMbps == nil)
      let history = try await client.history()
      #expect(history.count == 950 && history.samples.count == 900 && history.outages.isEmpty)
      #expect(history.samples.last?.popPingLatencyMs == 49)
      #expect(history.samples.last?.uplinkBitsPerSecond == 4_900)
      #expect(history.samples.last?.powerW == nil)
      #expect(try await client.obstructionMap().maxThetaDeg == nil)
    }
  }

  @Test func aRefusedLocationIsANormalAnswer() async throws {
    try await read("denied") { client in
      let location = try await client.location()
      #expect(location == nil)
    }
  }
}
