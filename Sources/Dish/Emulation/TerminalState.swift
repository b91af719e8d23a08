import Orbits

/// What an emulated terminal knows: who it is, the last 15 minutes, and the sky it has seen. A pure
/// value: time comes with each sample.
public struct TerminalState: Sendable {
  /// Who a terminal is.
  public struct Identity: Sendable, Equatable {
    /// Its identity; those of real terminals begin with `ut`.
    public var id: String
    /// Its hardware.
    public var hardwareVersion: String
    /// Its software.
    public var softwareVersion: String
    /// Two letters of ISO 3166; empty where it is not known.
    public var countryCode: String

    /// Creates an identity.
    public init(
      id: String, hardwareVersion: String = "perigee_emulated", softwareVersion: String,
      countryCode: String = ""
    ) {
      self.id = id
      self.hardwareVersion = hardwareVersion
      self.softwareVersion = softwareVersion
      self.countryCode = countryCode
    }
  }

  /// One time without a connection.
  struct Outage: Sendable {
    var cause: TerminalSample.OutageCause
    var start: UTC
    var seconds: Int
  }

  /// How many seconds are remembered, as terminals do.
  public static let ringLength = 900
  /// The most outages that are remembered.
  static let maximumOutages = 256

  let identity: Identity
  let bootedAt: UTC
  /// Where it is, if it may tell.
  public var location: Geodetic?
  /// Whether the site moves.
  public var isMobile: Bool
  private(set) var count = 0
  private(set) var ring: [TerminalSample]
  private(set) var outages: [Outage] = []
  private(set) var sky = SeenSky()
  private(set) var lastTime: UTC

  /// A terminal that has just started and knows nothing.
  ///
  /// - Parameter location: Where it is; `nil` where it is not to tell.
  public init(
    _ identity: Identity, bootedAt: UTC, location: Geodetic? = nil, isMobile: Bool = false
  ) {
    self.identity = identity
    self.bootedAt = bootedAt
    self.location = location
    self.isMobile = isMobile
    lastTime = bootedAt
    ring = Array(
      repeating: TerminalSample(latencyMs: nil, dropRate: 0), count: Self.ringLength)
  }

  /// The newest second; `nil` before the first.
  var latest: TerminalSample? { count > 0 ? ring[(count - 1) % Self.ringLength] : nil }

  /// Whether the newest second was part of an outage.
  var currentOutage: Outage? { latest?.outage == nil ? nil : outages.last }

  /// Takes in the second that ends at `time`.
  public mutating func append(_ sample: TerminalSample, at time: UTC) {
    let previous = latest?.outage
    ring[count % Self.ringLength] = sample
    count += 1
    lastTime = time
    if let satellite = sample.satellite, sample.outage == nil { sky.see(satellite) }
    guard let cause = sample.outage else { return }
    if previous == cause, !outages.isEmpty {
      outages[outages.count - 1].seconds += 1
    } else {
      outages.append(Outage(cause: cause, start: time.adding(seconds: -1), seconds: 1))
      if outages.count > Self.maximumOutages { outages.removeFirst() }
    }
  }
}
