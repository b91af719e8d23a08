import Foundation
import GRDB
import Orbits

/// Files, written chunk by chunk and seen once they are whole.
extension Store {
  /// Begins a file; one that was begun under the same id before is dropped.
  public func beginFile(_ file: StoredFile) async throws {
    try await database.write { database in
      try database.execute(sql: "DELETE FROM work_files WHERE id = ?", arguments: [file.id])
      try database.execute(
        sql: """
          INSERT INTO work_files (id, owner, name, purpose, bytes, is_ready, created, expires)
          VALUES (?, ?, ?, ?, 0, 0, ?, ?)
          """,
        arguments: [
          file.id, file.owner, file.name, file.purpose, file.created.nanosecondsSince1970,
          file.expires.nanosecondsSince1970,
        ])
    }
  }

  /// Adds a chunk to a file that is being written.
  public func append(_ bytes: Data, to file: String, number: Int) async throws {
    try await database.write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT INTO work_chunks (file, number, bytes) VALUES (?, ?, ?)")
      try statement.execute(arguments: [file, number, bytes])
      try database.execute(
        sql: "UPDATE work_files SET bytes = bytes + ? WHERE id = ?",
        arguments: [bytes.count, file])
    }
  }

  /// Ends a file: from now on it is there. Its name and purpose may have come after its bytes.
  public func finishFile(_ file: StoredFile) async throws {
    try await database.write { try Self.finish(file, in: $0) }
  }

  static func finish(_ file: StoredFile, in database: Database) throws {
    try database.execute(
      sql: "UPDATE work_files SET name = ?, purpose = ?, bytes = ?, is_ready = 1 WHERE id = ?",
      arguments: [file.name, file.purpose, file.bytes, file.id])
  }

  /// Drops a file that was not finished.
  public func abandonFile(_ id: String) async throws {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM work_files WHERE id = ? AND is_ready = 0", arguments: [id])
    }
  }

  /// The file with this id, if it is `owner`'s.
  public func file(_ id: String, owner: String) async throws -> StoredFile? {
    try await database.read { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM work_files WHERE id = ? AND owner = ? AND is_ready = 1",
        arguments: [id, owner]
      ).map(StoredFile.init)
    }
  }

  /// Up to `limit` files of `owner`, newest first, from after the one with the id `after`.
  public func files(
    owner: String, purpose: String?, after: String?, limit: Int, ascending: Bool = false
  ) async throws -> [StoredFile] {
    try await database.read { database in
      let (than, order) = ascending ? (">", "ASC") : ("<", "DESC")
      return try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM work_files WHERE owner = :owner AND is_ready = 1
            AND (:purpose IS NULL OR purpose = :purpose)
            AND (:after IS NULL OR (created, id) \(than)
              (SELECT created, id FROM work_files WHERE id = :after))
          ORDER BY created \(order), id \(order) LIMIT :limit
          """,
        arguments: ["owner": owner, "purpose": purpose, "after": after, "limit": limit]
      ).map(StoredFile.init)
    }
  }

  /// A chunk of a file; `nil` after the last one.
  public func chunk(_ number: Int, of file: String) async throws -> Data? {
    try await database.read { database in
      try Data.fetchOne(
        database, sql: "SELECT bytes FROM work_chunks WHERE file = ? AND number = ?",
        arguments: [file, number])
    }
  }

  /// Deletes a file, if it is `owner`'s.
  public func deleteFile(_ id: String, owner: String) async throws -> Bool {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM work_files WHERE id = ? AND owner = ? AND is_ready = 1",
        arguments: [id, owner])
      return database.changesCount > 0
    }
  }

  /// How many files `owner` has, and the bytes in them; those that are being written count too.
  public func fileTotals(owner: String) async throws -> (count: Int, bytes: Int) {
    try await database.read { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT COUNT(*) AS n, COALESCE(SUM(bytes), 0) AS b FROM work_files WHERE owner = ?",
        arguments: [owner])
      return (row?["n"] ?? 0, row?["b"] ?? 0)
    }
  }
}
