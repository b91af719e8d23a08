/// A sentence that is said of clouds in space, held against the forecast.
public struct Claim: Sendable, Equatable {
  /// What the forecast says of a claim.
  public enum Verdict: Sendable, Equatable {
    /// It holds under the conditions that the sentence suggests.
    case holds
    /// It holds only under a condition that the sentence leaves out.
    case holdsOnlyIf(String)
    /// It does not hold.
    case doesNotHold
  }

  /// A number behind a verdict.
  public struct Figure: Sendable, Equatable {
    /// What it is of.
    public var name: String
    /// The number.
    public var value: Double
    /// Its unit: `ms`, `km`, `%`, or what is counted.
    public var unit: String

    /// Creates a figure.
    public init(_ name: String, _ value: Double, _ unit: String) {
      self.name = name
      self.value = value
      self.unit = unit
    }
  }

  /// A short name for scripts, unique among the claims.
  public var id: String
  /// The claim.
  public var sentence: String
  /// What was computed, and what was assumed.
  public var conditions: String
  /// The numbers.
  public var figures: [Figure]
  /// What follows from them.
  public var verdict: Verdict

  /// Creates a claim. Figures without a number, of which there was nothing to see, are left out.
  public init(
    id: String, sentence: String, conditions: String, figures: [Figure], verdict: Verdict
  ) {
    self.id = id
    self.sentence = sentence
    self.conditions = conditions
    self.figures = figures.filter { $0.value.isFinite }
    self.verdict = verdict
  }
}
