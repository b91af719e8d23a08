import Foundation
import Testing

/// `perigee up` as a process: signals, and what happens when parts of it are killed.
@Suite struct UpCommandTests {
  private static let python = URL(fileURLWithPath: "/usr/bin/env")
  private static let mock = CommandRun.root
    .appendingPathComponent("Tests/CommandLineTests/Python/mock_backend.py").path

  /// A backend process, once it listens.
  private func backend(_ name: String, port: Int) async throws -> LongRun {
    let run = try LongRun(Self.python, ["python3", Self.mock, name, "\(port)"])
    try await run.wait { (try? await ask(port: port).status) == 200 }
    return run
  }

  private func fleet(near: Int, far: Int) throws -> TemporaryFile {
    try TemporaryFile(
      """
      name: two-backends
      gateway: {site: island}
      sites:
        - name: island
          kind: terminal
          position: {lat: 53, lon: 3}
          uplinks:
            - {name: fiber, kind: fiber, landsAt: pop, stretch: 1.2, up: 100 Mbit/s, down: 100 Mbit/s}
        - {name: pop, kind: pop, position: {lat: 50.1, lon: 8.7}}
        - {name: region, kind: region, position: {lat: 50.1, lon: 8.6}}
      fibers:
        - {from: pop, to: region, stretch: 1.1}
      backends:
        - {name: near, site: island, url: "http://127.0.0.1:\(near)/v1", models: [{name: m}]}
        - {name: far, site: region, url: "http://127.0.0.1:\(far)/v1", models: [{name: m}]}
      """, suffix: ".yaml")
  }

  private func node(_ fleet: TemporaryFile, port: Int) async throws -> LongRun {
    let run = try LongRun(
      CommandRun.binary,
      [
        "up", fleet.path, "--listen", "127.0.0.1:\(port)", "--state",
        FileManager.default.temporaryDirectory.appendingPathComponent("perigee-state-\(port)").path,
      ])
    try await run.wait { run.output.contains("ready") }
    return run
  }

  @Test func aKilledBackendIsReplacedByAnotherInTheVeryNextRequest() async throws {
    let ports = (near: try freePort(), far: try freePort(), node: try freePort())
    let near = try await backend("near", port: ports.near)
    let far = try await backend("far", port: ports.far)
    let fleet = try fleet(near: ports.near, far: ports.far)
    let node = try await node(fleet, port: ports.node)

    // Both are asked until the nearer one is known to be quicker.
    try await node.wait { try await ask(port: ports.node).backend == "near" }
    #expect(near.end(with: SIGKILL) == -SIGKILL)
    let next = try await ask(port: ports.node)
    #expect(next.status == 200 && next.backend == "far", "\(next)")
    #expect(far.end(with: SIGKILL) == -SIGKILL)
    let none = try await ask(port: ports.node)
    #expect((500...504).contains(none.status), "\(none)")

    // It serves again as soon as something can answer.
    let again = try await backend("near", port: ports.near)
    let back = try await ask(port: ports.node)
    #expect(back.status == 200 && back.backend == "near", "\(back)")
    #expect(node.end(with: SIGINT) == 0)
    _ = again.end(with: SIGKILL)
  }

  @Test func aKilledNodeServesAgainWhenStartedAgain() async throws {
    let ports = (near: try freePort(), far: try freePort(), node: try freePort())
    let near = try await backend("near", port: ports.near)
    let fleet = try fleet(near: ports.near, far: ports.far)
    for signal in [SIGKILL, SIGKILL, SIGTERM] {
      let node = try await node(fleet, port: ports.node)
      let answer = try await ask(port: ports.node)
      #expect(answer.status == 200, "\(answer)")
      #expect(node.end(with: signal) == (signal == SIGKILL ? -SIGKILL : 0))
    }
    _ = near.end(with: SIGKILL)
  }

  @Test func aPortInUseIsToldWithItsCure() async throws {
    let port = try freePort()
    let other = try await backend("other", port: port)
    let fleet = try fleet(near: port, far: port)
    let run = try CommandRun("up", fleet.path, "--listen", "127.0.0.1:\(port)")
    #expect(run.status == 1)
    #expect(run.errors.contains("\(port)") && run.errors.contains("free port"))
    _ = other.end(with: SIGKILL)
  }

  @Test func anOpenAddressWithoutKeysIsRefused() throws {
    let fleet = try fleet(near: 1, far: 2)
    let run = try CommandRun("up", fleet.path, "--listen", "0.0.0.0:0")
    #expect(run.status == 2)
    #expect(run.errors.contains("keys") && run.errors.contains("127.0.0.1"))
  }

  @Test func aFleetWithoutAGatewayCannotRun() throws {
    let run = try CommandRun("up", "examples/hypatia.yaml")
    #expect(run.status == 2)
    #expect(run.errors.contains("gateway"))
  }
}
