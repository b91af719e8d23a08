import GRDB

/// The node's memory on disk: what it has accepted, and must not lose.
///
/// One SQLite database in write-ahead mode. A write that has returned is on disk (`synchronous = FULL`)
/// and survives the process and the machine losing power.
public struct Store: Sendable {
  let database: DatabasePool

  /// Opens the database at `path`, creates it where there is none, and brings it up to date.
  ///
  /// - Throws: GRDB's `DatabaseError` where the file cannot be opened or is no database.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    database = try DatabasePool(path: path, configuration: configuration)
    try Self.migrations.migrate(database)
  }

  /// What brings a database up to date, one step for each group of tables. A step that has been released
  /// is never changed; what comes later is a step of its own.
  private static var migrations: DatabaseMigrator {
    var migrations = DatabaseMigrator()
    migrations.registerMigration("accounts", migrate: AccountTables.create)
    migrations.registerMigration("work", migrate: WorkTables.create)
    migrations.registerMigration("requests", migrate: RequestTables.create)
    return migrations
  }
}
