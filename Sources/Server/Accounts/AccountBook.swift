import Decisions
import Digests
import Fleet
import Gateway
import Links
import Logging
import Orbits
import Store
import Synchronization

/// Who may ask, how much, and what it costs: the keys of manifest and database, their accounts, the
/// prices, and the audit log.
///
/// Requests are answered from memory, behind a lock that is held for a few table look-ups. Once a second
/// what is new is written to the database in one transaction, and keys that have changed there are read.
/// A node that is killed loses what the last second brought; one that stops in order loses nothing.
final class AccountBook: AccountKeeper {
  /// What the manifest says about keys and prices.
  struct Terms: Sendable {
    /// The manifest's keys.
    var declared: [DeclaredCaller] = []
    /// Of each backend: what its models cost.
    var prices: [String: ModelPrices] = [:]
    /// Of each uplink: US dollars for 10^9 bytes.
    var tariffs: [String: Double] = [:]
  }

  /// A key of the manifest.
  struct DeclaredCaller: Sendable {
    var digest: Digest
    var caller: Caller
  }

  private struct State {
    var keys = KeyTable()
    var terms = Terms()
    var ledger = Ledger()
    var audit = AuditQueue()
    var revision = -1

    mutating func adopt(_ terms: Terms, _ past: Past, at time: UTC) {
      self.terms = terms
      keys.replaceDeclared(terms.declared)
      openAccounts(past, at: time)
    }

    /// Has every key's account go by what the key allows now. One that is new here goes on where the
    /// database left it.
    mutating func openAccounts(_ past: Past, at time: UTC) {
      for caller in keys.callers {
        guard let id = caller.id else { continue }
        if ledger.account(id) == nil {
          ledger.restore(
            id, caller.grant, fullAt: past.buckets[id] ?? [:], spentByDay: past.spent[id] ?? [:],
            at: time)
        } else {
          ledger.open(id, caller.grant)
        }
      }
    }
  }

  /// Where the database left the accounts.
  fileprivate struct Past: Sendable {
    var buckets: [String: [RateLimit: Int64]] = [:]
    var spent: [String: [Int: Money]] = [:]

    init(_ store: Store?) throws {
      guard let store else { return }
      (buckets, spent) = (try store.buckets(), try store.spentByDay())
    }
  }

  /// How often the database is written and looked at.
  static let interval = Duration.seconds(1)

  private let store: Store?
  private let logger: Logger
  private let now: @Sendable () -> UTC
  private let state = Mutex(State())

  /// A book that goes on where the database left off; without a database it keeps what it knows in memory.
  init(
    terms: Terms, store: Store?, logger: Logger,
    now: @escaping @Sendable () -> UTC = { SystemClock.now() }
  ) throws {
    self.store = store
    self.logger = logger
    self.now = now
    let past = try Past(store)
    let revision = try store?.keysRevision() ?? -1
    let keys = try store?.keys() ?? []
    let time = now()
    state.withLock { state in
      state.revision = revision
      state.keys.replaceStored(keys)
      state.adopt(terms, past, at: time)
    }
  }

  /// What another manifest says, ready to be taken on.
  struct Prepared: Sendable {
    fileprivate let terms: Terms
    fileprivate let past: Past
  }

  /// Reads what is known of the keys that another manifest brings.
  ///
  /// - Throws: Where the database can't be read.
  func prepare(_ terms: Terms) throws -> Prepared {
    Prepared(terms: terms, past: try Past(store))
  }

  /// Takes on what another manifest says; accounts keep what they have used.
  func adopt(_ prepared: Prepared) {
    let time = now()
    state.withLock { $0.adopt(prepared.terms, prepared.past, at: time) }
  }

  /// Whether clients would have to show a key if the manifest said this.
  func asksForKeys(under terms: Terms) -> Bool {
    state.withLock { !terms.declared.isEmpty || $0.keys.hasStored }
  }

