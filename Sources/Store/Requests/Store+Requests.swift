import GRDB

extension Store {
  /// Keeps requests, oldest first, in one transaction, and forgets all but the newest `bound`.
  ///
  /// - Throws: GRDB's `DatabaseError` where the disk is full or the file cannot be written.
  public func keep(_ requests: [KeptRequest], newest bound: Int) async throws {
    try await database.write { database in
      for request in requests.suffix(bound) {
        try database.execute(
          sql: "INSERT OR REPLACE INTO requests (id, summary, explanation) VALUES (?, ?, ?)",
          arguments: [request.id, request.summary, request.explanation])
      }
      try database.execute(
        sql: """
          DELETE FROM requests WHERE sequence <=
            (SELECT sequence FROM requests ORDER BY sequence DESC LIMIT 1 OFFSET ?)
          """, arguments: [bound])
    }
  }

  /// The request of that id, if it is still kept.
  public func keptRequest(id: String) async throws -> KeptRequest? {
    try await database.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM requests WHERE id = ?", arguments: [id])
        .map(KeptRequest.init)
    }
  }

  /// The ids and summaries of up to `limit` requests, newest first.
  public func newestRequests(_ limit: Int) async throws -> [(id: String, summary: String)] {
    try await database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT id, summary FROM requests ORDER BY sequence DESC LIMIT ?",
        arguments: [limit]
      ).map { (id: $0["id"], summary: $0["summary"]) }
    }
  }

  /// Whether the database can be written: takes the writer's place for a moment and changes nothing.
  ///
  /// - Throws: GRDB's `DatabaseError` where it cannot.
  public func checkWritable() async throws {
    try await database.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE; ROLLBACK")
    }
  }
}

extension KeptRequest {
  fileprivate init(_ row: Row) {
    self.init(id: row["id"], summary: row["summary"], explanation: row["explanation"])
  }
}
