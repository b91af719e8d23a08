/// What became of a simulation, policy by policy.
///
/// Every figure is rounded to the decimals that it is worth, so that equal runs are equal to the last
/// byte and differences of the last bit of a processor do not show.
public struct Report: Sendable, Equatable, Codable {
  /// The form of the report; compared before two are.
  public var format = Report.currentFormat
  /// The fleet's name.
  public var fleet: String
  /// What the fleet's files hold, by ``ContentDigest``; empty where the fleet is of no file.
  public var fleetDigest: String
  /// The site whose gateway was simulated.
  public var site: String
  /// The workload's name.
  public var workload: String
  /// What the workload's files hold, by ``ContentDigest``; empty where the workload is of no file.
  public var workloadDigest: String
  /// The first instant, ISO 8601.
  public var start: String
  /// How long requests arrived, hours.
  public var hours: Double
  /// The seed of everything random.
  public var seed: UInt64
  /// How many requests arrived.
  public var requests: Int
  /// What became of them under each policy.
  public var policies: [PolicyReport]

  /// The form that this code writes.
  public static let currentFormat = "perigee-simulation-2"
}

/// What became of a simulation's requests under one policy.
public struct PolicyReport: Sendable, Equatable, Codable {
  /// Times of many requests, milliseconds, by nearest rank.
  public struct Times: Sendable, Equatable, Codable {
    /// How many there are.
    public var count: Int
    /// The median.
    public var p50: Double
    /// The 90th percentile.
    public var p90: Double
    /// The 95th percentile.
    public var p95: Double
    /// The 99th percentile.
    public var p99: Double
    /// The longest.
    public var max: Double
    /// The mean.
    public var mean: Double
  }

  /// How often requests ended with one fault.
  public struct Failure: Sendable, Equatable, Codable {
    /// The fault, by the name it has in metrics.
    public var fault: String
    /// How many requests.
    public var requests: Int
  }

  /// What one uplink carried.
  public struct UplinkUse: Sendable, Equatable, Codable {
    /// The uplink's name.
    public var uplink: String
    /// Requests that were answered over it.
    public var requests: Int
    /// Bytes from the site, failed attempts included, retransmissions not.
    public var bytesUp: Int
    /// Bytes to the site, likewise.
    public var bytesDown: Int
    /// What the bytes cost at the manifest's price, US dollars.
    public var costUsd: Double
  }

  /// What one backend answered.
  public struct BackendUse: Sendable, Equatable, Codable {
    /// The backend's name.
    public var backend: String
    /// Requests that it answered in full.
    public var requests: Int
    /// Time to first token of its streams, milliseconds.
    public var ttftMs: Times?
    /// Tokens of their prompts.
    public var promptTokens: Int
    /// Tokens of their answers.
    public var answerTokens: Int
    /// What the tokens cost at the manifest's price, US dollars.
    public var costUsd: Double
  }

  /// One hour of arrivals.
  public struct Hour: Sendable, Equatable, Codable {
    /// The hour's number from the start.
    public var hour: Int
    /// Requests that arrived in it.
    public var requests: Int
    /// Those of them that failed.
    public var failed: Int
    /// The median of their streams' times to first token, milliseconds; `nil` where none was answered.
    public var ttftP50Ms: Double?
    /// The 99th percentile of them, milliseconds.
    public var ttftP99Ms: Double?
  }

  /// The policy.
  public var policy: SimulatedPolicy
  /// Requests that were answered in full.
  public var answered: Int
  /// Requests that were not.
  public var failed: Int
  /// How they failed, the most frequent first.
  public var failures: [Failure]
  /// Time to first token of streams that were answered in full, from arrival at the gateway, milliseconds.
  public var ttftMs: Times?
  /// Time to the whole answer of requests that are no streams, milliseconds.
  public var answerMs: Times?
  /// How far predicted and actual time to the first byte were apart, milliseconds; `nil` for policies
  /// that predict nothing.
  public var predictionErrorMs: Times?
  /// Attempts that were begun.
  public var attempts: Int
  /// Requests that needed more than one.
  public var failovers: Int
  /// Requests under way over an uplink when its serving satellite changed.
  public var handoffsHit: Int
  /// The uplinks, in the manifest's order.
  public var uplinks: [UplinkUse]
  /// The backends, in the manifest's order.
  public var backends: [BackendUse]
  /// The hours, in order.
  public var hours: [Hour]
  /// Time to first token at 101 shares of the answered streams, 0 % to 100 %, milliseconds; empty without
  /// any. For plots.
  public var ttftQuantilesMs: [Double]
}

extension PolicyReport {
  /// What all bytes and tokens cost, US dollars.
  public var costUsd: Double {
    uplinks.reduce(0) { $0 + $1.costUsd } + backends.reduce(0) { $0 + $1.costUsd }
  }
}
