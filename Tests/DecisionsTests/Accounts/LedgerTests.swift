import Decisions
import Fleet
import Orbits
import TestSupport
import Testing

@Suite struct LedgerTests {
  private static let start = UTC(year: 2026, month: 11, day: 30, hour: 23, minute: 0, second: 0)
  private static let path = PathID(backend: "b", uplink: "leo")

  private func estimate(_ tokens: Int = 10, dollars: Double = 0) -> Estimate {
    Estimate(inputTokens: tokens, outputTokens: 0, bytes: 100, cost: Money(dollars: dollars))
  }

  private func used(tokens: Int = 10, bytes: Int = 100, dollars: Double = 0) -> Usage {
    Usage(
      requests: 1, inputTokens: tokens, bytesUp: bytes, cost: Money(dollars: dollars))
  }

  @Test func moneyIsExactAndReadable() {
    #expect(Money(dollars: 0.1) + Money(dollars: 0.2) == Money(dollars: 0.3))
    #expect(Money(nanodollars: 125).description == "0.000000125")
    #expect(Money(dollars: 12.5).description == "12.5")
    #expect(Money(dollars: -3).description == "-3")
    #expect(Money(dollars: .infinity) + Money(dollars: 1) == Money(nanodollars: .max))
    #expect(Money(dollars: .nan) == .zero)
  }

