import Foundation
import GRDB

/// The node's memory on disk: what it has accepted, and must not lose.
///
/// One SQLite database in write-ahead mode. A write that has returned is on disk (`synchronous = FULL`)
/// and survives the process and the machine losing power.
public struct Store: Sendable {
  let database: DatabasePool

  /// Opens the database at `path`, creates it where there is none, and brings it up to date. Prompts and
  /// answers are in it, so that only its owner may read it, whatever it was before.
  ///
  /// - Throws: GRDB's `DatabaseError` where the file cannot be opened or is no database.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    Self.keepToOwner(path)
    database = try DatabasePool(path: path, configuration: configuration)
    try Self.migrations.migrate(database)
  }

  /// Makes the file before SQLite does, with its mode; SQLite gives the files beside it the same one.
  private static func keepToOwner(_ path: String) {
    // Only a new file is opened: to close one that is there would give up locks that this process may
    // hold on it (POSIX). Where this fails, so does opening the database, which says why.
    let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if file >= 0 { close(file) }
    for part in ["", "-wal", "-shm"] { chmod(path + part, 0o600) }
  }

  /// What brings a database up to date, one step for each group of tables. A step that has been released
  /// is never changed; what comes later is a step of its own.
  private static var migrations: DatabaseMigrator {
    var migrations = DatabaseMigrator()
    migrations.registerMigration("accounts", migrate: AccountTables.create)
    migrations.registerMigration("work", migrate: WorkTables.create)
    migrations.registerMigration("requests", migrate: RequestTables.create)
    migrations.registerMigration("cachedTokens", migrate: AccountTables.addCachedTokens)
    return migrations
  }
}
