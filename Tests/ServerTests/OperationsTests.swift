import Fleet
import Foundation
import Logging
import NIOCore
import Network
import Store
import Synchronization
import Testing

@testable import Server

/// What whoever runs a node sees and does: readiness, stopping, explanations after a restart.
@Suite struct OperationsTests {
  private static func fleet(_ backends: [(String, Int)]) -> Fleet {
    TestFleet.make(
      uplinks: [TestFleet.fiber],
      backends: backends.map { TestFleet.backend($0.0, port: $0.1, at: .site("region")) })
  }

  @Test func aNodeIsReadyWhileAModelHasAHealthyPath() async throws {
    let mock = try await MockBackend(name: "b")
    try await RunningNode.serve(Self.fleet([("b", mock.port)])) { node in
      let ready = try await node.get("/ready")
      #expect(ready.status == 200 && ready.text == #"{"ready":true,"reasons":[]}"#)
      await mock.stop()
      var answer = ready
      for _ in 0..<200 where answer.status == 200 {
        try await Task.sleep(for: .milliseconds(50))
        answer = try await node.get("/ready")
      }
      #expect(answer.status == 503 && answer.text.contains("link_no_path"), "\(answer.text)")
      #expect(try await node.get("/health").status == 200, "it lives all the same")
    }
  }

  @Test func withoutAnyBackendNothingIsReady() async throws {
    try await RunningNode.serve(Self.fleet([])) { node in
      let answer = try await node.get("/ready")
      #expect(answer.status == 503 && answer.text.contains("link_no_path"))
    }
  }

  @Test func readinessNeedsNoKey() async throws {
    let mock = try await MockBackend(name: "b")
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data("sk-ready\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var fleet = Self.fleet([("b", mock.port)])
    fleet.gateway?.keys = [.file(file.path)]
    try await RunningNode.serve(fleet) { node in
      let (ready, state) = (try await node.get("/ready"), try await node.get("/api/state"))
      #expect(ready.status == 200 && state.status == 401)
    }
    await mock.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func aNodeThatStopsSaysSoFirstAndLetsStreamsFinish() async throws {
    let backend = try await StreamingBackend(chunks: 15, every: .milliseconds(100))
    var fleet = Self.fleet([("b", backend.port)])
    fleet.gateway?.drain = DrainSettings(notice: .seconds(3), grace: .seconds(20))
    let noticed = Mutex<[Int]>([])
    let stream = try await RunningNode.serve(
      fleet,
      whileStopping: { node in
        let ready = try await node.get("/ready")
        // What comes during the notice is still answered.
        let models = try await node.get("/v1/models")
        noticed.withLock { $0 = [ready.status, models.status] }
        #expect(ready.text.contains("own_draining"))
      }
    ) { node in
      let stream = Task { try await node.ask(stream: true) }
      while try await node.underWay("b") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      return stream
    }
    let answer = try await stream.value
    #expect(answer.status == 200 && answer.text.contains("[DONE]"))
    #expect(noticed.withLock { $0 } == [503, 200])
    await backend.stop()
  }

  @Test func explanationsOutliveTheNode() async throws {
    let mock = try await MockBackend(name: "b")
    let state = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: state) }
    var fleet = Self.fleet([("b", mock.port)])
    fleet.gateway?.history = 3
    let before = try await RunningNode.serve(fleet, stateDirectory: state) { node in
      var answers: [(id: String, text: String)] = []
      for _ in 0..<5 {
        let id = try #require(try await node.ask().headers["x-request-id"])
        answers.append((id, try await node.get("/api/requests/\(id)").text))
      }
      return answers
    }
    try await RunningNode.serve(fleet, stateDirectory: state) { node in
      for (number, old) in before.enumerated() {
        let answer = try await node.get("/api/requests/\(old.id)")
        #expect(answer.status == (number < 2 ? 404 : 200), "only the newest three are kept")
        if number >= 2 { #expect(answer.text == old.text) }
      }
      let new = try #require(try await node.ask().headers["x-request-id"])
      let list = try #require(
        try await node.get("/api/requests?limit=3").json()["requests"] as? [[String: Any]])
      #expect(list.map { $0["id"] as? String } == [new, before[4].id, before[3].id])
    }
    await mock.stop()
  }

  /// Prompts and answers are kept there.
  @Test func theDatabaseIsForItsOwnerAlone() async throws {
    func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    let folder = RunningNode.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var store: Store? = try NodeOptions(stateDirectory: folder).openStore()
    try await store?.checkWritable()
    #expect(try mode(folder) == 0o700)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(Set(files).isSuperset(of: ["perigee.sqlite", "perigee.sqlite-wal"]))
    for file in files { #expect(try mode("\(folder)/\(file)") == 0o600, "\(file)") }
    // One that was made with another mode, in a folder of somebody's own, is closed too.
    store = nil
    let database = "\(folder)/perigee.sqlite"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: database)
    store = try NodeOptions(stateDirectory: folder).openStore()
    try await store?.checkWritable()
    #expect(try mode(database) == 0o600 && mode("\(database)-wal") == 0o600)
    #expect(try mode(folder) == 0o755, "the folder is left as it was found")
  }

  @Test func aStateFolderThatCantBeWrittenIsToldWithItsCure() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let node = try Node(
      fleet: Self.fleet([]), options: NodeOptions(stateDirectory: file.path + "/state"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let error = await #expect(throws: NodeError.self) { try await node.run { _ in } }
    #expect(error?.description.contains("--state") == true)
  }
}
