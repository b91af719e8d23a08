import Orbits

/// What a router decided, and everything it considered: the record behind `perigee explain`.
public struct RoutingDecision: Sendable, Equatable {
  /// What happens to a route before the first byte of an answer is expected over it.
  public enum Interruption: Sendable, Equatable {
    /// It changes to another one.
    case handover
    /// It goes.
    case outage
  }

  /// A candidate with its prediction.
  public struct Scored: Sendable, Equatable {
    /// Which backend over which uplink.
    public var path: PathID
    /// Predicted time to first token from now, milliseconds; `nil` where there is no way there.
    public var predictedMs: Double?
    /// The part of the prediction that is the path: round trip and the request's own transmission.
    public var pathMs: Double
    /// The part of the prediction that is the backend, a wait for a place there included.
    public var serviceMs: Double
    /// Whether it is tried only where all others are out: the backend is unhealthy, or its link down. A place
    /// at another one is waited for rather than this one taken.
    public var isLastResort = false
    /// The part of it that is the wait for a place.
    public var waitMs = 0.0
    /// What interruptions of the answer and failures are expected to cost, weighed, milliseconds.
    public var riskMs: Double
    /// The expected price of the request: its tokens, and its bytes on the link, US dollars.
    public var costUSD: Double
    /// What candidates are ranked by: the prediction with risk and price, by ``ScoreWeights``; `nil` as
    /// ``predictedMs``.
    public var scoreMs: Double?
    /// The round trip when the request leaves: forecast, correction and band; `nil` without a link to
    /// cross or without a way.
    public var roundTrip: RoundTripEstimate?
    /// Node names of the route in force when the request would leave.
    public var hops: [String]
    /// The satellite that serves that route's terminal; `nil` where none does.
    public var servingSatellite: String?
    /// When that route changes next.
    public var nextChange: UTC?
    /// What happens to the route before the answer would begin; `nil`: nothing that is forecast.
    public var interruption: Interruption?
    /// The longest silence within a stream that is usual of the backend, milliseconds; `nil` where it is not
    /// known.
    public var longestGapMs: Double?
    /// Why the candidate stands where it does, in words a person reads.
    public var reason: String

    /// Creates a scored candidate; without a score of its own it is ranked by its prediction.
    public init(
      path: PathID, predictedMs: Double?, pathMs: Double, serviceMs: Double, hops: [String],
      nextChange: UTC?, reason: String, roundTrip: RoundTripEstimate? = nil, riskMs: Double = 0,
      costUSD: Double = 0, scoreMs: Double? = nil, servingSatellite: String? = nil,
      interruption: Interruption? = nil
    ) {
      self.path = path
      self.predictedMs = predictedMs
      self.pathMs = pathMs
      self.serviceMs = serviceMs
      self.riskMs = riskMs
      self.costUSD = costUSD
      self.scoreMs = scoreMs ?? predictedMs
      self.roundTrip = roundTrip
      self.hops = hops
      self.servingSatellite = servingSatellite
      self.nextChange = nextChange
      self.interruption = interruption
      self.reason = reason
    }
  }

  /// The candidates to try, best first.
  public var ranked: [Scored]
  /// The candidates that were not to be tried, and why.
  public var rejected: [Scored]
  /// Where nothing is to be tried, or only over links that are down: when something is expected to be, if
  /// the forecast knows.
  public var retryAt: UTC?
  /// The second copy to send if the first attempt does not answer soon; `nil` where there is none to send.
  public var hedge: HedgePlan?

  /// Creates a decision.
  public init(
    ranked: [Scored], rejected: [Scored], retryAt: UTC? = nil, hedge: HedgePlan? = nil
  ) {
    self.ranked = ranked
    self.rejected = rejected
    self.retryAt = retryAt
    self.hedge = hedge
  }
}
