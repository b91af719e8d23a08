import Decisions
import Digests
import Fleet
import Foundation
import GRDB
import Orbits

extension AccessKey {
  /// Reads a row of `accessKey`; `nil` where it holds what this version did not write.
  init?(_ row: Row) {
    let bytes: [UInt8]? = (row["digest"] as Data?).map(Array.init)
    guard let bytes, let digest = Digest(bytes: bytes) else { return nil }
    self.init(
      id: row["id"], name: row["name"], digest: digest, grant: KeyGrant(row),
      created: UTC(nanosecondsSince1970: row["created"]), expires: Self.time(row["expires"]))
    revoked = Self.time(row["revoked"])
    lastUsed = Self.time(row["lastUsed"])
    if let until = Self.time(row["oldUntil"]),
      let bytes = (row["oldDigest"] as Data?).map(Array.init),
      let digest = Digest(bytes: bytes)
    {
      old = (digest, until)
    }
  }

  private static func time(_ nanoseconds: Int64?) -> UTC? {
    nanoseconds.map { UTC(nanosecondsSince1970: $0) }
  }

  /// Writes the key, new or changed, under the next revision.
  func save(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO accessKey (
          id, name, digest, oldDigest, oldUntil, scopes, models, limits, budgets, maxPriority,
          created, expires, revoked, lastUsed, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
          (SELECT 1 + IFNULL(MAX(revision), 0) FROM accessKey))
        """,
      arguments: [
        id, name, Data(digest.bytes), old.map { Data($0.digest.bytes) },
        old?.until.nanosecondsSince1970,
        grant.scopes.map(\.rawValue).sorted().joined(separator: ","),
        grant.models.map { $0.sorted().joined(separator: "\n") },
        grant.limits.map(\.description).joined(separator: "\n"),
        grant.budgets.map(\.description).joined(separator: "\n"), grant.maxPriority.serviceTier,
        created.nanosecondsSince1970, expires?.nanosecondsSince1970,
        revoked?.nanosecondsSince1970, lastUsed?.nanosecondsSince1970,
      ])
  }
}

extension KeyGrant {
  /// Reads the columns in which a grant is kept. What a row does not say in words that are known is not
  /// granted; a limit that cannot be read is the strictest there is.
  fileprivate init(_ row: Row) {
    func lines(_ column: String, _ separator: Character) -> [String]? {
      (row[column] as String?)?.split(separator: separator).map(String.init)
    }
    self.init(
      scopes: Set((lines("scopes", ",") ?? []).compactMap(KeyScope.init(rawValue:))),
      models: lines("models", "\n").map(Set.init),
      limits: (lines("limits", "\n") ?? []).map {
        RateLimit($0) ?? RateLimit(.requests, 1, per: .day)
      },
      budgets: (lines("budgets", "\n") ?? []).map { Budget($0) ?? Budget(.zero, per: .total) },
      maxPriority: Priority(serviceTier: row["maxPriority"]))
  }
}
