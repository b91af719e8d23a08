/// How many requests a backend is given at a time, learned from how long it takes to begin an answer.
///
/// A backend that is given more than it can work on puts the rest into a queue of its own, where nobody's
/// priority counts and nothing can be turned away. It shows in the time to the first byte, so that is held
/// against the shortest of the last minutes (the gradient of Netflix's concurrency limits, on BBR's
/// two-window minimum). What is measured here is *service* time: the path's round trip has been taken off
/// before, or every handover to a longer path would look like overload.
public struct ConcurrencyLimit: Sendable, Equatable {
  /// What the limit begins with: what common model servers work on together.
  public static let initial = 256.0
  /// The least and the most it can become.
  public static let bounds = 1.0...1024.0
  /// How much longer than the shortest a service time may be before it counts as queueing: a factor, and
  /// milliseconds for what is uncertain about the path.
  static let toleratedFactor = 2.0
  static let toleratedMs = 50.0
  /// The share of each measurement's verdict that is taken over.
  static let smoothing = 0.2
  /// How long a shortest time counts: one to two of these.
  static let windowNs: Int64 = 120_000_000_000

  private struct Baseline: Sendable, Equatable {
    var current: Double
    var previous: Double
    var begun: Instant
  }

  /// The limit, in parts of a request.
  public private(set) var value = ConcurrencyLimit.initial
  private var baselines: [ServiceClass: Baseline] = [:]

  /// Requests whose service times can be compared with each other.
  public struct ServiceClass: Sendable, Hashable {
    /// The path that was asked for.
    public var endpoint: String
    /// Whether a stream was asked for: another answer is there only when it is complete.
    public var stream: Bool
    /// The binary logarithm of the request's KiB.
    public var length: Int

    /// The class of a request.
    public init(endpoint: String, stream: Bool, bytes: Int) {
      self.endpoint = endpoint
      self.stream = stream
      length = min(12, Int.bitWidth - max(0, bytes >> 10).leadingZeroBitCount)
    }
  }

  /// A limit that knows nothing yet.
  public init() {}

  /// The limit in whole requests.
  public var places: Int { Int(value) }

  /// Takes in the service time of one answer.
  ///
  /// - Parameter inFlight: Requests that the backend had when this one began, itself included.
  public mutating func observe(
    _ kind: ServiceClass, serviceMs: Double, inFlight: Int, at time: Instant
  ) {
    guard serviceMs.isFinite else { return }
    let measured = max(0, serviceMs)
    let shortest = shortest(kind, measured, at: time)
    let tolerated = shortest * Self.toleratedFactor + Self.toleratedMs
    if measured > tolerated {
      // What it had was too much: the limit is drawn to what it would have borne.
      let had = min(value, Double(max(1, inFlight)))
      let borne = had * max(0.5, tolerated / measured) + had.squareRoot()
      move(towards: min(value, borne))
    } else if Double(inFlight) * 2 > value {
      // What is not used cannot be known to be too little.
      move(towards: value + value.squareRoot())
    }
  }

  /// Takes in that the backend itself said that it has too much (429, 503).
  public mutating func overloaded(inFlight: Int) {
    let had = min(value, Double(max(1, inFlight)))
    move(towards: had * 0.5)
  }

  private mutating func move(towards target: Double) {
    let moved = value + (target - value) * Self.smoothing
    value = min(Self.bounds.upperBound, max(Self.bounds.lowerBound, moved))
  }

  private mutating func shortest(
    _ kind: ServiceClass, _ measured: Double, at time: Instant
  ) -> Double {
    var baseline =
      baselines[kind] ?? Baseline(current: measured, previous: .infinity, begun: time)
    if time.nanoseconds - baseline.begun.nanoseconds > Self.windowNs {
      baseline = Baseline(current: measured, previous: baseline.current, begun: time)
    }
    baseline.current = min(baseline.current, measured)
    baselines[kind] = baseline
    return min(baseline.current, baseline.previous)
  }
}