  /// Notes something in the audit log.
  func note(_ action: AuditEntry.Action, by actor: String, subject: String, detail: String) {
    let entry = AuditEntry(
      time: now(), actor: actor, action: action, subject: subject, detail: detail)
    state.withLock { $0.audit.add(entry) }
  }

  /// The holder of the key with this id, whatever became of the key: what was accepted of it is done.
  func caller(of id: String) -> Caller? {
    state.withLock { $0.keys.callers.first { $0.id == id } }
  }

  /// What was used and what is left of budgets, for metrics.
  var spendMetrics: SpendMetrics {
    let time = now()
    return state.withLock { state in
      let names = state.keys.callers.compactMap { caller in caller.id.map { ($0, caller.name) } }
      var spend = SpendMetrics(
        totals: state.ledger.totals,
        names: Dictionary(names, uniquingKeysWith: { first, _ in first }))
      for (id, _) in names {
        guard let spending = state.ledger.account(id)?.spending else { continue }
        // Of several budgets of one period the smallest is the one that stops the key.
        let budgets = Dictionary(grouping: spending.budgets, by: \.period)
          .compactMap { $0.value.min { $0.amount < $1.amount } }
        spend.budgets += budgets.map { ($0, id, spending.spent($0.period, at: time)) }
      }
      return spend
    }
  }

  // MARK: What the gateway asks

  var asksForKeys: Bool { state.withLock { !$0.keys.isEmpty } }

  func caller(showing key: Substring, at time: UTC) -> Result<Caller, KeyRefusal> {
    let digest = Digest(of: key.utf8)
    return state.withLock { $0.keys.caller(digest, at: time) }
  }

  func price(of path: PathID, model: String) -> PathPrice? {
    state.withLock { state in
      let tokens = state.terms.prices[path.backend]?.prices(of: model)
      let tariff = state.terms.tariffs[path.uplink]
      if tokens == nil, tariff == nil { return nil }
      return PathPrice(tokens: tokens ?? .free, perGigabyte: tariff ?? 0)
    }
  }

  func admit(_ caller: Caller, _ estimate: Estimate, at time: UTC) -> Admittance {
    // Who has no key has no limits.
    guard let id = caller.id else { return .admitted }
    return state.withLock { $0.ledger.admit(id, estimate, at: time) }
  }

  func settle(
    _ caller: Caller, _ estimate: Estimate, used: [(path: PathID, usage: Usage)], at time: UTC
  ) {
    state.withLock { $0.ledger.settle(caller.id, estimate, used: used, at: time) }
  }

  func standings(of caller: Caller, at time: UTC) -> [LimitStanding] {
    guard let id = caller.id, !caller.grant.limits.isEmpty else { return [] }
    return state.withLock { $0.ledger.account(id)?.standings(at: time) ?? [] }
  }

  func refused(_ refusal: AccessRefusal) {
    state.withLock { $0.audit.add(refusal) }
  }

  // MARK: The database

  /// Keeps book and database in step until cancelled, and once more at the end.
  func run() async {
    while (try? await Task.sleep(for: Self.interval)) != nil { keepStep() }
    keepStep()
  }

  /// Writes what is new and reads what has changed.
  func keepStep() {
    guard let store else { return }
    let (news, used, entries) = state.withLock { state in
      (state.ledger.takeNews(), state.keys.takeLastUsed(), state.audit.take())
    }
    do {
      try store.add(news, lastUsed: used)
    } catch {
      logger.error("the account book can't be written", metadata: ["error": "\(error)"])
      state.withLock { $0.ledger.putBack(news) }
    }
    do {
      try store.append(entries)
      try readKeys(store)
    } catch {
      logger.error("the node's database can't be used", metadata: ["error": "\(error)"])
    }
  }

  private func readKeys(_ store: Store) throws {
    let revision = try store.keysRevision()
    guard state.withLock({ $0.revision }) != revision else { return }
    let (keys, past, time) = (try store.keys(), try Past(store), now())
    state.withLock { state in
      state.revision = revision
      state.keys.replaceStored(keys)
      state.openAccounts(past, at: time)
    }
  }
}
