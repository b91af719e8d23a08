import Fleet
import Foundation
import Logging
import Network
import Orbits
import Server
import Testing

/// Keys that the manifest names: where they are looked for, and what cannot be one.
@Suite struct NodeKeysTests {
  @Test func keysAreAskedForWhereTheFleetHasSome() async throws {
    let mock = try await MockBackend(name: "europe")
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data("sk-test-1234\n".utf8).write(to: file)
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))],
      keys: [.file(file.path)])
    try await RunningNode.serve(fleet) { node in
      let withoutKey = try await node.ask()
      #expect(withoutKey.status == 401)
      #expect(try await node.ask(headers: ["authorization": "Bearer sk-wrong"]).status == 401)
      #expect(try await node.ask(headers: ["authorization": "Bearer sk-test-1234"]).status == 200)
      #expect(try await node.get("/api/state").status == 401)
      #expect(try await node.get("/").status == 200)
    }
    try FileManager.default.removeItem(at: file)
    await mock.stop()
  }

  @Test func keyFilesAreLookedForBesideTheManifest() async throws {
    let mock = try await MockBackend(name: "europe")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("sk-beside\n".utf8).write(to: folder.appendingPathComponent("key"))
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))],
      keys: [.file("key")])
    try await RunningNode.serve(fleet, manifestFolder: folder.path) { node in
      let answer = try await node.ask(headers: ["authorization": "Bearer sk-beside"])
      #expect(answer.status == 200, "\(answer.text)")
    }
    await mock.stop()
  }

  @Test(arguments: ["", "two words", "a\nx-injected: yes", "kéy"])
  func whatCannotStandInAHeaderIsNoKey(_ key: String) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(key.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber], backends: [], keys: [.file(file.path)])
    let error = #expect(throws: NodeError.self) {
      try Node(
        fleet: fleet, options: NodeOptions(stateDirectory: NSTemporaryDirectory()),
        logger: Logger(label: "test"))
    }
    #expect(error?.description.contains(file.path) == true)
    #expect(key.isEmpty || error?.description.contains(key) == false)
  }

  @Test func aMissingKeyNamesItsPlaceAndNotItsValue() {
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber], backends: [], keys: [.environment("PERIGEE_TEST_NO_SUCH_KEY")])
    let error = #expect(throws: NodeError.self) {
      try Node(
        fleet: fleet, options: NodeOptions(stateDirectory: NSTemporaryDirectory()),
        logger: Logger(label: "test"))
    }
    #expect(error?.description.contains("PERIGEE_TEST_NO_SUCH_KEY") == true)
    #expect(error?.description.contains("export") == true)
  }
}
