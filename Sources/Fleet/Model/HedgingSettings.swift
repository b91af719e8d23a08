/// When and how much a gateway hedges: sends a second copy of a request over another way, and takes whichever
/// answer begins first.
public struct HedgingSettings: Sendable, Equatable {
  /// The extra requests that it may cost, as a share of all; 0 turns hedging off.
  public var budget: Double
  /// How long to wait for the first way; `nil`: learned from its answers.
  public var delay: Duration?
  /// No hedge is sent over a way on which the request is expected to cost more, US dollars.
  public var maxPriceUSD: Double
  /// Whether both copies leave together where the first path changes before its answer is due.
  public var hedgesSlotEdges: Bool

  /// Five requests in a hundred.
  public static let standardBudget = 0.05
  /// A cent.
  public static let standardMaxPriceUSD = 0.01
  /// None at all.
  public static let off = HedgingSettings(budget: 0)

  /// Creates settings.
  public init(
    budget: Double = HedgingSettings.standardBudget, delay: Duration? = nil,
    maxPriceUSD: Double = HedgingSettings.standardMaxPriceUSD, hedgesSlotEdges: Bool = false
  ) {
    self.budget = budget
    self.delay = delay
    self.maxPriceUSD = maxPriceUSD
    self.hedgesSlotEdges = hedgesSlotEdges
  }
}
