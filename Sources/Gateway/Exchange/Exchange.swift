import Decisions
import Dialects
import NIOCore
import NIOHTTP1
import Orbits

/// One request for inference, from its arrival to its end: carries out what ``RequestStateMachine``
/// decides. Confined to the event loop of the client's connection, and its attempts with it.
final class Exchange {
  let loop: GatewayLoop
  let facts: RequestFacts
  let decision: RoutingDecision
  let request: InferenceRequest
  let clock: ClockRelation
  /// The client; it lets go of the exchange when it is over, and so breaks the cycle.
  let sink: any ClientSink

  var machine: RequestStateMachine
  /// All attempts, in order of their beginnings.
  var attempts: [Attempt] = []
  /// The last two events with data: the count of tokens is in one of them.
  var lastEvents: [ByteBuffer] = []
  var usage: TokenUsage?
  var events = 0
  /// Words a stream that is translated; one for all attempts, so that the client sees one stream.
  var writer: (any StreamWriter)?

  /// - Parameter deadline: When the client gives up, on the monotonic clock.
  init(
    loop: GatewayLoop, sink: any ClientSink, request: InferenceRequest, facts: RequestFacts,
    decision: RoutingDecision, clock: ClockRelation, deadline: NIODeadline
  ) {
    self.loop = loop
    self.sink = sink
    self.request = request
    self.facts = facts
    self.decision = decision
    self.clock = clock
    machine = RequestStateMachine(
      candidates: decision.ranked.count, isStream: facts.stream,
      deadline: Instant(deadline), waits: loop.waits, now: Instant(clock.monotonic))
  }

  /// Begins with the best candidate, or answers that there is none.
  func begin() { perform(machine.start()) }

  /// Carries out actions until one leaves something to wait for.
  func perform(_ first: RequestStateMachine.Action?) {
    var next = first
    while let action = next {
      next = nil
      switch action {
      case .open(let candidate, let fresh): next = open(candidate, fresh: fresh)
      case .giveUp(let fault): giveUp(fault)
      case .breakStream(let fault): breakStream(fault)
      }
    }
    rearm()
  }

  /// Begins an attempt; gives what to do if it fails at once.
  private func open(_ candidate: Int, fresh: Bool) -> RequestStateMachine.Action? {
    let attempt = Attempt(for: self, over: decision.ranked[candidate])
    attempts.append(attempt)
    machine.opened(at: Instant(attempt.log.started))
    loop.router.attemptBegan(attempt.log.path, request: facts.id)
    guard let failure = attempt.begin(fresh: fresh) else { return nil }
    attempt.end(failure.fault, detail: failure.detail)
    return machine.failed(failure.fault, wasStale: false, at: .now())
  }

  /// Asks to be woken when something is due.
  private func rearm() { sink.wake(at: machine.nextWake.map(NIODeadline.init)) }
}

/// What attempts report.
extension Exchange {
  /// The connection stands, or more of the request has been sent.
  func awaitsAnswer(_ attempt: Attempt) {
    machine.awaitAnswer(at: .now())
    rearm()
  }

  /// The head of an answer has come.
  func receivedHead(_ attempt: Attempt, _ kind: UpstreamResponse.Kind) {
    switch kind {
    case .json, .rejection: machine.receivedHead(isError: false, at: .now())
    case .failure: machine.receivedHead(isError: true, at: .now())
    case .events: break
    }
    rearm()
  }

  /// More of an answer that is no stream has come.
  func progressed(_ attempt: Attempt) { machine.progressed(at: .now()) }

  /// All events that a read brought have gone to the client.
  func forwardedEvents(of attempt: Attempt) {
    // A client that was slow to take comments already gives no new sign of it.
    if !sink.isWritable { clientWritabilityChanged(false) }
    rearm()
  }

  /// An attempt failed: does what comes next.
  func failed(_ attempt: Attempt, _ fault: Fault, detail: String) {
    let isStale = attempt.isStale(fault)
    attempt.end(fault, detail: detail)
    perform(machine.failed(fault, wasStale: isStale, at: .now()))
  }
}

/// What the client and its clock bring.
extension Exchange {
  /// The client has left: whatever is under way is cancelled at once.
  func clientLeft() {
    guard machine.finish() else { return }
    for attempt in attempts where !attempt.isOver { attempt.end(.callerCancelled) }
    readUsage()
    end(status: machine.hasBegun ? 200 : 499, fault: .callerCancelled, chosen: begun)
  }

  /// The client takes what is written again, or no more for now.
  func clientWritabilityChanged(_ isWritable: Bool) {
    guard machine.phase == .streaming else { return }
    attempts.last?.setPaused(!isWritable)
    machine.clientIsSlow(!isWritable, at: .now())
  }

  /// Called at the time that was asked for.
  func wake() {
    switch machine.tick(at: .now()) {
    case .nothing: break
    case .heartbeat(let begins): beat(begins: begins)
    case .expired(let fault):
      let detail =
        fault == .callerDeadline ? "the client's deadline passed" : "no progress in time"
      if let attempt = attempts.last { return failed(attempt, fault, detail: detail) }
    }
    rearm()
  }

  /// Tells the router what became of the request. Called once, before the answer's last byte is written.
  func end(status: Int, fault: Fault?, chosen: AttemptLog? = nil) {
    loop.admission.requestEnded()
    let firstByte = chosen?.firstByte.map { ($0 - clock.monotonic).milliseconds }
    loop.router.requestEnded(
      RequestRecord(
        facts: facts, decision: decision, attempts: attempts.map { $0.log.record(clock) },
        chosen: chosen?.path, predictedMs: chosen?.predictedMs, actualMs: chosen?.firstByteMs,
        timeToFirstByteMs: firstByte, status: status, usage: usage, events: events,
        ended: clock.utc(.now()), fault: fault, trace: request.trace))
  }
}
