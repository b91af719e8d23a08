import GRDB

/// The tables of keys, of what they have used, and of who did what.
enum AccountTables {
  static func create(_ database: Database) throws {
    // A key's secret is nowhere: only its digest, which leads to no key.
    try database.execute(
      sql: """
        CREATE TABLE accessKey (
          id TEXT PRIMARY KEY NOT NULL,
          name TEXT NOT NULL,
          digest BLOB NOT NULL,
          oldDigest BLOB,
          oldUntil INTEGER,
          scopes TEXT NOT NULL,
          models TEXT,
          limits TEXT NOT NULL,
          budgets TEXT NOT NULL,
          maxPriority TEXT NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER,
          revoked INTEGER,
          lastUsed INTEGER,
          revision INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX accessKeyByRevision ON accessKey (revision);
        CREATE TABLE accountUsage (
          account TEXT NOT NULL,
          backend TEXT NOT NULL,
          uplink TEXT NOT NULL,
          day INTEGER NOT NULL,
          requests INTEGER NOT NULL,
          inputTokens INTEGER NOT NULL,
          outputTokens INTEGER NOT NULL,
          bytesUp INTEGER NOT NULL,
          bytesDown INTEGER NOT NULL,
          nanodollars INTEGER NOT NULL,
          PRIMARY KEY (account, day, backend, uplink)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE accountBucket (
          account TEXT NOT NULL,
          rateLimit TEXT NOT NULL,
          fullAt INTEGER NOT NULL,
          PRIMARY KEY (account, rateLimit)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE auditEntry (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          time INTEGER NOT NULL,
          actor TEXT NOT NULL,
          action TEXT NOT NULL,
          subject TEXT NOT NULL,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER auditEntryIsNeverChanged BEFORE UPDATE ON auditEntry
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """)
  }

  /// What of the tokens was cached, and what was spent on thinking.
  static func addCachedTokens(_ database: Database) throws {
    for column in ["cachedInputTokens", "cacheWriteTokens", "reasoningTokens"] {
      try database.execute(
        sql: "ALTER TABLE accountUsage ADD COLUMN \(column) INTEGER NOT NULL DEFAULT 0")
    }
  }
}
