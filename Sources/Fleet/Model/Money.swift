/// An amount of US dollars in whole billionths, so that sums are exact however many are added.
///
/// The price of a token is some ten to ten thousand billionths, that of a byte over a satellite a few.
/// Sums stop at about nine billion dollars instead of overflowing.
public struct Money: Sendable, Hashable, Comparable, AdditiveArithmetic {
  /// Billionths of a US dollar.
  public var nanodollars: Int64

  /// Nothing.
  public static let zero = Money(nanodollars: 0)

  /// Creates an amount.
  public init(nanodollars: Int64) { self.nanodollars = nanodollars }

  /// The amount nearest to `dollars`; nothing where that is no number.
  public init(dollars: Double) {
    let nano = (dollars * 1e9).rounded()
    nanodollars = nano.isNaN ? 0 : Int64(exactly: nano) ?? (nano < 0 ? -Int64.max : Int64.max)
  }

  /// The amount in US dollars.
  public var dollars: Double { Double(nanodollars) / 1e9 }

  /// The sum, or the largest amount there is.
  public static func + (a: Money, b: Money) -> Money {
    let (sum, overflows) = a.nanodollars.addingReportingOverflow(b.nanodollars)
    return Money(nanodollars: overflows ? (a.nanodollars < 0 ? -Int64.max : Int64.max) : sum)
  }

  /// The difference, or the largest amount there is.
  public static func - (a: Money, b: Money) -> Money {
    let (difference, overflows) = a.nanodollars.subtractingReportingOverflow(b.nanodollars)
    return Money(nanodollars: overflows ? (a.nanodollars < 0 ? -Int64.max : Int64.max) : difference)
  }

  /// Whether `a` is less than `b`.
  public static func < (a: Money, b: Money) -> Bool { a.nanodollars < b.nanodollars }
}

extension Money: CustomStringConvertible {
  /// US dollars in decimals, exact and without an exponent: `0.000000125`, `12.5`, `3`.
  public var description: String {
    let whole = nanodollars.magnitude / 1_000_000_000
    var rest = nanodollars.magnitude % 1_000_000_000
    var text = (nanodollars < 0 ? "-" : "") + String(whole)
    guard rest > 0 else { return text }
    var digits = 9
    while rest % 10 == 0 {
      rest /= 10
      digits -= 1
    }
    let fraction = String(rest)
    text += "." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    return text
  }
}
