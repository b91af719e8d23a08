import Foundation
import GRDB
import Orbits

/// What has to be done now and then, so that nothing is lost and nothing grows for ever.
extension Store {
  /// Takes over from a process that has died: its work is to be begun again, its half files go.
  public func recoverWork(at now: UTC) async throws {
    try await database.write { database in
      let running = try String.fetchAll(
        database, sql: "SELECT id FROM work_items WHERE phase = 'running'")
      for id in running {
        try WorkProgress.change(id, in: database, at: now) { $0.recover(at: now) }
      }
      try database.execute(sql: "DELETE FROM work_files WHERE is_ready = 0")
    }
  }

  /// Gives up at most a thousand items whose time is over, and tells which.
  public func expireWork(at now: UTC) async throws -> [String] {
    // Mostly nothing is due, and to see that nobody who writes is kept waiting.
    let due = try await database.read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT id FROM work_items WHERE phase IN ('held', 'queued', 'running') AND expires <= ?
          LIMIT 1000
          """, arguments: [now.nanosecondsSince1970])
    }
    guard !due.isEmpty else { return [] }
    return try await database.write { database in
      try due.filter { id in
        try WorkProgress.change(id, in: database, at: now) { $0.expire(at: now) } != nil
      }
    }
  }

  /// Forgets what has been kept long enough: files at their expiry, batches and single items `retention`
  /// after they were over, idempotency keys after `keysFor`.
  public func forgetWork(at now: UTC, retention: Duration, keysFor: Duration) async throws {
    let old = (now + (.zero - retention)).nanosecondsSince1970
    let oldKeys = (now + (.zero - keysFor)).nanosecondsSince1970
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM work_files WHERE expires <= ?", arguments: [now.nanosecondsSince1970])
      try database.execute(
        sql: "DELETE FROM work_batches WHERE ended <= ?", arguments: [old])
      try database.execute(
        sql: "DELETE FROM work_items WHERE batch IS NULL AND ended <= ?", arguments: [old])
      try database.execute(
        sql: "UPDATE work_items SET key = NULL WHERE key IS NOT NULL AND created <= ?",
        arguments: [oldKeys])
    }
  }

  /// Bytes that the database takes on disk, its log left out; free pages, which are used again, too.
  public func bytesOnDisk() async throws -> Int {
    try await database.read { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
      let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
      return (pages - free) * size
    }
  }

  /// How many items stand where, by kind: for metrics.
  public func workCounts() async throws -> [(kind: WorkItem.Kind, phase: String, count: Int)] {
    try await database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT kind, phase, COUNT(*) AS n FROM work_items GROUP BY phase, kind"
      ).compactMap { row in
        WorkItem.Kind(rawValue: row["kind"]).map { ($0, row["phase"], row["n"]) }
      }
    }
  }
}
