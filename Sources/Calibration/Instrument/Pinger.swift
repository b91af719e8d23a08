import Network
import Orbits

/// The tool that made a trace: when it sends, how long it waits, and what drops its requests.
///
/// A model is held against a trace by pinging it with the same tool: a tool that waits 5 s for a lost
/// answer is blind for 5 s, and must be as blind to the model's losses.
public struct Pinger: Sendable, Equatable {
  /// When the next request goes out.
  public enum Pace: Sendable, Equatable {
    /// This long after the answer to the one before, or after its timeout, milliseconds.
    case afterAnswer(pauseMs: Double)
    /// At even distances, milliseconds.
    case every(intervalMs: Double)
  }

  /// When requests go out.
  public var pace: Pace
  /// How long it waits for an answer, milliseconds.
  public var timeoutMs: Double
  /// What answers only so many requests; `nil` where all are answered.
  public var policer: EchoPolicer?

  /// Creates a tool.
  public init(pace: Pace, timeoutMs: Double, policer: EchoPolicer? = nil) {
    self.pace = pace
    self.timeoutMs = timeoutMs
    self.policer = policer
  }

  /// The tool that made `trace`, as far as the trace shows it.
  public init(of trace: Trace) {
    var steps: [Double] = []
    var pauses: [Double] = []
    var blind: [Double] = []
    for (ping, next) in zip(trace.pings, trace.pings.dropFirst()) {
      let stepMs = next.sent.seconds(since: ping.sent) * 1_000
      if let roundTripMs = ping.roundTripMs {
        steps.append(stepMs)
        pauses.append(stepMs - roundTripMs)
      } else {
        blind.append(stepMs)
      }
    }
    policer = EchoPolicer.find(in: trace)
    let pause = pauses.quantile(0.5)
    if steps.count >= 2, pauses.spread < steps.spread / 2, pause >= 0 {
      pace = .afterAnswer(pauseMs: pause)
      timeoutMs = blind.isEmpty ? 5_000 : max(0, blind.quantile(0.5) - pause)
    } else {
      pace = .every(intervalMs: steps.isEmpty ? 1_000 : max(1, steps.quantile(0.5)))
      timeoutMs = 5_000
    }
  }

  /// Pings `link` from `start` until `end`; propagation takes `propagationMs` there and back.
  ///
  /// `seed` tells the packets of one run from those of another. At most `limit` pings.
  public func ping(
    _ link: LinkRealisation, from start: UTC, until end: UTC, propagationMs: Double,
    seed: UInt64, limit: Int
  ) -> Trace {
    var random = SplitMix64(seed: seed)
    var pings: [Trace.Ping] = []
    var now = start
    var slack = 0.0
    var conditions = link.conditions(in: Slot(containing: start))
    while now < end, pings.count < limit {
      if now >= conditions.slot.end { conditions = link.conditions(in: Slot(containing: now)) }
      var roundTripMs = conditions.roundTripMs(at: now, load: 0, random: &random)
        .map { $0 + propagationMs }.flatMap { $0 <= timeoutMs ? $0 : nil }
      var waitMs = roundTripMs ?? timeoutMs
      if let policer,
        policer.excess(number: pings.count + 1, seconds: now.seconds(since: start)) >= slack
      {
        let isRefused = Double.random(in: 0..<1, using: &random) < policer.refusalShare
        // An error comes back as an answer would.
        if !isRefused { waitMs = timeoutMs }
        roundTripMs = nil
        slack = policer.slackRequests * Double.random(in: 0..<1, using: &random)
      }
      pings.append(Trace.Ping(sent: now, roundTripMs: roundTripMs))
      switch pace {
      case .every(let intervalMs): now = now.adding(seconds: intervalMs / 1_000)
      case .afterAnswer(let pauseMs): now = now.adding(seconds: (waitMs + pauseMs) / 1_000)
      }
    }
    return Trace(pings: pings)
  }
}
