import Orbits

/// What one health check of a backend over one uplink found.
public struct ProbeReport: Sendable, Equatable {
  /// Which backend over which uplink.
  public var path: PathID
  /// Whether the backend answered as it should.
  public var outcome: HealthOutcome
  /// Whether nothing at all came back: that speaks against the link before it does against the backend.
  public var isSilent: Bool
  /// When the check began; where not given, when it was over.
  public var started: UTC
  /// The round trip that the check measured, milliseconds; `nil` where it measured none.
  public var roundTripMs: Double?
  /// When the check was over.
  public var ended: UTC

  /// Creates a report.
  public init(
    path: PathID, outcome: HealthOutcome, roundTripMs: Double? = nil, isSilent: Bool = false,
    started: UTC? = nil, ended: UTC
  ) {
    self.isSilent = isSilent
    self.started = started ?? ended
    self.path = path
    self.outcome = outcome
    self.roundTripMs = roundTripMs
    self.ended = ended
  }
}