  @Test func costsAreOfTokensRequestsAndBytes() {
    let work = BilledWork(
      path: Self.path, inputTokens: 1000, cachedInputTokens: 400, cacheWriteTokens: 100,
      outputTokens: 100,
      isAccepted: true, bytesUp: 1_000_000, bytesDown: 500_000)
    let prices = TokenPrices(
      input: 1, output: 10, cachedInput: 0.1, cacheWrite: 1.25, perRequest: 0.002)
    let cost = Cost(of: work, at: PathPrice(tokens: prices, perGigabyte: 8))
    #expect(cost.tokens == Money(nanodollars: 500_000 + 40_000 + 125_000 + 1_000_000 + 2_000_000))
    #expect(cost.bytes == Money(nanodollars: 12_000_000))
    var lost = work
    lost.isAccepted = false
    lost.inputTokens = 0
    lost.outputTokens = 0
    #expect(
      Cost(of: lost, at: PathPrice(tokens: prices, perGigabyte: 8)).total
        == Money(nanodollars: 12_000_000))
  }

  /// What all requests used and cost is what the ledger's lines and accounts say, to the billionth.
  @Test(arguments: 0..<10) func sumsAgree(_ seed: UInt64) {
    var random = Seeded(seed)
    var ledger = Ledger()
    let names = ["a", "b", "c"]
    for name in names {
      ledger.open(name, KeyGrant(budgets: [Budget(Money(dollars: 1e6), per: .total)]))
    }
    let paths = [
      Self.path, PathID(backend: "b", uplink: "geo"), PathID(backend: "c", uplink: "leo"),
    ]
    var spent: [String: Money] = [:]
    var byPath: [PathID: Usage] = [:]
    var written: [UsageLine: Usage] = [:]
    var total = Money.zero
    var time = Self.start
    for _ in 0..<500 {
      time = time.adding(seconds: Double.random(in: 0...120, using: &random))
      let name = names.randomElement(using: &random) ?? "a"
      #expect(ledger.admit(name, estimate(dollars: 0.5), at: time) == .admitted)
      let parts = paths.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)).map {
        path in
        (
          path: path,
          usage: Usage(
            requests: 1, inputTokens: Int.random(in: 0...5000, using: &random),
            outputTokens: Int.random(in: 0...500, using: &random),
            bytesUp: Int.random(in: 0...20_000, using: &random),
            bytesDown: Int.random(in: 0...90_000, using: &random),
            cost: Money(nanodollars: Int64.random(in: 0...9_999_999, using: &random)))
        )
      }
      ledger.settle(name, estimate(dollars: 0.5), used: Array(parts), at: time)
      for (path, usage) in parts {
        spent[name, default: .zero] += usage.cost
        byPath[path, default: .zero] += usage
      }
      // Whatever has become of the lines, sums only grow.
      total += parts.reduce(.zero) { $0 + $1.usage.cost }
      #expect(ledger.totals.lines.values.reduce(.zero) { $0 + $1.cost } == total)
      if Int.random(in: 0..<40, using: &random) == 0 {
        let news = ledger.takeNews()
        // A write that fails must lose nothing.
        if Bool.random(using: &random) {
          ledger.putBack(news)
        } else {
          for (line, usage) in news.lines { written[line, default: .zero] += usage }
        }
      }
    }
    for (line, usage) in ledger.takeNews().lines { written[line, default: .zero] += usage }
    var writtenByPath: [PathID: Usage] = [:]
    for (line, usage) in written { writtenByPath[line.path, default: .zero] += usage }
    #expect(writtenByPath == byPath)
    for name in names {
      let account = ledger.account(name)
      #expect(account?.spending.spent(.total, at: time) == spent[name] ?? .zero)
      #expect(account?.spending.reserved == .zero)
    }
  }

  @Test func totalsAreBounded() {
    var totals = UsageTotals()
    let usage = used(dollars: 0.001)
    for _ in 0..<2 {
      for key in 0..<1500 {
        totals.add(usage, to: UsageLine(account: "k\(key)", path: Self.path, day: key))
      }
    }
    #expect(totals.lines.count == UsageTotals.maximumLines + 1)
    #expect(totals.lines[.other]?.requests == 1000)
    let dollars = totals.lines.values.reduce(Money.zero) { $0 + $1.cost }
    #expect(dollars == Money(dollars: 3))
  }

  /// However many are under way at once, no budget is overdrawn as long as none costs more than estimated.
  @Test(arguments: 0..<10) func budgetsHold(_ seed: UInt64) {
    var random = Seeded(seed)
    var ledger = Ledger()
    ledger.open("a", KeyGrant(budgets: [Budget(Money(dollars: 3), per: .total)]))
    var underWay: [Double] = []
    var spent = 0.0
    for _ in 0..<300 {
      if Bool.random(using: &random) {
        let cost = Double(Int.random(in: 1...500, using: &random)) / 1000
        if ledger.admit("a", estimate(dollars: cost), at: Self.start) == .admitted {
          underWay.append(cost)
        }
      } else if let cost = underWay.popLast() {
        let actual = cost * Double.random(in: 0...1, using: &random)
        let paid = used(dollars: actual)
        ledger.settle("a", estimate(dollars: cost), used: [(Self.path, paid)], at: Self.start)
        spent += paid.cost.dollars
      }
      #expect(spent + underWay.reduce(0, +) <= 3 + 1e-6)
    }
    #expect(spent > 1)
  }

  @Test func aNewDayBringsANewBudgetButNotAnOldOne() {
    var account = Account(KeyGrant(budgets: [Budget(Money(dollars: 1), per: .day)]))
    #expect(account.admit(estimate(dollars: 0.9), at: Self.start) == .admitted)
    account.settle(estimate(dollars: 0.9), used: used(dollars: 0.9), at: Self.start)
    guard case .overBudget(_, let seconds?) = account.admit(estimate(dollars: 0.2), at: Self.start)
    else {
      Issue.record("it was let in")
      return
    }
    #expect(seconds == 3600)
    let tomorrow = Self.start.adding(seconds: seconds)
    #expect(account.admit(estimate(dollars: 0.2), at: tomorrow) == .admitted)
    account.settle(estimate(dollars: 0.2), used: used(dollars: 0.2), at: tomorrow)
    let setBack = account.spending.spent(.day, at: Self.start)
    #expect(setBack == Money(dollars: 0.2))
  }

  @Test func aRestartRemembers() {
    let grant = KeyGrant(
      limits: [RateLimit(.requests, 2, per: .hour)],
      budgets: [Budget(Money(dollars: 1), per: .month)])
    var ledger = Ledger()
    ledger.open("a", grant)
    for _ in 0..<2 {
      #expect(ledger.admit("a", estimate(), at: Self.start) == .admitted)
      ledger.settle("a", estimate(), used: [(Self.path, used(dollars: 0.4))], at: Self.start)
    }
    let news = ledger.takeNews()
    var next = Ledger()
    let fullAt = Dictionary(
      uniqueKeysWithValues: (news.buckets["a"] ?? []).map { ($0.limit, $0.fullAt) })
    let day = Self.start.daysSince1970
    next.restore(
      "a", grant, fullAt: fullAt, spentByDay: [day: Money(dollars: 0.8)], at: Self.start)
    guard case .limited = next.admit("a", estimate(), at: Self.start) else {
      Issue.record("the limit was forgotten")
      return
    }
    let nextMonth = Self.start.adding(seconds: 3600)
    guard
      case .overBudget = next.admit(
        estimate: estimate(dollars: 0.3), at: Self.start.adding(seconds: 3599))
    else {
      Issue.record("the budget was forgotten")
      return
    }
    #expect(next.admit("a", estimate(dollars: 0.3), at: nextMonth) == .admitted)
  }
}

extension Ledger {
  fileprivate mutating func admit(estimate: Estimate, at time: UTC) -> Admittance {
    admit("a", estimate, at: time)
  }
}
