import GRDB

/// The newest requests, in the order in which they ended.
enum RequestTables {
  static func create(in database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE requests (
          sequence INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          summary TEXT NOT NULL,
          explanation TEXT NOT NULL
        ) STRICT
        """)
  }
}
