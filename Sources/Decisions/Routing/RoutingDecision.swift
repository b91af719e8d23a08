import Orbits

/// What a router decided, and everything it considered: the record behind `perigee explain`.
public struct RoutingDecision: Sendable, Equatable {
  /// A candidate with its prediction.
  public struct Scored: Sendable, Equatable {
    /// Which backend over which uplink.
    public var path: PathID
    /// Predicted time to first token from now, milliseconds; `nil` where there is no way there.
    public var predictedMs: Double?
    /// The part of the prediction that is the path: round trip and the request's own transmission.
    public var pathMs: Double
    /// The part of the prediction that is the backend.
    public var serviceMs: Double
    /// The round trip when the request leaves: forecast, correction and band; `nil` without a link to
    /// cross or without a way.
    public var roundTrip: RoundTripEstimate?
    /// Node names of the route in force when the request would leave.
    public var hops: [String]
    /// When that route changes next.
    public var nextChange: UTC?
    /// Why the candidate stands where it does, in words a person reads.
    public var reason: String

    /// Creates a scored candidate.
    public init(
      path: PathID, predictedMs: Double?, pathMs: Double, serviceMs: Double, hops: [String],
      nextChange: UTC?, reason: String, roundTrip: RoundTripEstimate? = nil
    ) {
      self.path = path
      self.predictedMs = predictedMs
      self.pathMs = pathMs
      self.serviceMs = serviceMs
      self.hops = hops
      self.nextChange = nextChange
      self.reason = reason
      self.roundTrip = roundTrip
    }
  }

  /// The candidates to try, best first.
  public var ranked: [Scored]
  /// The candidates that were not to be tried, and why.
  public var rejected: [Scored]
  /// Where nothing is to be tried: when something is expected to be, if the forecast knows.
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
