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
  /// What the medium is expected to add to propagation: the forecast's view.
  public var access: AccessModel
  /// How the link behaves where it is emulated or simulated: slots, waits, losses, outages, weather.
  public var link: LinkModel
  /// Whether the node stands in for the link with an emulator; `false` where the real link is there.
  public var emulated: Bool
  /// The local address that connections over a real uplink are bound to, where the host has several.
  public var sourceAddress: String?
  /// The terminal at the site's end, where the node reads or imitates it; LEO only.
  public var dish: DishSettings?
  /// How many requests may be under way over it at a time; `nil`: any number.
  public var places: Int?

  /// Creates an uplink.
  ///
  /// Without `link` it behaves as the medium does, brought to `access` where that is given; without
  /// `access` the forecast expects what `link` does on average.
  public init(
    name: String, medium: Medium, up: Bandwidth, down: Bandwidth, pricePerGB: Double = 0,
    access: AccessModel? = nil, link: LinkModel? = nil, emulated: Bool = true,
    sourceAddress: String? = nil, dish: DishSettings? = nil, places: Int? = nil
  ) {
    self.places = places
    self.name = name
    self.medium = medium
    self.up = up
    self.down = down
    self.pricePerGB = pricePerGB
    self.access = access ?? link.map(AccessModel.init(expectedOf:)) ?? .typical(of: medium)
    let typical = LinkModel.typical(of: medium)
    self.link = link ?? access.map(typical.adjusted(to:)) ?? typical
    self.emulated = emulated
    self.sourceAddress = sourceAddress
    self.dish = dish
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
  /// LEO: what ``LinkModel/bentPipe`` does, which is fitted to measurements. GEO: 550 to 700 ms of
  /// which about 500 is propagation. Cellular and fiber: common operator figures.
  public static func typical(of medium: Uplink.Medium) -> AccessModel {
    switch medium {
    case .leo: AccessModel(expectedOf: .bentPipe)
    case .geo: AccessModel(delayMs: 35, jitterMs: 8, loss: 0.005)
    case .fiber: AccessModel(delayMs: 0.5, jitterMs: 0.1, loss: 0.0001)
    case .cellular: AccessModel(delayMs: 15, jitterMs: 6, loss: 0.005)
    }
  }

  /// What a link is expected to add one way, before anything of its present slot is known: half the
  /// median base, half the mean wait at the usual scatter, and what is lost, outages included. To a
  /// tenth of a millisecond and a hundredth of a percent.
  public init(expectedOf link: LinkModel) {
    let waitMs = link.scatterMs.median * link.waitShape.mean
    let outShare = link.outages.reduce(0) { $0 + $1.perHour * $1.seconds.mean / 3_600 }
    let edgeShare = link.reconfiguration.losses.reduce(0) {
      $0 + $1.probability * ($1.endMs - $1.startMs) / 1_000 / Double(Slot.lengthSeconds)
    }
    self.init(
      delayMs: (link.baseMs.median / 2 * 10).rounded() / 10,
      jitterMs: (max(0, waitMs) / 2 * 10).rounded() / 10,
      loss: min(0.9, ((link.loss / 2 + outShare + edgeShare) * 1e4).rounded() / 1e4))
  }
}
