/// How much a key may cost: `5/day`, `100/month` or `1000/total`, in US dollars.
public struct Budget: Sendable, Hashable {
  /// Over how long. Days and months are those of UTC.
  public enum Period: String, Sendable, CaseIterable {
    case day, month, total
  }

  /// How much.
  public var amount: Money
  /// Over how long.
  public var period: Period

  /// Creates a budget.
  public init(_ amount: Money, per period: Period) {
    self.amount = amount
    self.period = period
  }

  /// Reads `5/day`; `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let period = Period(rawValue: String(parts[1])),
      let dollars = Decimal.number(String(parts[0])), (0...1e9).contains(dollars)
    else { return nil }
    self.init(Money(dollars: dollars), per: period)
  }
}

extension Budget: CustomStringConvertible {
  /// As ``init(_:)`` reads it.
  public var description: String { "\(amount)/\(period.rawValue)" }
}
