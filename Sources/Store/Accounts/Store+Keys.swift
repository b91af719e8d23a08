import Decisions
import Fleet
import GRDB
import Orbits

/// Keys. Every change stands in the audit log, written in the same transaction.
extension Store {
  /// All keys, the newest first.
  public func keys() throws -> [AccessKey] {
    try database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM accessKey ORDER BY created DESC, id")
        .compactMap(AccessKey.init)
    }
  }

  /// The key with this id, or the only one of this name.
  ///
  /// - Throws: ``KeyError``.
  public func key(_ reference: String) throws -> AccessKey {
    try database.read { try Self.find(reference, $0) }
  }

  /// A number that changes whenever a key does, whoever changed it.
  public func keysRevision() throws -> Int {
    try database.read {
      try Int.fetchOne($0, sql: "SELECT IFNULL(MAX(revision), 0) FROM accessKey") ?? 0
    }
  }

  /// Keeps a new key. Its name must not be that of another one that is taken.
  ///
  /// - Throws: ``KeyError/nameTaken(_:)``.
  public func addKey(_ key: AccessKey, by actor: String) throws {
    try database.write { database in
      let taken = try Row.fetchAll(
        database, sql: "SELECT * FROM accessKey WHERE name = ?", arguments: [key.name])
      guard !taken.contains(where: { AccessKey($0)?.status(at: key.created) == .active }) else {
        throw KeyError.nameTaken(key.name)
      }
      try key.save(database)
      try AuditEntry(
        time: key.created, actor: actor, action: .keyCreated, subject: key.id,
        detail: key.summary
      ).append(database)
    }
  }

  /// Revokes a key, from now on and for good.
  ///
  /// - Throws: ``KeyError``.
  public func revokeKey(_ reference: String, by actor: String, at time: UTC) throws -> AccessKey {
    try database.write { database in
      var key = try Self.find(reference, database)
      guard key.revoked == nil else { return key }
      key.revoked = time
      key.old = nil
      try key.save(database)
      try AuditEntry(
        time: time, actor: actor, action: .keyRevoked, subject: key.id, detail: key.name
      )
      .append(database)
      return key
    }
  }

  /// Replaces a key's secret. The one it had is taken for `overlap` more, so that its holders can change
  /// over.
  ///
  /// - Throws: ``KeyError``.
  public func rotateKey(
    _ reference: String, overlap: Duration, by actor: String, at time: UTC,
    using random: inout some RandomNumberGenerator
  ) throws -> (key: AccessKey, token: KeyToken) {
    try database.write { database in
      var key = try Self.find(reference, database)
      guard key.status(at: time) == .active else { throw KeyError.notActive(key.id) }
      let token = KeyToken(id: key.id, using: &random)
      key.old = (key.digest, time + overlap)
      key.digest = token.digest
      try key.save(database)
      try AuditEntry(
        time: time, actor: actor, action: .keyRotated, subject: key.id,
        detail: "\(key.name); the old one until \(time + overlap)"
      ).append(database)
      return (key, token)
    }
  }

  private static func find(_ reference: String, _ database: Database) throws -> AccessKey {
    let rows = try Row.fetchAll(
      database, sql: "SELECT * FROM accessKey WHERE id = ?1 OR name = ?1", arguments: [reference])
    let found = rows.compactMap(AccessKey.init)
    if let key = found.first(where: { $0.id == reference }) { return key }
    let alive = found.filter { $0.revoked == nil }
    guard let key = alive.first ?? found.first else { throw KeyError.unknown(reference) }
    guard alive.count <= 1 else { throw KeyError.ambiguous(reference, alive.map(\.id)) }
    return key
  }
}

/// What is wrong with a request about keys.
public enum KeyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no key of this id or name.
  case unknown(String)
  /// Several keys have this name.
  case ambiguous(String, [String])
  /// Another key has this name.
  case nameTaken(String)
  /// The key is expired or revoked.
  case notActive(String)

  /// What is wrong, and the cure.
  public var description: String {
    switch self {
    case .unknown(let reference):
      "there is no key '\(reference.prefix(80))': `perigee keys list` shows those there are"
    case .ambiguous(let name, let ids):
      "several keys are called '\(name.prefix(80))': name one by its id, "
        + ids.joined(separator: " or ")
    case .nameTaken(let name):
      "a key called '\(name.prefix(80))' is there already: give this one another name, or revoke that one"
    case .notActive(let id):
      "the key \(id) is expired or revoked: make a new one with `perigee keys create`"
    }
  }
}

extension AccessKey {
  /// What it allows, in a line.
  var summary: String {
    let parts =
      [name, "scopes " + grant.scopes.map(\.rawValue).sorted().joined(separator: ",")]
      + (grant.models.map { ["models " + $0.sorted().joined(separator: ",")] } ?? [])
      + grant.limits.map(\.description) + grant.budgets.map { "US$ \($0)" }
      + (expires.map { ["until \($0)"] } ?? [])
    return parts.joined(separator: "; ")
  }
}
