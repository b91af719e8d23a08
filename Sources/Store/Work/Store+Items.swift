import Foundation
import GRDB
import Orbits

/// Items of work: accepted, begun, answered. Each change is one transaction; it reads how far the item
/// has come, asks ``WorkProgress`` and writes what that says.
extension Store {
  /// What became of a request to accept an item.
  public enum Acceptance: Sendable, Equatable {
    /// It is kept.
    case accepted
    /// Its idempotency key names this item, which asks for the same.
    case known(WorkItem)
    /// Its idempotency key names an item that asks for something else.
    case conflict
    /// There are as many items of its kind as there may be.
    case full
  }

  /// Keeps an item, unless its key is known already or the table is full.
  ///
  /// - Parameter events: What a response begins with that is made in the background.
  public func accept(
    _ item: WorkItem, events: [Data] = [], limit: Int
  ) async throws -> Acceptance {
    try await database.write { database in
      if let key = item.key,
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM work_items WHERE owner = ? AND key = ?",
          arguments: [item.owner, key])
      {
        let known = try WorkItem(row)
        return known.endpoint == item.endpoint && known.body == item.body
          ? .known(known) : .conflict
      }
      let count =
        try Int.fetchOne(
          database, sql: "SELECT COUNT(*) FROM work_items WHERE owner = ? AND kind = ?",
          arguments: [item.owner, item.kind.rawValue]) ?? 0
      guard count < limit else { return .full }
      try item.insert(database)
      try Self.append(
        events.enumerated().map { ($0.offset, $0.element) }, to: item.id, in: database)
      return .accepted
    }
  }

  /// The item with this id, if it is `owner`'s.
  public func item(_ id: String, owner: String) async throws -> WorkItem? {
    try await database.read { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM work_items WHERE id = ? AND owner = ?",
        arguments: [id, owner]
      ).map(WorkItem.init)
    }
  }

  /// The models of which items of a kind are due, each with the API's path that one of them asks for.
  public func dueModels(_ kind: WorkItem.Kind, at now: UTC) async throws
    -> [(model: String, endpoint: String)]
  {
    try await database.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT model, MIN(endpoint) AS endpoint FROM work_items
          WHERE phase = 'queued' AND kind = ? AND not_before <= ? GROUP BY model
          """, arguments: [kind.rawValue, now.nanosecondsSince1970]
      ).map { (model: $0["model"], endpoint: $0["endpoint"]) }
    }
  }

  /// Begins up to `count` items of a kind that are due, those that have waited longest first.
  public func begin(
    _ kind: WorkItem.Kind, model: String, upTo count: Int, at now: UTC
  ) async throws -> [WorkItem] {
    try await database.write { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM work_items
          WHERE phase = 'queued' AND kind = ? AND model = ? AND not_before <= ?
          ORDER BY not_before, line LIMIT ?
          """, arguments: [kind.rawValue, model, now.nanosecondsSince1970, count])
      var begun: [WorkItem] = []
      for row in rows {
        var item = try WorkItem(row)
        guard item.progress.begin(at: now) != nil else { continue }
        try item.progress.save(item.id, in: database)
        begun.append(item)
      }
      return begun
    }
  }

  /// Records the answer of an epoch, and the last of its events. False if it does not count.
  public func answer(
    _ id: String, epoch: Int, _ answer: WorkItem.Answer,
    events: [(number: Int, data: Data)] = [], at now: UTC
  ) async throws -> Bool {
    try await change(id, at: now) {
      $0.answer(epoch: epoch)
    } and: { database in
      let statement = try database.cachedStatement(
        sql: "UPDATE work_items SET status = ?, type = ?, request = ?, answer = ? WHERE id = ?")
      try statement.execute(
        arguments: [answer.status, answer.type, answer.request, answer.body, id])
      try Self.append(events, to: id, in: database)
    }
  }

  /// Puts an item back whose epoch ended without an answer. False if it does not count.
  public func putBack(
    _ id: String, epoch: Int, until time: UTC, isFailure: Bool
  ) async throws -> Bool {
    try await change(id, at: time) {
      $0.putBack(epoch: epoch, until: time, isFailure: isFailure)
    }
  }

  /// Cancels an item, if it is `owner`'s. False if it is over.
  public func cancel(_ id: String, owner: String, at now: UTC) async throws -> Bool {
    let isTheirs = try await database.read { database in
      try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM work_items WHERE id = ? AND owner = ?)",
        arguments: [id, owner])
    }
    guard isTheirs == true else { return false }
    return try await change(id, at: now) { $0.cancel() }
  }

  /// Forgets an item whose epoch ended with something that is not to be kept. False if it does not count.
  public func forget(_ id: String, epoch: Int) async throws -> Bool {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM work_items WHERE id = ? AND epoch = ? AND phase = 'running'",
        arguments: [id, epoch])
      return database.changesCount > 0
    }
  }

  /// Deletes an item and what is kept of it, if it is `owner`'s and over.
  public func deleteItem(_ id: String, owner: String) async throws -> Bool {
    try await database.write { database in
      try database.execute(
        sql: """
          DELETE FROM work_items WHERE id = ? AND owner = ?
            AND phase IN ('answered', 'cancelled', 'expired')
          """, arguments: [id, owner])
      return database.changesCount > 0
    }
  }

  private func change(
    _ id: String, at now: UTC, _ change: @escaping @Sendable (inout WorkProgress) -> Bool,
    and more: @escaping @Sendable (Database) throws -> Void = { _ in }
  ) async throws -> Bool {
    try await database.write { database in
      guard try WorkProgress.change(id, in: database, at: now, change) != nil else { return false }
      try more(database)
      return true
    }
  }
}

extension WorkProgress {
  /// Changes how far an item has come; gives it as it is then, `nil` where nothing changed.
  @discardableResult
  static func change(
    _ id: String, in database: Database, at now: UTC, _ change: (inout WorkProgress) -> Bool
  ) throws -> WorkProgress? {
    let statement = try database.cachedStatement(
      sql: """
        SELECT phase, epoch, failures, not_before, expires FROM work_items WHERE id = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
    var progress = WorkProgress(row)
    guard change(&progress) else { return nil }
    try progress.save(id, in: database)
    if progress.phase.isOver {
      try database.execute(
        sql: "UPDATE work_items SET ended = ? WHERE id = ?",
        arguments: [now.nanosecondsSince1970, id])
    }
    return progress
  }

  func save(_ id: String, in database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "UPDATE work_items SET phase = ?, epoch = ?, failures = ?, not_before = ? WHERE id = ?")
    try statement.execute(
      arguments: [phase.rawValue, epoch, failures, notBefore.nanosecondsSince1970, id])
  }
}
