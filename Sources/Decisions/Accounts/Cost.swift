import Fleet

/// What a path costs: the backend's prices and the uplink's tariff.
public struct PathPrice: Sendable, Equatable {
  /// The backend's prices for the model.
  public var tokens: TokenPrices
  /// US dollars for 10^9 bytes over the uplink, either way.
  public var perGigabyte: Double

  /// A path that costs nothing.
  public static let free = PathPrice(tokens: .free, perGigabyte: 0)

  /// Creates a price.
  public init(tokens: TokenPrices, perGigabyte: Double) {
    self.tokens = tokens
    self.perGigabyte = perGigabyte
  }
}

/// What one attempt to answer a request made others do, as far as anybody bills for it.
public struct BilledWork: Sendable, Equatable {
  /// Which backend over which uplink.
  public var path: PathID
  /// Tokens of the prompt that the backend read.
  public var inputTokens: Int
  /// How many of them it had in its cache.
  public var cachedInputTokens: Int
  /// How many of them it wrote to its cache.
  public var cacheWriteTokens: Int
  /// Tokens that it answered.
  public var outputTokens: Int
  /// Whether the backend took the request on, so that its price for a request is due.
  public var isAccepted: Bool
  /// Bytes sent over the uplink.
  public var bytesUp: Int
  /// Bytes received over the uplink.
  public var bytesDown: Int

  /// Creates a description of work.
  public init(
    path: PathID, inputTokens: Int = 0, cachedInputTokens: Int = 0, cacheWriteTokens: Int = 0,
    outputTokens: Int = 0, isAccepted: Bool = false, bytesUp: Int = 0, bytesDown: Int = 0
  ) {
    self.path = path
    self.inputTokens = inputTokens
    self.cachedInputTokens = cachedInputTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.outputTokens = outputTokens
    self.isAccepted = isAccepted
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
  }
}

/// What a request cost.
public struct Cost: Sendable, Equatable {
  /// What the backends bill.
  public var tokens: Money
  /// What the links bill.
  public var bytes: Money
  /// Whether tokens had to be estimated, because a backend did not count them.
  public var isEstimated: Bool

  /// Nothing.
  public static let zero = Cost(tokens: .zero, bytes: .zero)

  /// Both together.
  public var total: Money { tokens + bytes }

  /// Creates a cost.
  public init(tokens: Money, bytes: Money, isEstimated: Bool = false) {
    self.tokens = tokens
    self.bytes = bytes
    self.isEstimated = isEstimated
  }

  /// What `work` costs at `price`, each of the two parts rounded to a billionth of a dollar.
  public init(of work: BilledWork, at price: PathPrice) {
    let cached = min(max(0, work.cachedInputTokens), work.inputTokens)
    let written = min(max(0, work.cacheWriteTokens), work.inputTokens - cached)
    let prices = price.tokens
    let dollars = prices.dollars(
      input: Double(work.inputTokens), cachedInput: Double(cached), cacheWrites: Double(written),
      output: Double(work.outputTokens))
    tokens = Money(dollars: dollars + (work.isAccepted ? prices.perRequest : 0))
    bytes = Money(dollars: Double(work.bytesUp + work.bytesDown) * price.perGigabyte / 1e9)
    isEstimated = false
  }

  /// The sum of both; estimated where one of them is.
  public static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      tokens: a.tokens + b.tokens, bytes: a.bytes + b.bytes,
      isEstimated: a.isEstimated || b.isEstimated)
  }
}
