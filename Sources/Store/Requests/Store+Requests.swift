import GRDB

extension Store {
  /// Keeps requests, whatever their order, in one transaction, and forgets all but those whose sequence is
  /// one of the `bound` up to `newest`.
  ///
  /// - Throws: GRDB's `DatabaseError` where the disk is full or the file cannot be written.
  public func keep(_ requests: [KeptRequest], upTo newest: Int64, bound: Int) async throws {
    let oldest = newest - Int64(bound)
    try await database.write { database in
      let insert = try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO requests (sequence, id, summary, explanation) VALUES (?, ?, ?, ?)
          """)
      for request in requests where request.sequence > oldest {
        try insert.execute(
          arguments: [request.sequence, request.id, request.summary, request.explanation])
      }
      try database.execute(sql: "DELETE FROM requests WHERE sequence <= ?", arguments: [oldest])
    }
  }

  /// The sequence of the newest request that is kept; 0 where there is none.
  public func newestSequence() async throws -> Int64 {
    try await database.read { database in
      try Int64.fetchOne(database, sql: "SELECT MAX(sequence) FROM requests") ?? 0
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
    self.init(
      sequence: row["sequence"], id: row["id"], summary: row["summary"],
      explanation: row["explanation"])
  }
}
