import Dialects
import Fleet
import Foundation
import Network
import Store
import Testing

@testable import Server

/// Keys of the manifest follow its reloads; their accounts keep what they have used.
@Suite(.serialized, .timeLimit(.minutes(2))) struct KeysReloadTests {
  private static let admin = ["authorization": "Bearer root-secret"]
  private static let app = ["authorization": "Bearer app-secret"]

  private static func fleet(_ port: Int, _ grants: [String: KeyGrant]) -> Fleet {
    var backend = TestFleet.backend("b", port: port, at: .site("island"))
    backend.prices = TokenPrices(input: 0, output: 0, perRequest: 0.25)
    var fleet = TestFleet.make(uplinks: [], backends: [backend])
    fleet.gateway?.namedKeys = grants.map { name, grant in
      DeclaredKey(name: name, secret: .file("\(name).key"), grant: grant)
    }
    return fleet
  }

  @Test func keysBudgetsAndModelsFollowAReload() async throws {
    let mock = try await MockBackend(name: "here")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["root", "app"] {
      try Data("\(name)-secret\n".utf8).write(to: folder.appendingPathComponent("\(name).key"))
    }
    let root = KeyGrant(scopes: [.admin, .metrics])
    let begin = Self.fleet(mock.port, ["root": root, "app": KeyGrant(scopes: [.inference])])
    let manifest = Manifest(begin)
    try await RunningNode.serve(
      begin, stateDirectory: folder.path, manifestFolder: folder.path, readFleet: manifest.read
    ) { node in
      func reload(_ grants: [String: KeyGrant]) async throws {
        manifest.write(Self.fleet(mock.port, grants))
        let answer = try await node.post("/api/reload", headers: Self.admin)
        #expect(answer.status == 200, "\(answer.text)")
      }
      for _ in 0..<2 { #expect(try await node.ask(headers: Self.app).status == 200) }
      #expect(try await node.post("/api/reload", headers: Self.app).status == 403)

      // US$ 0.50 are spent: a budget that comes now counts them.
      let small = KeyGrant(budgets: [Budget(Money(dollars: 0.6), per: .total)])
      try await reload(["root": root, "app": small])
      #expect(try await node.ask(headers: Self.app).status == 402)
      let large = KeyGrant(budgets: [Budget(Money(dollars: 0.8), per: .total)])
      try await reload(["root": root, "app": large])
      #expect(try await node.ask(headers: Self.app).status == 200)
      #expect(try await node.ask(headers: Self.app).status == 402)

      try await reload(["root": root, "app": KeyGrant(models: ["x"])])
      #expect(try await node.ask(headers: Self.app).status == 404)
      try await reload(["root": root])
      #expect(try await node.ask(headers: Self.app).status == 401)
      #expect(try await node.get("/api/state", headers: Self.admin).status == 200)
    }

    // Another life of the node begins without the key, and is given it back.
    try await RunningNode.serve(
      Self.fleet(mock.port, ["root": root]), stateDirectory: folder.path,
      manifestFolder: folder.path, readFleet: manifest.read
    ) { node async throws -> Void in
      let large = KeyGrant(budgets: [Budget(Money(dollars: 0.8), per: .total)])
      manifest.write(Self.fleet(mock.port, ["root": root, "app": large]))
      #expect(try await node.post("/api/reload", headers: Self.admin).status == 200)
      #expect(try await node.ask(headers: Self.app).status == 402, "what is spent is spent")
    }
    await mock.stop()
  }

  /// Work that was handed in with a key that is gone is done for nobody.
  @Test func workOfAKeyThatIsGoneIsRefused() async throws {
    let mock = try await MockBackend(name: "late")
    let port = mock.port
    await mock.stop()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["root", "app"] {
      try Data("\(name)-secret".utf8).write(to: folder.appendingPathComponent("\(name).key"))
    }
    let grants = [
      "root": KeyGrant(scopes: [.admin]), "app": KeyGrant(scopes: [.inference, .batch]),
    ]
    let begin = Self.fleet(port, grants)
    let manifest = Manifest(begin)
    try await RunningNode.serve(
      begin, stateDirectory: folder.path, manifestFolder: folder.path, readFleet: manifest.read
    ) { node in
      let later = Self.app.merging(["prefer": "respond-async", "x-perigee-wait": "2h"]) { $1 }
      let accepted = try await node.ask(headers: later)
      let path = try #require(accepted.headers["location"], "\(accepted.text)")
      manifest.write(Self.fleet(port, grants.filter { $0.key == "root" }))
      #expect(try await node.post("/api/reload", headers: Self.admin).status == 200)
      let back = try await MockBackend(name: "late", port: port)
      // Nobody can see it without the key; the log of what was refused can.
      let store = try NodeOptions(stateDirectory: folder.path).openStore()
      let id = String(path.split(separator: "/").last ?? "")
      var item = try await store.item(id, owner: "app")
      for _ in 0..<200 where item?.answer == nil {
        try await Task.sleep(for: .milliseconds(50))
        item = try await store.item(id, owner: "app")
      }
      #expect(item?.answer?.status == 403)
      #expect(item?.answer?.json["error"]?["code"]?.text == "policy_forbidden")
      await back.stop()
    }
  }
}
