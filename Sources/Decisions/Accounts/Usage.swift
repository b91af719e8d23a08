import Fleet

/// What requests have used up; sums of it are exact.
public struct Usage: Sendable, Equatable {
  /// Requests.
  public var requests: Int
  /// Tokens of prompts.
  public var inputTokens: Int
  /// Those of ``inputTokens`` that backends had in their caches.
  public var cachedInputTokens = 0
  /// Those of ``inputTokens`` that backends wrote to their caches.
  public var cacheWriteTokens = 0
  /// Tokens of answers.
  public var outputTokens: Int
  /// Those of ``outputTokens`` that were spent on thinking.
  public var reasoningTokens = 0
  /// Bytes sent over the uplink.
  public var bytesUp: Int
  /// Bytes received over the uplink.
  public var bytesDown: Int
  /// What it cost.
  public var cost: Money

  /// Nothing.
  public static let zero = Usage()

  /// Creates a sum.
  public init(
    requests: Int = 0, inputTokens: Int = 0, outputTokens: Int = 0, bytesUp: Int = 0,
    bytesDown: Int = 0, cost: Money = .zero
  ) {
    self.requests = requests
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
    self.cost = cost
  }

  /// Tokens of prompts and answers.
  public var tokens: Int { inputTokens + outputTokens }

  /// Bytes both ways.
  public var bytes: Int { bytesUp + bytesDown }

  /// How much of what `unit` counts.
  public func amount(_ unit: RateLimit.Unit) -> Int {
    switch unit {
    case .requests: requests
    case .tokens: tokens
    case .bytes: bytes
    }
  }

  /// Adds `b` to `a`.
  public static func += (a: inout Usage, b: Usage) {
    a.requests += b.requests
    a.inputTokens += b.inputTokens
    a.cachedInputTokens += b.cachedInputTokens
    a.cacheWriteTokens += b.cacheWriteTokens
    a.outputTokens += b.outputTokens
    a.reasoningTokens += b.reasoningTokens
    a.bytesUp += b.bytesUp
    a.bytesDown += b.bytesDown
    a.cost += b.cost
  }
}

/// Whose usage, and where it was: one line of the account book.
public struct UsageLine: Sendable, Hashable {
  /// The key's id; `nil` for requests without one.
  public var account: String?
  /// Which backend over which uplink.
  public var path: PathID
  /// Days since 1970, UTC.
  public var day: Int

  /// Creates a line's name.
  public init(account: String?, path: PathID, day: Int) {
    self.account = account
    self.path = path
    self.day = day
  }
}
