import Decisions
import Fleet
import Foundation
import GRDB
import Orbits
import TestSupport
import Testing

@testable import Store

@Suite struct AccountTablesTests {
  private static let time = UTC(year: 2026, month: 11, day: 26)

  /// Runs `body` on a new database in a folder of its own.
  private func withStore(_ body: (Store, URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(Store(path: folder.appending(path: "perigee.sqlite").path), folder)
  }

  private func key(_ name: String, seed: UInt64, grant: KeyGrant = KeyGrant()) -> (
    AccessKey, KeyToken
  ) {
    var random = Seeded(seed)
    let token = KeyToken(using: &random)
    return (
      AccessKey(
        id: token.id, name: name, digest: token.digest, grant: grant, created: Self.time), token
    )
  }

  @Test func keysAreReadBackWithoutTheirSecrets() throws {
    try withStore { store, folder in
      let grant = KeyGrant(
        scopes: [.inference, .batch], models: ["m", "org/n"],
        limits: [RateLimit(.requests, 60, per: .minute), RateLimit(.bytes, 5, per: .day)],
        budgets: [Budget(Money(dollars: 2.5), per: .month)], maxPriority: .flex)
      var (made, token) = key("app", seed: 1, grant: grant)
      made.expires = Self.time.adding(seconds: 60)
      try store.addKey(made, by: "state")
      #expect(try store.keys() == [made])
      #expect(try store.key("app") == made)
      #expect(try store.key(made.id) == made)
      #expect(made.status(at: Self.time) == .active)
      #expect(made.status(at: Self.time.adding(seconds: 60)) == .expired)
      let secret = Array(token.text.utf8.suffix(36))
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let bytes = try Data(contentsOf: folder.appending(path: file))
        #expect(bytes.firstRange(of: Data(secret)) == nil, "\(file) holds the secret")
      }
    }
  }

  @Test func namesAreUniqueAmongThoseThatAreTaken() throws {
    try withStore { store, _ in
      try store.addKey(key("app", seed: 1).0, by: "state")
      #expect(throws: KeyError.nameTaken("app")) {
        try store.addKey(key("app", seed: 2).0, by: "state")
      }
      _ = try store.revokeKey("app", by: "state", at: Self.time)
      try store.addKey(key("app", seed: 2).0, by: "state")
      #expect(try store.key("app").id == key("app", seed: 2).0.id)
      #expect(throws: KeyError.unknown("nobody")) { try store.key("nobody") }
    }
  }

  @Test func rotationKeepsTheOldSecretForAWhile() throws {
    try withStore { store, _ in
      let (made, _) = key("app", seed: 1)
      try store.addKey(made, by: "state")
      let before = try store.keysRevision()
      var random = Seeded(9)
      let (rotated, token) = try store.rotateKey(
        "app", overlap: .seconds(10), by: "ops", at: Self.time, using: &random)
      #expect(rotated.id == made.id && rotated.digest == token.digest)
      #expect(rotated.old?.digest == made.digest)
      #expect(rotated.old?.until == Self.time.adding(seconds: 10))
      #expect(try store.keysRevision() > before)
      let revoked = try store.revokeKey("app", by: "ops", at: Self.time)
      #expect(revoked.old == nil && revoked.status(at: Self.time) == .revoked)
      #expect(throws: KeyError.notActive(made.id)) {
        _ = try store.rotateKey(
          made.id, overlap: .seconds(1), by: "ops", at: Self.time, using: &random)
      }
      let log = try store.audit(newest: 10)
      #expect(log.map(\.action) == [.keyRevoked, .keyRotated, .keyCreated])
      #expect(log.map(\.actor) == ["ops", "ops", "state"])
      #expect(log.allSatisfy { !$0.detail.contains(token.text) })
    }
  }

  @Test func theAuditLogIsOnlyAddedTo() throws {
    try withStore { store, _ in
      let entry = AuditEntry(
        time: Self.time, actor: "a", action: .limitHit, subject: "req_1", detail: "x")
      try store.append([entry, entry])
      #expect(try store.audit(newest: 5) == [entry, entry])
      #expect(throws: DatabaseError.self) {
        try store.database.write { try $0.execute(sql: "UPDATE auditEntry SET actor = 'b'") }
      }
    }
  }

  @Test func usageAddsUp() throws {
    try withStore { store, _ in
      var ledger = Ledger()
      let limit = RateLimit(.requests, 5, per: .day)
      ledger.open("a", KeyGrant(limits: [limit]))
      let path = PathID(backend: "b", uplink: "leo")
      let estimate = Estimate(inputTokens: 1, outputTokens: 1, bytes: 1, cost: .zero)
      var usage = Usage(
        requests: 1, inputTokens: 3, outputTokens: 4, bytesUp: 5, bytesDown: 6,
        cost: Money(nanodollars: 7))
      usage.cachedInputTokens = 2
      usage.cacheWriteTokens = 1
      usage.reasoningTokens = 3
      for account in ["a", nil, "a"] {
        #expect(ledger.admit(account, estimate, at: Self.time) == .admitted)
        ledger.settle(account, estimate, used: [(path, usage)], at: Self.time)
        try store.add(ledger.takeNews())
      }
      let day = Self.time.daysSince1970
      let lines = try store.usage(sinceDay: day)
      #expect(lines.map(\.line.account) == [nil, "a"])
      #expect(lines.map(\.usage.requests) == [1, 2])
      #expect(lines.first?.usage == usage)
      usage += usage
      #expect(lines.last?.usage == usage)
      #expect(try store.spentByDay()["a"] == [day: Money(nanodollars: 14)])
      #expect(try store.buckets()["a"]?[limit] == ledger.account("a")?.buckets.first?.fullAt)
    }
  }
}
