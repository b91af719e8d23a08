/// What a backend's work costs, in US dollars for each million tokens.
public struct TokenPrices: Sendable, Hashable {
  /// For a million tokens of the prompt.
  public var input: Double
  /// For a million tokens of the answer.
  public var output: Double
  /// For a million tokens of the prompt that the backend had in its cache; `nil` means as ``input``.
  public var cachedInput: Double?
  /// For a million tokens of the prompt that the backend wrote to its cache; `nil` means as ``input``.
  public var cacheWrite: Double?
  /// For each request, in US dollars.
  public var perRequest: Double

  /// Nothing.
  public static let free = TokenPrices(input: 0, output: 0)

  /// Creates prices.
  public init(
    input: Double, output: Double, cachedInput: Double? = nil, cacheWrite: Double? = nil,
    perRequest: Double = 0
  ) {
    self.input = input
    self.output = output
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.perRequest = perRequest
  }

  /// What a prompt of `input` tokens, of which the backend has `cachedInput` in its cache and writes
  /// `cacheWrites` to it, and an answer of `output` tokens cost, US dollars; the price for each request not
  /// included.
  public func dollars(
    input: Double, cachedInput: Double = 0, cacheWrites: Double = 0, output: Double
  ) -> Double {
    let perMillion =
      (input - cachedInput - cacheWrites) * self.input
      + cachedInput * (self.cachedInput ?? self.input)
      + cacheWrites * (cacheWrite ?? self.input) + output * self.output
    return perMillion / 1e6
  }
}

/// The prices of a backend's models.
public struct ModelPrices: Sendable, Hashable {
  /// Of every model without prices of its own; `nil` where they are not known.
  public var usual: TokenPrices?
  /// Of single models, by the name that clients use.
  public var byModel: [String: TokenPrices]

  /// Creates prices.
  public init(usual: TokenPrices?, byModel: [String: TokenPrices] = [:]) {
    self.usual = usual
    self.byModel = byModel
  }

  /// The prices of a model.
  public func prices(of model: String) -> TokenPrices? { byModel[model] ?? usual }
}
