import GRDB
import Orbits

/// Who did what, and when. Holds neither secrets nor what was asked of a model.
public struct AuditEntry: Sendable, Equatable {
  /// What is worth remembering.
  public enum Action: String, Sendable, CaseIterable {
    case keyCreated = "key created"
    case keyRevoked = "key revoked"
    case keyRotated = "key rotated"
    case reloaded
    case limitHit = "limit hit"
    case accessRefused = "access refused"
  }

  /// When.
  public var time: UTC
  /// Who: a key's id, `state` for whoever has the state directory, `nobody` for no key that is known.
  public var actor: String
  /// What.
  public var action: Action
  /// Of what: a key's id, a request's id.
  public var subject: String
  /// More, in words.
  public var detail: String

  /// Creates an entry.
  public init(time: UTC, actor: String, action: Action, subject: String, detail: String) {
    self.time = time
    self.actor = actor
    self.action = action
    self.subject = subject
    self.detail = detail
  }

  /// Entries that are kept. The oldest go when there are more: a table that whoever has no key can fill
  /// must have an end.
  public static let kept = 100_000

  func append(_ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO auditEntry (time, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
      arguments: [
        time.nanosecondsSince1970, actor, action.rawValue, subject, String(detail.prefix(500)),
      ])
    try database.execute(
      sql: "DELETE FROM auditEntry WHERE id <= ?",
      arguments: [database.lastInsertedRowID - Int64(Self.kept)])
  }
}

extension Store {
  /// Adds to the audit log.
  public func append(_ entries: [AuditEntry]) throws {
    guard !entries.isEmpty else { return }
    try database.write { database in
      for entry in entries { try entry.append(database) }
    }
  }

  /// The newest entries of the audit log, the newest first.
  public func audit(newest count: Int) throws -> [AuditEntry] {
    try database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM auditEntry ORDER BY id DESC LIMIT ?",
        arguments: [max(0, min(count, AuditEntry.kept))]
      ).compactMap { row in
        AuditEntry.Action(rawValue: row["action"]).map {
          AuditEntry(
            time: UTC(nanosecondsSince1970: row["time"]), actor: row["actor"], action: $0,
            subject: row["subject"], detail: row["detail"])
        }
      }
    }
  }
}
