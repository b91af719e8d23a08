import GRDB

/// The tables of durable work. Times are nanoseconds since 1970, UTC; an owner of `''` is the one of a
/// gateway without keys.
enum WorkTables {
  static func create(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE work_files (
          id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL,
          bytes INTEGER NOT NULL, is_ready INTEGER NOT NULL, created INTEGER NOT NULL,
          expires INTEGER NOT NULL);
        CREATE INDEX work_files_by_owner ON work_files (owner, created);
        CREATE INDEX work_files_by_expiry ON work_files (expires);

        CREATE TABLE work_chunks (
          file TEXT NOT NULL REFERENCES work_files (id) ON DELETE CASCADE,
          number INTEGER NOT NULL, bytes BLOB NOT NULL);
        CREATE UNIQUE INDEX work_chunks_in_order ON work_chunks (file, number);

        CREATE TABLE work_batches (
          id TEXT PRIMARY KEY, owner TEXT NOT NULL, family TEXT NOT NULL, endpoint TEXT NOT NULL,
          input TEXT NOT NULL, window TEXT NOT NULL, metadata TEXT NOT NULL, phase TEXT NOT NULL,
          errors TEXT NOT NULL DEFAULT '[]', output TEXT, error_output TEXT,
          total INTEGER NOT NULL DEFAULT 0, answered INTEGER NOT NULL DEFAULT 0,
          succeeded INTEGER NOT NULL DEFAULT 0,
          created INTEGER NOT NULL, expires INTEGER NOT NULL, begun INTEGER, finalizing INTEGER,
          cancelling INTEGER, ended INTEGER);
        CREATE INDEX work_batches_by_owner ON work_batches (owner, family, created);
        CREATE INDEX work_batches_by_age ON work_batches (ended, created);

        CREATE TABLE work_items (
          id TEXT PRIMARY KEY, owner TEXT NOT NULL, kind TEXT NOT NULL, batch TEXT
            REFERENCES work_batches (id) ON DELETE CASCADE,
          line INTEGER, custom_id TEXT, model TEXT NOT NULL, endpoint TEXT NOT NULL,
          headers TEXT NOT NULL, body BLOB NOT NULL, key TEXT, phase TEXT NOT NULL,
          epoch INTEGER NOT NULL, failures INTEGER NOT NULL, not_before INTEGER NOT NULL,
          created INTEGER NOT NULL, expires INTEGER NOT NULL, ended INTEGER,
          status INTEGER, type TEXT, request TEXT, answer BLOB);
        CREATE INDEX work_items_due ON work_items (phase, kind, model, not_before);
        CREATE INDEX work_items_by_expiry ON work_items (phase, expires);
        CREATE INDEX work_items_by_age ON work_items (batch, ended);
        CREATE INDEX work_items_by_owner ON work_items (owner, kind, created);
        CREATE UNIQUE INDEX work_items_of_batch ON work_items (batch, line);
        CREATE UNIQUE INDEX work_items_by_key ON work_items (owner, key) WHERE key IS NOT NULL;
        CREATE INDEX work_items_counted ON work_items (batch, phase, status);

        CREATE TABLE work_events (
          item TEXT NOT NULL REFERENCES work_items (id) ON DELETE CASCADE,
          sequence INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (item, sequence));
        """)
  }
}
