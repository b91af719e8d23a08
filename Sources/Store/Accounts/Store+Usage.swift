import Decisions
import Fleet
import GRDB
import Orbits

/// What keys have used: the account book.
extension Store {
  /// The account that requests without a key are written to.
  public static let noKey = ""

  /// Adds what is new to the account book, all or nothing.
  public func add(_ news: Ledger.News, lastUsed: [String: UTC] = [:]) throws {
    guard !news.isEmpty || !lastUsed.isEmpty else { return }
    try database.write { database in
      for (line, usage) in news.lines { try Self.add(usage, to: line, database) }
      for (account, buckets) in news.buckets {
        for bucket in buckets where bucket.fullAt != .min {
          try database.execute(
            sql:
              "INSERT OR REPLACE INTO accountBucket (account, rateLimit, fullAt) VALUES (?, ?, ?)",
            arguments: [account, bucket.limit.description, bucket.fullAt])
        }
      }
      for (id, time) in lastUsed {
        try database.execute(
          sql: "UPDATE accessKey SET lastUsed = ? WHERE id = ?",
          arguments: [time.nanosecondsSince1970, id])
      }
    }
  }

  private static func add(_ usage: Usage, to line: UsageLine, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO accountUsage (account, backend, uplink, day, requests, inputTokens, outputTokens,
          bytesUp, bytesDown, nanodollars, cachedInputTokens, cacheWriteTokens, reasoningTokens)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
          inputTokens = inputTokens + excluded.inputTokens,
          outputTokens = outputTokens + excluded.outputTokens,
          bytesUp = bytesUp + excluded.bytesUp, bytesDown = bytesDown + excluded.bytesDown,
          nanodollars = nanodollars + excluded.nanodollars,
          cachedInputTokens = cachedInputTokens + excluded.cachedInputTokens,
          cacheWriteTokens = cacheWriteTokens + excluded.cacheWriteTokens,
          reasoningTokens = reasoningTokens + excluded.reasoningTokens
        """,
      arguments: [
        line.account ?? noKey, line.path.backend, line.path.uplink, line.day, usage.requests,
        usage.inputTokens, usage.outputTokens, usage.bytesUp, usage.bytesDown,
        usage.cost.nanodollars, usage.cachedInputTokens, usage.cacheWriteTokens,
        usage.reasoningTokens,
      ])
  }

  /// The account book since a day (days since 1970, UTC).
  public func usage(sinceDay day: Int) throws -> [(line: UsageLine, usage: Usage)] {
    try database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM accountUsage WHERE day >= ? ORDER BY day, account, backend",
        arguments: [day]
      ).map { row in
        let account: String = row["account"]
        var usage = Usage(
          requests: row["requests"], inputTokens: row["inputTokens"],
          outputTokens: row["outputTokens"], bytesUp: row["bytesUp"],
          bytesDown: row["bytesDown"], cost: Money(nanodollars: row["nanodollars"]))
        usage.cachedInputTokens = row["cachedInputTokens"]
        usage.cacheWriteTokens = row["cacheWriteTokens"]
        usage.reasoningTokens = row["reasoningTokens"]
        let line = UsageLine(
          account: account == Self.noKey ? nil : account,
          path: PathID(backend: row["backend"], uplink: row["uplink"]), day: row["day"])
        return (line, usage)
      }
    }
  }

  /// What each account has spent on each day.
  public func spentByDay() throws -> [String: [Int: Money]] {
    try database.read { database in
      var spent: [String: [Int: Money]] = [:]
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT account, day, SUM(nanodollars) AS sum FROM accountUsage GROUP BY account, day")
      for row in rows {
        spent[row["account"], default: [:]][row["day"]] = Money(nanodollars: row["sum"])
      }
      return spent
    }
  }

  /// When the buckets of each account are full again, nanoseconds since 1970.
  public func buckets() throws -> [String: [RateLimit: Int64]] {
    try database.read { database in
      var buckets: [String: [RateLimit: Int64]] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT * FROM accountBucket") {
        guard let limit = RateLimit(row["rateLimit"] as String) else { continue }
        buckets[row["account"], default: [:]][limit] = row["fullAt"]
      }
      return buckets
    }
  }
}
