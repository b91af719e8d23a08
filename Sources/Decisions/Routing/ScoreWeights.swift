import Fleet

/// What a candidate's price and risks weigh against its time, all told in milliseconds of waiting.
///
/// ```
/// score = predicted time to first token
///       + risk · (what interruptions of the answer cost + failure share · what a failure costs)
///       + milliseconds a dollar · price of the request in dollars
/// ```
///
/// A weighted sum with no negative weight: a way that is worse in one part and better in none never wins,
/// and weighing price more never makes the chosen way dearer.
public struct ScoreWeights: Sendable, Equatable {
  /// Milliseconds of waiting that a US dollar is worth.
  public var msPerUSD: Double
  /// What interruptions of an answer count, as a multiple of the time that they take.
  public var risk: Double
  /// What a failed attempt costs, milliseconds, beside the request's own prediction.
  public var failureMs: Double

  /// Creates weights; none may be negative.
  public init(msPerUSD: Double, risk: Double, failureMs: Double) {
    self.msPerUSD = max(0, msPerUSD)
    self.risk = max(0, risk)
    self.failureMs = max(0, failureMs)
  }

  /// The weights of a preference.
  ///
  /// Balanced, a second of waiting is worth a cent: what somebody's hour costs at 36 dollars. Who prefers
  /// cheap waits a hundred times as long for the same money.
  public init(_ preference: Preference) {
    switch preference {
    case .balanced: self.init(msPerUSD: 1e5, risk: 1, failureMs: 2_000)
    case .fast: self.init(msPerUSD: 0, risk: 0.25, failureMs: 2_000)
    case .cheap: self.init(msPerUSD: 1e7, risk: 1, failureMs: 2_000)
    case .safe: self.init(msPerUSD: 1e5, risk: 5, failureMs: 4_000)
    }
  }
}
