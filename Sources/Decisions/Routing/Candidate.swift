import Fleet
import Network
import Orbits

/// A backend over an uplink: one way in which a request could be answered.
public struct PathID: Hashable, Sendable, CustomStringConvertible {
  /// The backend's name.
  public var backend: String
  /// The uplink's name, or `local` for a backend on the gateway's own site.
  public var uplink: String

  /// The uplink name of backends that need none.
  public static let localUplink = "local"

  /// Creates an identity.
  public init(backend: String, uplink: String) {
    self.backend = backend
    self.uplink = uplink
  }

  /// The backend and the uplink, as a person reads them.
  public var description: String { "\(backend) over \(uplink)" }
}

/// One candidate as the router knows it at the moment of deciding.
public struct Candidate: Sendable, Equatable {
  /// Which backend over which uplink.
  public var path: PathID
  /// The forecast towards the backend; `nil` for a backend on the site itself.
  public var forecast: Forecast?
  /// What was measured of the way there, by which the forecast is corrected; `nil` where nothing was.
  public var estimate: LinkEstimate?
  /// Whether health checks and recent requests say that the backend answers over this path.
  public var isHealthy: Bool
  /// The share of attempts over this path that failed of late, 0 to 1.
  public var failureShare: Double
  /// The condition of the link that the path leads over, whatever is known of the backend behind it.
  public var link: LinkState.Condition
  /// Measured time from the request's arrival at an idle backend to its first byte, milliseconds.
  public var serviceMs: Double
  /// Requests under way at the backend, and those that wait for it and go first.
  public var inFlight: Int
  /// How many requests the backend serves at once; beyond them they wait. `nil`: no bound is known.
  public var places: Int?
  /// How long this request is expected to wait for a place, milliseconds; 0 where one is free.
  public var waitMs: Double
  /// Expected round trips before the request can leave: 0 where a kept connection is certain, 1 for
  /// TCP, 2 for TCP and TLS 1.3, in between where a connection is kept sometimes.
  public var setupRoundTrips: Double
  /// How long the backend's answers to this kind of request are, and how fast they come.
  public var pace: AnswerPace
  /// What the backend's tokens cost.
  public var prices: TokenPrices
  /// The distribution of times to first content, less the path's share; `nil` before any.
  public var firstContent: FirstContentTimes?

  /// Creates a candidate.
  public init(
    path: PathID, forecast: Forecast?, estimate: LinkEstimate? = nil, isHealthy: Bool,
    serviceMs: Double, inFlight: Int, setupRoundTrips: Double = 0, places: Int? = nil,
    waitMs: Double = 0, failureShare: Double = 0, link: LinkState.Condition = .up,
    pace: AnswerPace = AnswerPace(stream: true), prices: TokenPrices = .free,
    firstContent: FirstContentTimes? = nil
  ) {
    self.path = path
    self.forecast = forecast
    self.estimate = estimate
    self.isHealthy = isHealthy
    self.failureShare = failureShare
    self.link = link
    self.serviceMs = serviceMs
    self.inFlight = inFlight
    self.places = places
    self.waitMs = waitMs
    self.setupRoundTrips = setupRoundTrips
    self.pace = pace
    self.prices = prices
    self.firstContent = firstContent
  }
}
