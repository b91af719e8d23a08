import Fleet
import Foundation
import TestSupport
import Testing

/// Tests with parts that have to be installed; `make test` installs them and says where they are.
enum RealParts {
  private static let environment = ProcessInfo.processInfo.environment

  static let python = environment["PERIGEE_PYTHON"]
  static let chromium = environment["PERIGEE_CHROMIUM"]
  static let hasModels = environment["PERIGEE_MODELS_PYTHON"] != nil

  /// Whether the interpreter has Anthropic's SDK.
  static let hasAnthropic = TestSupport.python(python, has: "anthropic")

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Runs a script of this suite with the test environment's Python; gives what it printed.
  static func run(_ script: String, _ arguments: [String]) async throws -> (Int32, String) {
    let process = ChildProgram.process(
      URL(fileURLWithPath: try #require(python)),
      [root.appendingPathComponent("Tests/ServerTests/Python/\(script)").path] + arguments)
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString).log")
    try Data().write(to: output)
    defer { try? FileManager.default.removeItem(at: output) }
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
  }

  /// The fleet of an example, on a port that the system chooses.
  static func example(_ name: String) throws -> Fleet {
    let file = root.appendingPathComponent("examples/\(name).yaml")
    var fleet = try Fleet.load(
      yaml: String(contentsOf: file, encoding: .utf8), file: file.path,
      readFile: { try String(contentsOfFile: $0, encoding: .utf8) })
    fleet.gateway?.listenPort = 0
    return fleet
  }
}

@Suite(.serialized) struct RealPartsTests {
  @Test(
    "a real model answers the openai SDK over the island's sky",
    .enabled(
      if: RealParts.python != nil && RealParts.hasModels,
      "needs PERIGEE_PYTHON with openai and PERIGEE_MODELS_PYTHON: run `make test`"))
  func realModel() async throws {
    let state = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: state) }
    let fleet = try RealParts.example("tristan-da-cunha")
    try await RunningNode.serve(fleet, stateDirectory: state.path, untilReady: true) { node in
      let (status, output) = try await RealParts.run("real_model.py", [node.url + "/v1"])
      #expect(status == 0, "\(output)")
      let metrics = try await node.get("/metrics").text
      #expect(metrics.contains("gen_ai_token_type=\"output\""))
      try PrometheusFormat.check(metrics)
    }
  }

  @Test(
    "the dashboard draws the fleet in a real browser",
    .enabled(
      if: RealParts.python != nil && RealParts.chromium != nil,
      "needs PERIGEE_PYTHON with playwright and PERIGEE_CHROMIUM: run `make test`"))
  func dashboard() async throws {
    let mock = try await MockBackend(name: "europe")
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber, TestFleet.leo],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))])
    let screenshot = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-dashboard-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: screenshot) }
    try await RunningNode.serve(fleet) { node in
      let chromium = try #require(RealParts.chromium)
      let (status, output) = try await RealParts.run(
        "dashboard.py", [node.url, chromium, screenshot.path])
      #expect(status == 0, "\(output)")
      #expect(try Data(contentsOf: screenshot).count > 50_000)
    }
    await mock.stop()
  }
}
