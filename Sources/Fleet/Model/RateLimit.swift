/// How much of something a key may use up within a period: `60 requests/minute`, `500 MB/day`.
///
/// The whole amount may be used at once; it then comes back evenly over the period.
public struct RateLimit: Sendable, Hashable {
  /// What is counted.
  public enum Unit: String, Sendable, CaseIterable {
    /// Requests for inference.
    case requests
    /// Tokens of prompts and answers.
    case tokens
    /// Bytes that crossed the uplinks for it, up and down.
    case bytes
  }

  /// Over how long.
  public enum Period: String, Sendable, CaseIterable {
    case minute, hour, day

    /// Its length in seconds.
    public var seconds: Int {
      switch self {
      case .minute: 60
      case .hour: 3_600
      case .day: 86_400
      }
    }
  }

  /// What is counted.
  public var unit: Unit
  /// How many of it; at least 1.
  public var amount: Int
  /// Over how long.
  public var period: Period

  /// The most that can be counted within a period.
  public static let largestAmount = 1_000_000_000_000_000

  /// Creates a limit.
  public init(_ unit: Unit, _ amount: Int, per period: Period) {
    self.unit = unit
    self.amount = max(1, min(amount, Self.largestAmount))
    self.period = period
  }

  /// Reads `60 requests/minute`; bytes may be written in `kB`, `MB` and `GB`, of 1000. `nil` for
  /// anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let period = Period(rawValue: String(parts[1])) else { return nil }
    let words = parts[0].split(separator: " ")
    guard words.count == 2, let number = Int(words[0]), number > 0,
      let (unit, size) = Self.unit(words[1])
    else { return nil }
    let (amount, overflows) = number.multipliedReportingOverflow(by: size)
    guard !overflows, amount <= Self.largestAmount else { return nil }
    self.init(unit, amount, per: period)
  }

  private static func unit(_ word: Substring) -> (Unit, size: Int)? {
    switch word {
    case "kB": (.bytes, 1_000)
    case "MB": (.bytes, 1_000_000)
    case "GB": (.bytes, 1_000_000_000)
    case "request": (.requests, 1)
    case "token": (.tokens, 1)
    default: Unit(rawValue: String(word)).map { ($0, 1) }
    }
  }
}

extension RateLimit: CustomStringConvertible {
  /// As ``init(_:)`` reads it.
  public var description: String { "\(amount) \(unit.rawValue)/\(period.rawValue)" }
}
