import Calibration
import Decisions
import Fleet
import Network
import Orbits

/// Requests of one round trip each, over a recorded link and an independent second one: what the gateway's
/// decisions would have made of them.
///
/// Each ping of the recording is a request that arrives when the ping was sent. What decides is what decides in a
/// live gateway: ``Knowledge``, ``RoutingPolicy`` with its hedges, and ``AttemptBudget``; and they learn nothing
/// before it has happened. The links are as recorded, or drawn.
public struct LinkReplay: Sendable {
  /// What may be done for a request.
  public enum Method: Sendable, Equatable {
    /// The recorded link, whatever happens.
    case firstAlone
    /// The second link, whatever happens.
    case secondAlone
    /// Whichever is predicted to be the better one, with these hedges.
    case decided(HedgingSettings)
  }

  /// What became of the requests.
  public struct Outcome: Sendable, Equatable, Codable {
    /// How many there were.
    public var requests: Int
    /// Those that took longer than the limit, the lost ones included.
    public var late: Int
    /// Those that got no answer at all.
    public var lost: Int
    /// Second copies that went out.
    public var hedges: Int
    /// Those of them that answered first.
    public var hedgesWon: Int
    /// Requests whose first copy went over the recorded link.
    public var overFirst: Int
    /// The median of the answered ones, milliseconds.
    public var p50Ms: Double
    /// Their 95th percentile.
    public var p95Ms: Double
    /// Their 99th percentile.
    public var p99Ms: Double
    /// Their 99.9th percentile.
    public var p999Ms: Double
  }

  /// What is recorded, in the order of sending.
  public let pings: [Trace.Ping]
  /// The second link.
  public let second: SecondPath
  /// What is late, milliseconds.
  public let limitMs: Double

  /// A replay of `pings`, which are at least one and in the order of sending, beside a second link that is drawn
  /// from `seed`.
  public init(pings: [Trace.Ping], seed: UInt64, limitMs: Double = 200) {
    self.pings = pings
    self.limitMs = limitMs
    let start = pings.first?.sent ?? UTC(nanosecondsSince1970: 0)
    let end = pings.last?.sent ?? start
    second = SecondPath(seed: seed, start: start, seconds: end.seconds(since: start) + 60)
  }

  /// Replays the recording.
  public func run(_ method: Method) -> Outcome {
    var run = ReplayRun(self, method: method)
    return run.run()
  }

  /// What the recorded link does at `time`: what it did to the next ping that was sent.
  func firstRoundTripMs(at time: UTC) -> Double? {
    let next = pings.partitionPoint { $0.sent >= time }
    return next < pings.count ? pings[next].roundTripMs : nil
  }
}
