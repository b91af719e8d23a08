import Decisions
import Links
import Logging
import NIOCore
import NIOHTTP1
import Orbits

/// One request for inference, from its arrival to its end: carries out what ``RequestStateMachine``
/// decides. Confined to the event loop of the client's connection, and its upstreams with it.
final class Exchange {
  let loop: GatewayLoop
  let facts: RequestFacts
  let decision: RoutingDecision
  let request: InferenceRequest
  let clock: ClockRelation
  /// The client; it lets go of the exchange when it is over, and so breaks the cycle.
  let sink: any ClientSink

  var machine: RequestStateMachine
  var response: UpstreamResponse
  /// Where the attempt under way goes.
  var endpoint: Endpoint?
  var connection: UpstreamConnection?
  var pending: UpstreamPool.Pending?
  var attempts: [AttemptLog] = []
  /// The last two events with data: the count of tokens is in one of them.
  var lastEvents: [ByteBuffer] = []
  var usage: TokenUsage?
  var events = 0
  /// Bytes of answers held in memory.
  var heldBytes = 0

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
    response = Self.newResponse(loop, facts)
  }

  /// Begins with the best candidate, or answers that there is none.
  func begin() { perform(machine.start()) }

  /// Carries out actions until one leaves something to wait for.
  func perform(_ first: RequestStateMachine.Action?) {
    var next = first
    while let action = next {
      next = nil
      switch action {
      case .open(let candidate, let fresh):
        guard let failure = open(candidate, fresh: fresh) else { break }
        endAttempt(failure.fault, detail: failure.detail)
        next = machine.failed(failure.fault, wasStale: false, at: .now())
      case .giveUp(let fault): giveUp(fault)
      case .breakStream(let fault): breakStream(fault)
      }
    }
    sink.wake(at: machine.nextWake.map(NIODeadline.init))
  }

  /// Begins an attempt; gives what is in the way of it, if anything is.
  private func open(_ candidate: Int, fresh: Bool) -> UpstreamResponse.Unusable? {
    let scored = decision.ranked[candidate]
    let now = NIODeadline.now()
    response = Self.newResponse(loop, facts)
    attempts.append(
      AttemptLog(path: scored.path, predictedMs: scored.predictedMs, started: now))
    machine.opened(at: Instant(now))
    loop.router.attemptBegan(scored.path, request: facts.id)
    guard let endpoint = loop.router.endpoint(for: scored.path) else {
      return .init(fault: .linkNoPath, detail: "the path is gone")
    }
    self.endpoint = endpoint
    if !fresh, let kept = loop.pool.takeIdle(UpstreamPool.Key(endpoint)) {
      upstreamConnected(kept)
    } else {
      pending = loop.pool.connect(to: endpoint, for: self)
    }
    return nil
  }

  func sendRequest(to endpoint: Endpoint, over connection: UpstreamConnection) {
    let path = attempts[attempts.count - 1].path
    let name = loop.router.upstreamModelName(facts.model, backend: path.backend)
    let body =
      if let name, name != facts.model {
        request.content.renaming(request.body, to: name)
      } else {
        [request.body]
      }
    let upstream = UpstreamRequest(
      request.inference, endpoint: endpoint, body: body, isStream: facts.stream,
      client: request.headers, id: facts.id)
    attempts[attempts.count - 1].bytesUp = upstream.bodyBytes
    connection.send(upstream, for: self)
  }

  /// The attempt under way failed: drops its connection and does what comes next.
  func attemptFailed(_ fault: Fault, detail: String) {
    let isStale =
      attempts.last?.reusedConnection == true && response.head == nil && fault == .linkReset
    if isStale { attempts[attempts.count - 1].wasStale = true }
    dropUpstream()
    endAttempt(fault, detail: detail)
    perform(machine.failed(fault, wasStale: isStale, at: .now()))
  }

  /// The attempt under way is over; `fault` and `detail` say why where it did not succeed.
  func endAttempt(_ fault: Fault?, detail: String? = nil) {
    guard let last = attempts.indices.last, attempts[last].ended == nil else { return }
    attempts[last].ended = .now()
    attempts[last].fault = fault
    attempts[last].detail = detail
    if let fault {
      loop.logger.debug(
        "attempt failed",
        metadata: [
          "request": "\(facts.id)", "path": "\(attempts[last].path)",
          "fault": "\(fault.rawValue)", "detail": "\(detail ?? "")",
        ])
    }
    loop.router.attemptEnded(attempts[last].path, attempts[last].outcome)
  }

  private func dropUpstream() {
    pending?.cancel()
    pending = nil
    connection?.close()
    connection = nil
    freeHeldBytes()
  }

  func freeHeldBytes() {
    if heldBytes > 0 { loop.admission.bytesFreed(heldBytes) }
    heldBytes = 0
  }

  private static func newResponse(_ loop: GatewayLoop, _ facts: RequestFacts) -> UpstreamResponse {
    let limits = loop.configuration.limits
    return UpstreamResponse(
      isStream: facts.stream, maximumBytes: limits.maxResponseBytes,
      maximumEventBytes: limits.maxEventBytes)
  }
}

extension Exchange {
  /// The client has left: whatever is under way is cancelled at once.
  func clientLeft() {
    guard machine.finish() else { return }
    dropUpstream()
    endAttempt(.callerCancelled)
    readUsage()
    end(status: machine.hasBegun ? 200 : 499, fault: .callerCancelled, chosen: begun)
  }

  /// The client takes what is written again, or no more for now.
  func clientWritabilityChanged(_ isWritable: Bool) {
    guard machine.phase == .streaming else { return }
    connection?.setPaused(!isWritable)
    machine.clientIsSlow(!isWritable, at: .now())
  }

  /// Called at the time that was asked for.
  func wake() {
    switch machine.tick(at: .now()) {
    case .nothing: break
    case .heartbeat(let begins): beat(begins: begins)
    case .expired(.callerDeadline):
      return attemptFailed(.callerDeadline, detail: "the client's deadline passed")
    case .expired(let fault): return attemptFailed(fault, detail: "no progress in time")
    }
    sink.wake(at: machine.nextWake.map(NIODeadline.init))
  }

  /// Tells the router what became of the request. Called once, before the answer's last byte is written.
  func end(status: Int, fault: Fault?, chosen: AttemptLog? = nil) {
    freeHeldBytes()
    loop.admission.requestEnded()
    let firstByte = chosen?.firstByte.map { ($0 - clock.monotonic).milliseconds }
    let now = NIODeadline.now()
    loop.router.requestEnded(
      RequestRecord(
        facts: facts, decision: decision, attempts: attempts.map { $0.record(clock) },
        chosen: chosen?.path, predictedMs: chosen?.predictedMs, actualMs: chosen?.firstByteMs,
        timeToFirstByteMs: firstByte, status: status, usage: usage, events: events,
        ended: clock.utc(now), fault: fault))
  }
}
