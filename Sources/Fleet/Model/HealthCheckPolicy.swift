/// How a backend is checked, in the terms load balancers share.
public struct HealthCheckPolicy: Sendable, Equatable {
  /// What a check does.
  public enum Probe: Sendable, Equatable {
    /// Opens a TCP connection.
    case tcp
    /// Gets this path and expects a status of 200 to 299.
    case http(path: String)
  }

  /// What a check does.
  public var probe: Probe
  /// Time from the start of one check to the start of the next.
  public var interval: Duration
  /// How long a check may take.
  public var timeout: Duration
  /// Failures in a row that make a healthy backend unhealthy.
  public var unhealthyThreshold: Int
  /// Successes in a row that make an unhealthy backend healthy.
  public var healthyThreshold: Int

  /// Creates a policy.
  public init(
    probe: Probe = .http(path: "/v1/models"), interval: Duration = .seconds(10),
    timeout: Duration = .seconds(3), unhealthyThreshold: Int = 3, healthyThreshold: Int = 1
  ) {
    self.probe = probe
    self.interval = interval
    self.timeout = timeout
    self.unhealthyThreshold = unhealthyThreshold
    self.healthyThreshold = healthyThreshold
  }
}
