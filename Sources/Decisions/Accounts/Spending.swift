import Fleet
import Orbits

/// Budgets and what is spent of them.
public struct Spending: Sendable, Equatable {
  /// The budgets.
  public var budgets: [Budget]
  /// Spent on the day, in the month and altogether, as of ``day``.
  private var spent: [Budget.Period: Money] = [:]
  /// What requests under way may still cost.
  public private(set) var reserved = Money.zero
  private var day = Int.min
  private var month = Int.min

  /// Budgets of which nothing is spent.
  public init(budgets: [Budget]) { self.budgets = budgets }

  /// What was spent in the day, the month or altogether that `time` is in.
  public func spent(_ period: Budget.Period, at time: UTC) -> Money {
    var copy = self
    copy.turn(to: time)
    return copy.spent[period] ?? .zero
  }

  /// The budget that `cost` more would exceed, and the seconds until a new one begins.
  mutating func exhausted(by cost: Money, at time: UTC) -> (Budget, seconds: Double?)? {
    if budgets.isEmpty { return nil }
    turn(to: time)
    for budget in budgets where (spent[budget.period] ?? .zero) + reserved + cost > budget.amount {
      return (budget, UTCCalendar.secondsToNext(budget.period, from: time))
    }
    return nil
  }

  mutating func reserve(_ cost: Money) { reserved += cost }

  mutating func settle(reserved cost: Money, spent amount: Money, at time: UTC) {
    reserved = max(.zero, reserved - cost)
    turn(to: time)
    for period in Budget.Period.allCases { spent[period, default: .zero] += amount }
  }

  mutating func restore(_ byDay: [Int: Money], at time: UTC) {
    turn(to: time)
    for (day, amount) in byDay {
      spent[.total, default: .zero] += amount
      if day == self.day { spent[.day, default: .zero] += amount }
      if UTCCalendar.month(ofDay: day) == month { spent[.month, default: .zero] += amount }
    }
  }

  /// Begins a new day or month where `time` is in one. A clock set back does not bring an old one back.
  private mutating func turn(to time: UTC) {
    let day = time.daysSince1970
    guard day > self.day else { return }
    self.day = day
    spent[.day] = .zero
    let month = UTCCalendar.month(ofDay: day)
    guard month > self.month else { return }
    self.month = month
    spent[.month] = .zero
  }
}

/// Months of UTC, counted, and when periods of budgets begin.
public enum UTCCalendar {
  /// Months since year 0 of a day, which is counted from 1970-01-01.
  public static func month(ofDay day: Int) -> Int {
    let date = UTC.civilDate(daysSince1970: day)
    return date.year * 12 + date.month - 1
  }

  /// Seconds from `time` to the next day or month; `nil` for what does not begin anew.
  static func secondsToNext(_ period: Budget.Period, from time: UTC) -> Double? {
    let day = time.daysSince1970
    var next = day + 1
    switch period {
    case .day: break
    case .month: while month(ofDay: next) == month(ofDay: day) { next += 1 }
    case .total: return nil
    }
    let start = UTC(nanosecondsSince1970: Int64(next) * 86_400_000_000_000)
    return start.seconds(since: time)
  }
}
