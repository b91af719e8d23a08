import Fleet
import Orbits

/// The accounts of all keys, and the lines of the account book that are not on disk yet.
///
/// A value: a node keeps one behind a lock, holds it for a few table look-ups, and takes the new lines
/// out once in a while to write them. It grows with keys, and until its lines are taken out with those who ask,
/// paths and days; never with requests.
public struct Ledger: Sendable {
  private var accounts: [String: Account] = [:]
  private var lines: [UsageLine: Usage] = [:]
  /// What could not be written the last time.
  private var unwritten: [UsageLine: Usage] = [:]
  private var taken = UsageTotals()
  private var changed: Set<String> = []

  /// A ledger without accounts.
  public init() {}

  /// Opens an account, or has one adopt another grant.
  public mutating func open(_ id: String, _ grant: KeyGrant) {
    if accounts[id] == nil { accounts[id] = Account(grant) } else { accounts[id]?.adopt(grant) }
  }

  /// Opens an account where an earlier life of the node left it.
  public mutating func restore(
    _ id: String, _ grant: KeyGrant, fullAt: [RateLimit: Int64], spentByDay: [Int: Money],
    at time: UTC
  ) {
    var account = Account(grant)
    account.restore(fullAt: fullAt, spentByDay: spentByDay, at: time)
    accounts[id] = account
  }

  /// The account of a key.
  public func account(_ id: String) -> Account? { accounts[id] }

  /// Lets a request in, or says what is in the way. Who has no account has no limits.
  public mutating func admit(_ id: String?, _ estimate: Estimate, at time: UTC) -> Admittance {
    guard let id else { return .admitted }
    return accounts[id]?.admit(estimate, at: time) ?? .admitted
  }

  /// Settles what an admitted request used: on each path, and altogether.
  public mutating func settle(
    _ id: String?, _ estimate: Estimate, used: [(path: PathID, usage: Usage)], at time: UTC
  ) {
    var total = Usage.zero
    let day = time.daysSince1970
    for (path, usage) in used {
      total += usage
      lines[UsageLine(account: id, path: path, day: day), default: .zero] += usage
    }
    guard let id, accounts[id] != nil else { return }
    accounts[id]?.settle(estimate, used: total, at: time)
    changed.insert(id)
  }
}

extension Ledger {
  /// All that was settled since the ledger was made, whatever became of its lines.
  public var totals: UsageTotals {
    var totals = taken
    for (line, usage) in lines { totals.add(usage, to: line) }
    return totals
  }

  /// What is new since the last time: lines to add to those on disk, and where buckets stand.
  public struct News: Sendable {
    /// Usage to be added to each line.
    public var lines: [UsageLine: Usage]
    /// The buckets of the accounts that changed.
    public var buckets: [String: [TokenBucket]]

    /// Whether there is nothing.
    public var isEmpty: Bool { lines.isEmpty && buckets.isEmpty }
  }

  /// Takes out what is new. ``putBack(_:)`` undoes it where it could not be written.
  public mutating func takeNews() -> News {
    var all = lines
    for (line, usage) in unwritten { all[line, default: .zero] += usage }
    let news = News(
      lines: all,
      buckets: Dictionary(
        uniqueKeysWithValues: changed.compactMap { id in accounts[id].map { (id, $0.buckets) } }))
    for (line, usage) in lines { taken.add(usage, to: line) }
    lines = [:]
    unwritten = [:]
    changed = []
    return news
  }

  /// Puts back what could not be written.
  public mutating func putBack(_ news: News) {
    for (line, usage) in news.lines { unwritten[line, default: .zero] += usage }
    changed.formUnion(news.buckets.keys)
  }
}
