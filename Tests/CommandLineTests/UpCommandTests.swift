import Foundation
import TestSupport
import Testing

/// `perigee up` as a process: signals, and what happens when parts of it are killed.
@Suite struct UpCommandTests {
  @Test func topReloadAndExplainTalkToARunningNode() async throws {
    let ports = (near: try freePort(), far: try freePort(), node: try freePort())
    let near = try await backend("near", port: ports.near)
    let fleet = try fleet(near: ports.near, far: ports.far)
    let node = try await node(fleet, port: ports.node)
    let url = "http://127.0.0.1:\(ports.node)"
    #expect(try await ask(port: ports.node).status == 200)

    let top = try CommandRun("top", "--once", "--url", url)
    #expect(top.status == 0, "\(top.errors)")
    for part in ["UPLINK", "fiber", "BACKEND", "near", "200"] {
      #expect(top.output.contains(part), "\(part)")
    }
    #expect(!top.output.contains("\u{1B}"), "no terminal, no escapes")
    let json = try CommandRun("top", "--once", "--output", "json", "--url", url)
    let figures = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((figures["backends"] as? [Any])?.count == 2)

    // A backend is taken out of the manifest; then the manifest is spoilt.
    let text = try String(contentsOfFile: fleet.path, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    try Data(lines.filter { !$0.contains("name: far") }.joined(separator: "\n").utf8)
      .write(to: URL(fileURLWithPath: fleet.path))
    let reload = try CommandRun("reload", "--url", url, "--output", "csv")
    #expect(reload.status == 0 && reload.output.contains("backends,-,far,-"), "\(reload)")
    try Data((text + "\nnonsense: 1\n").utf8).write(to: URL(fileURLWithPath: fleet.path))
    let bad = try CommandRun("reload", "--url", url)
    #expect(bad.status == 2 && bad.errors.contains("`nonsense` is not a key"), "\(bad)")
    try Data(text.utf8).write(to: URL(fileURLWithPath: fleet.path))
    kill(node.pid, SIGHUP)
    try await node.wait { node.output.contains("+backend far") }

    let requests = try CommandRun("explain", "--url", url, "--output", "csv")
    let id = try #require(requests.rows.dropFirst().first?.first)
    #expect(try CommandRun("explain", id, "--url", url).output.contains("answered"))
    let considered = try CommandRun("explain", id, "--url", url, "--output", "csv")
    #expect(
      considered.rows.first?.contains("score_ms") == true
        && considered.rows.first?.contains("cost_usd") == true, "\(considered.output)")
    #expect(try CommandRun("explain", "no/id", "--url", url).status == 2)
    #expect(node.end(with: SIGTERM) == 0)
    let gone = try CommandRun("top", "--once", "--url", url)
    #expect(gone.status == 1 && gone.errors.contains("perigee up"))
    let ca = try CommandRun("explain", "--url", "https://127.0.0.1:1", "--ca", "no-such.pem")
    #expect(ca.status == 2 && ca.errors.contains("--ca no-such.pem"))
    _ = near.end(with: SIGKILL)
  }

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
