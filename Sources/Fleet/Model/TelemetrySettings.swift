/// Where traces go, and how many.
public struct TelemetrySettings: Sendable, Equatable {
  /// A header field that goes with every export, such as a collector's key.
  public struct Header: Sendable, Equatable {
    /// The field's name.
    public var name: String
    /// Where its value is kept.
    public var value: SecretReference

    /// Creates a header field.
    public init(name: String, value: SecretReference) {
      self.name = name
      self.value = value
    }
  }

  /// The base URL of a collector that speaks OTLP over HTTP; `/v1/traces` comes after it.
  public var otlp: BackendURL
  /// Fields that go with every export.
  public var headers: [Header]
  /// The share of the traces that begin at this node which are recorded, from 0 to 1. Of the others
  /// whoever began them decides.
  public var sampleRatio: Double

  /// Creates settings.
  public init(otlp: BackendURL, headers: [Header] = [], sampleRatio: Double = 1) {
    self.otlp = otlp
    self.headers = headers
    self.sampleRatio = sampleRatio
  }
}

/// How a node that is told to stop does so.
public struct DrainSettings: Sendable, Equatable {
  /// How long it goes on taking requests after `/ready` has begun to say that it will not: long enough for a
  /// load balancer to look.
  public var notice: Duration
  /// How long requests under way may take after that.
  public var grace: Duration

  /// Creates settings.
  public init(notice: Duration = .zero, grace: Duration = .seconds(30)) {
    self.notice = notice
    self.grace = grace
  }
}
