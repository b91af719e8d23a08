import Foundation
import GRDB
import Orbits

/// Batches and their items.
extension Store {
  /// Keeps a batch, with the items it came with; they are begun once it is in progress. False if `owner`
  /// has `limit` batches that are not over.
  public func accept(_ batch: Batch, items: [WorkItem] = [], limit: Int) async throws -> Bool {
    try await database.write { database in
      let open =
        try Int.fetchOne(
          database, sql: "SELECT COUNT(*) FROM work_batches WHERE owner = ? AND ended IS NULL",
          arguments: [batch.owner]) ?? 0
      guard open < limit else { return false }
      try batch.insert(database)
      for item in items { try item.insert(database) }
      return true
    }
  }

  /// Adds items to a batch that is being read.
  public func add(_ items: [WorkItem]) async throws {
    try await database.write { database in
      for item in items { try item.insert(database) }
    }
  }

  /// Forgets what was read of a batch whose reading was cut off.
  public func dropItems(of batch: String) async throws {
    try await database.write { database in
      try database.execute(sql: "DELETE FROM work_items WHERE batch = ?", arguments: [batch])
    }
  }

  /// The batch with this id, if it is `owner`'s and of that family, and how its items stand.
  public func batch(
    _ id: String, owner: String, family: Batch.Family
  ) async throws -> (batch: Batch, counts: Batch.Counts)? {
    try await database.read { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM work_batches WHERE id = ? AND owner = ? AND family = ?",
          arguments: [id, owner, family.rawValue])
      else { return nil }
      return (try Batch(row), try Self.counts(row, in: database))
    }
  }

  /// Up to `limit` batches of `owner`, newest first, from after (or before) the one with that id.
  public func batches(
    owner: String, family: Batch.Family, after: String?, before: String? = nil, limit: Int
  ) async throws -> [(batch: Batch, counts: Batch.Counts)] {
    try await database.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM work_batches WHERE owner = :owner AND family = :family
            AND (:after IS NULL OR (created, id) <
              (SELECT created, id FROM work_batches WHERE id = :after))
            AND (:before IS NULL OR (created, id) >
              (SELECT created, id FROM work_batches WHERE id = :before))
          ORDER BY created DESC, id DESC LIMIT :limit
          """,
        arguments: [
          "owner": owner, "family": family.rawValue, "after": after, "before": before,
          "limit": limit,
        ])
      return try rows.map { (try Batch($0), try Self.counts($0, in: database)) }
    }
  }

  /// The batches that are not over, oldest first, and whether any of their items are not over either.
  public func openBatches() async throws -> [(batch: Batch, hasOpenItems: Bool)] {
    try await database.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT *, EXISTS (SELECT 1 FROM work_items WHERE batch = work_batches.id
            AND phase IN ('held', 'queued', 'running')) AS has_open
          FROM work_batches WHERE ended IS NULL ORDER BY created
          """)
      return try rows.map { (try Batch($0), $0["has_open"]) }
    }
  }

  /// How the items of a batch stand.
  public func counts(of batch: String) async throws -> Batch.Counts {
    try await database.read { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM work_batches WHERE id = ?", arguments: [batch])
      else { return Batch.Counts() }
      return try Self.counts(row, in: database)
    }
  }

  /// Changes where a batch stands, as `change` says; gives it as it is then, `nil` where nothing changed.
  public func change(
    _ id: String, _ change: @escaping @Sendable (inout Batch) -> Bool
  ) async throws -> Batch? {
    try await database.write { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM work_batches WHERE id = ?", arguments: [id])
      else { return nil }
      var batch = try Batch(row)
      guard change(&batch) else { return nil }
      try batch.save(database)
      switch batch.phase {
      case .inProgress:
        try database.execute(
          sql: "UPDATE work_items SET phase = 'queued' WHERE batch = ? AND phase = 'held'",
          arguments: [id])
      case .failed:
        try database.execute(sql: "DELETE FROM work_items WHERE batch = ?", arguments: [id])
      default: break
      }
      return batch
    }
  }

  /// Cancels the items of a batch that are not over, those under way included; tells which those were.
  public func cancelItems(of batch: String, at now: UTC) async throws -> [String] {
    try await database.write { database in
      let running = try String.fetchAll(
        database, sql: "SELECT id FROM work_items WHERE batch = ? AND phase = 'running'",
        arguments: [batch])
      try database.execute(
        sql: """
          UPDATE work_items SET phase = 'cancelled', ended = ?
          WHERE batch = ? AND phase IN ('held', 'queued', 'running')
          """, arguments: [now.nanosecondsSince1970, batch])
      return running
    }
  }

  /// Up to `limit` items of a batch from after line `line`, in order.
  public func items(of batch: String, after line: Int, limit: Int) async throws -> [WorkItem] {
    try await database.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM work_items WHERE batch = ? AND line > ? ORDER BY line LIMIT ?",
        arguments: [batch, line, limit]
      ).map(WorkItem.init)
    }
  }

  /// Ends a batch and makes its files seen, in one transaction. The items of a batch whose answers are in
  /// files are then forgotten. False if it was over already.
  public func finish(
    _ id: String, counts: Batch.Counts, output: StoredFile?, errors: StoredFile?, at now: UTC
  ) async throws -> Bool {
    try await database.write { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM work_batches WHERE id = ?", arguments: [id])
      else { return false }
      var batch = try Batch(row)
      guard batch.finish(counts, output: output?.id, errors: errors?.id, at: now) else {
        return false
      }
      try batch.save(database)
      for file in [output, errors] { if let file { try Self.finish(file, in: database) } }
      guard batch.family == .openAI else { return true }
      try database.execute(
        sql: "UPDATE work_batches SET total = ?, answered = ?, succeeded = ? WHERE id = ?",
        arguments: [counts.total, counts.succeeded + counts.failed, counts.succeeded, id])
      try database.execute(sql: "DELETE FROM work_items WHERE batch = ?", arguments: [id])
      return true
    }
  }

  /// Deletes a batch that is over, and its items, if it is `owner`'s.
  public func deleteBatch(_ id: String, owner: String) async throws -> Bool {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM work_batches WHERE id = ? AND owner = ? AND ended IS NOT NULL",
        arguments: [id, owner])
      return database.changesCount > 0
    }
  }

  /// Counts the items, or reads what was counted when they were forgotten.
  private static func counts(_ batch: Row, in database: Database) throws -> Batch.Counts {
    var counts = Batch.Counts()
    let total: Int = batch["total"]
    if total > 0 {
      let (answered, succeeded): (Int, Int) = (batch["answered"], batch["succeeded"])
      counts.total = total
      counts.succeeded = succeeded
      counts.failed = answered - succeeded
      counts.expired = total - answered
      return counts
    }
    let id: String = batch["id"]
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT phase, status BETWEEN 200 AND 299 AS is_good, COUNT(*) AS n FROM work_items
        WHERE batch = ? GROUP BY phase, is_good
        """, arguments: [id])
    for row in rows {
      let count: Int = row["n"]
      counts.total += count
      switch (WorkProgress.Phase(rawValue: row["phase"]), row["is_good"] as Bool?) {
      case (.answered, true): counts.succeeded += count
      case (.answered, _): counts.failed += count
      case (.cancelled, _): counts.cancelled += count
      case (.expired, _): counts.expired += count
      default: break
      }
    }
    return counts
  }
}
