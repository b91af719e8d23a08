import Fleet

/// Every way in which a site's gateway can reach its backends. Fixed for a run.
public struct Ways: Sendable, Equatable {
  /// One backend, as far as decisions are concerned.
  public struct Backend: Sendable, Equatable {
    /// The backend's name.
    public var name: String
    /// The place it is at; `nil` on the gateway's own site, where no link is to be crossed.
    public var destination: String?
    /// The models that clients can ask it for.
    public var models: [String]
    /// Round trips until a new connection can carry a request: 1 for TCP, 2 with TLS 1.3.
    public var handshakeRoundTrips: Double
    /// What it takes to count as unhealthy, and as healthy again.
    public var health: HealthCheckPolicy
    /// What its models cost.
    public var prices: ModelPrices
    /// How many requests it serves at once; `nil` where nobody has said.
    public var places: Int?

    /// Creates a backend.
    public init(
      name: String, destination: String?, models: [String], handshakeRoundTrips: Double = 1,
      health: HealthCheckPolicy = HealthCheckPolicy(),
      prices: ModelPrices = ModelPrices(usual: nil),
      places: Int? = nil
    ) {
      self.name = name
      self.destination = destination
      self.models = models
      self.handshakeRoundTrips = handshakeRoundTrips
      self.health = health
      self.prices = prices
      self.places = places
    }
  }

  /// The site's uplinks, in their order.
  public let uplinks: [String]
  /// The backends, in their order.
  public let backends: [Backend]
  /// The places that backends are at, less the gateway's own; each once.
  public let destinations: [String]
  private let uplinkPlaces: [String: Int]
  private let numbers: [String: Int]
  private let pathsByModel: [String: [PathID]]

  /// Lays out the ways from `uplinks` and `backends`, whose names are unique.
  ///
  /// - Parameter uplinkPlaces: How many requests may be under way over an uplink, where somebody has said.
  public init(uplinks: [String], backends: [Backend], uplinkPlaces: [String: Int] = [:]) {
    self.uplinks = uplinks
    self.uplinkPlaces = uplinkPlaces
    self.backends = backends
    var numbers: [String: Int] = [:]
    var destinations: [String] = []
    var pathsByModel: [String: [PathID]] = [:]
    for (number, backend) in backends.enumerated() {
      numbers[backend.name] = number
      if let place = backend.destination, !destinations.contains(place) {
        destinations.append(place)
      }
      for model in backend.models {
        pathsByModel[model, default: []] += Self.paths(to: backend, over: uplinks)
      }
    }
    self.numbers = numbers
    self.destinations = destinations
    self.pathsByModel = pathsByModel
  }

  /// The backend of that name.
  public func backend(named name: String) -> Backend? { numbers[name].map { backends[$0] } }

  /// How many requests may be under way over an uplink; `nil`: any number.
  public func places(on uplink: String) -> Int? { uplinkPlaces[uplink] }

  /// The ways to a backend: one over each uplink, or the single local one.
  public func paths(to backend: String) -> [PathID] {
    self.backend(named: backend).map { Self.paths(to: $0, over: uplinks) } ?? []
  }

  /// The ways to the backends that serve `model`.
  public func paths(serving model: String) -> [PathID] { pathsByModel[model] ?? [] }

  /// Every forecast that is needed: each uplink towards each destination, uplink by uplink.
  public var legs: [Leg] {
    uplinks.flatMap { uplink in destinations.map { Leg(uplink: uplink, destination: $0) } }
  }

  /// Every way over `uplink`.
  public func paths(over uplink: String) -> [PathID] {
    backends.flatMap { Self.paths(to: $0, over: uplinks) }.filter { $0.uplink == uplink }
  }

  /// Where the forecast for `path` leads; `nil` for a local path, which needs none.
  public func leg(of path: PathID) -> Leg? {
    backend(named: path.backend)?.destination.map { Leg(uplink: path.uplink, destination: $0) }
  }

  private static func paths(to backend: Backend, over uplinks: [String]) -> [PathID] {
    let ways = backend.destination == nil ? [PathID.localUplink] : uplinks
    return ways.map { PathID(backend: backend.name, uplink: $0) }
  }
}
