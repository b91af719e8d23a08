import Decisions

/// A request's course in a test: the state machine with the world that it asks about.
struct Course {
  let waits: RequestStateMachine.Waits
  let isStream: Bool
  let pathMs: Double
  /// The candidates, as `backend` or `backend/uplink`.
  var ranked: [String]
  var hedge: HedgePlan?
  /// The longest silence of a stream that is usual of all of them, milliseconds.
  var longestGapMs: Double?
  /// Those of them whose link is known to be down.
  var down: Set<String> = []
  var machine: RequestStateMachine

  /// - Parameter checks: Whether links are looked at every 200 ms, or never.
  init(
    _ ranked: String..., hedge: HedgePlan? = nil, pathMs: Double = 50, stream: Bool = false,
    checks: Bool = true
  ) {
    self.ranked = ranked
    self.hedge = hedge
    self.pathMs = pathMs
    isStream = stream
    waits = RequestStateMachine.Waits(
      connect: .seconds(5), firstByte: .seconds(120), idle: .seconds(60), heartbeat: .seconds(10),
      linkCheck: checks ? .milliseconds(200) : .seconds(9_999))
    machine = RequestStateMachine(
      isStream: stream, deadline: Self.at(600), waits: waits, now: Self.at(0))
  }

  static func at(_ seconds: Double) -> Instant {
    Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
  }

  static func path(_ name: String) -> PathID {
    let parts = name.split(separator: "/")
    return PathID(
      backend: String(parts[0]), uplink: parts.count > 1 ? String(parts[1]) : PathID.localUplink)
  }

  func new(isUnsafe: Bool) -> RequestStateMachine {
    RequestStateMachine(
      isStream: isStream, isUnsafe: isUnsafe, deadline: Self.at(600), waits: waits,
      now: Self.at(0))
  }

  mutating func decide(retryAt: Double? = nil, at seconds: Double = 0)
    -> RequestStateMachine.Action?
  {
    let scored = ranked.map {
      var scored = RoutingDecision.Scored(
        path: Self.path($0), predictedMs: 100, pathMs: pathMs, serviceMs: 50, hops: [],
        nextChange: nil, reason: "test")
      scored.longestGapMs = longestGapMs
      return scored
    }
    var decision = RoutingDecision(ranked: scored, rejected: [])
    decision.hedge = hedge
    let paths = Set(down.map(Self.path))
    return machine.decided(
      decision, retryAt: retryAt.map(Self.at), at: Self.at(seconds), isDown: paths.contains)
  }

  mutating func open(_ candidate: Int, isHedge: Bool = false, at seconds: Double = 0) {
    _ = machine.opened(candidate: candidate, isHedge: isHedge, at: Self.at(seconds))
  }

  mutating func fail(
    _ number: Int, _ fault: Fault, stale: Bool = false, at seconds: Double
  ) -> RequestStateMachine.Action? {
    let paths = Set(down.map(Self.path))
    return machine.failed(
      number, fault, wasStale: stale, at: Self.at(seconds), isDown: paths.contains)
  }

  mutating func check(at seconds: Double) -> RequestStateMachine.Tick {
    let paths = Set(down.map(Self.path))
    return machine.checkLinks(at: Self.at(seconds), isDown: paths.contains)
  }
}
