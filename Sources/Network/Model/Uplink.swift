/// One way out of a terminal site.
public struct Uplink: Sendable, Equatable {
  /// What carries the first leg.
  public enum Medium: Sendable, Equatable {
    /// A low-Earth-orbit constellation of the fleet, by name.
    case leo(constellation: String)
    /// A geostationary satellite over `longitudeDeg` (east positive), landing at the site `teleport`.
    case geo(longitudeDeg: Double, teleport: String)
    /// Fiber to the site `landsAt`; its length is the great circle times `stretch`.
    case fiber(landsAt: String, stretch: Double)
    /// A cellular network that leaves to the Internet at the site `landsAt`.
    case cellular(landsAt: String, stretch: Double)

    /// The medium's name in manifests, metrics and tables: `leo`, `geo`, `fiber` or `cellular`.
    public var kindName: String {
      switch self {
      case .leo: "leo"
      case .geo: "geo"
      case .fiber: "fiber"
      case .cellular: "cellular"
      }
    }
  }

  /// The uplink's name; unique within its site.
  public var name: String
  /// What carries the first leg.
  public var medium: Medium
  /// Capacity from the site.
  public var up: Bandwidth
  /// Capacity to the site.
  public var down: Bandwidth
  /// US dollars for each GB (10^9 bytes) in either direction.
  public var pricePerGB: Double
  /// What the medium adds to propagation.
  public var access: AccessModel
  /// Whether the node stands in for the link with an emulator; `false` where the real link is there.
  public var emulated: Bool
  /// The local address that connections over a real uplink are bound to, where the host has several.
  public var sourceAddress: String?

  /// Creates an uplink; `access` defaults to what is measured for the medium.
  public init(
    name: String, medium: Medium, up: Bandwidth, down: Bandwidth, pricePerGB: Double = 0,
    access: AccessModel? = nil, emulated: Bool = true, sourceAddress: String? = nil
  ) {
    self.name = name
    self.medium = medium
    self.up = up
    self.down = down
    self.pricePerGB = pricePerGB
    self.access = access ?? .typical(of: medium)
    self.emulated = emulated
    self.sourceAddress = sourceAddress
  }
}

/// What an access medium adds to propagation: scheduling delay, jitter and loss.
public struct AccessModel: Sendable, Equatable {
  /// Scheduling and framing delay, one way, milliseconds.
  public var delayMs: Double
  /// Mean of the exponentially distributed extra delay of a packet, one way, milliseconds.
  public var jitterMs: Double
  /// The probability that a packet is lost, in [0, 1).
  public var loss: Double

  /// Creates a model.
  public init(delayMs: Double, jitterMs: Double, loss: Double) {
    self.delayMs = delayMs
    self.jitterMs = jitterMs
    self.loss = loss
  }

  /// Typical figures of a medium.
  ///
  /// LEO: a bent-pipe round trip of 26 to 40 ms of which about 6 is propagation, jitter 6.7 ms within
  /// a slot and about 1 % loss (Mohan et al., WWW 2024; Michel et al., IMC 2022). GEO: 550 to 700 ms
  /// of which about 500 is propagation. Cellular and fiber: common operator figures.
  public static func typical(of medium: Uplink.Medium) -> AccessModel {
    switch medium {
    case .leo: AccessModel(delayMs: 10, jitterMs: 3, loss: 0.01)
    case .geo: AccessModel(delayMs: 35, jitterMs: 8, loss: 0.005)
    case .fiber: AccessModel(delayMs: 0.5, jitterMs: 0.1, loss: 0.0001)
    case .cellular: AccessModel(delayMs: 15, jitterMs: 6, loss: 0.005)
    }
  }
}
