import Foundation
import GRDB
import Orbits

/// The numbered events of responses that are made in the background.
extension Store {
  /// Keeps more events of an item.
  public func append(_ events: [(number: Int, data: Data)], to item: String) async throws {
    guard !events.isEmpty else { return }
    try await database.write { try Self.append(events, to: item, in: $0) }
  }

  static func append(
    _ events: [(number: Int, data: Data)], to item: String, in database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO work_events (item, sequence, data) VALUES (?, ?, ?)")
    for event in events { try statement.execute(arguments: [item, event.number, event.data]) }
  }

  /// Up to `limit` events of an item from number `number` on, in order.
  public func events(of item: String, from number: Int, limit: Int) async throws -> [Data] {
    try await database.read { database in
      try Data.fetchAll(
        database,
        sql: """
          SELECT data FROM work_events WHERE item = ? AND sequence >= ? ORDER BY sequence LIMIT ?
          """, arguments: [item, number, limit])
    }
  }

  /// How many events of an item are kept: the number of the next.
  public func eventCount(of item: String) async throws -> Int {
    try await database.read { database in
      try Int.fetchOne(
        database, sql: "SELECT COUNT(*) FROM work_events WHERE item = ?", arguments: [item]) ?? 0
    }
  }
}
