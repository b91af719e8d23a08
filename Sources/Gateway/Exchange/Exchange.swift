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
  /// Who pays.
  let account: RequestAccount
  /// What the router decided last.
  private(set) var decision: RoutingDecision
  let request: InferenceRequest
  let clock: ClockRelation
  /// The client; it lets go of the exchange when it is over, and so breaks the cycle.
  let sink: any ClientSink

  var machine: RequestStateMachine
  /// All attempts, in order of their beginnings.
  var attempts: [Attempt] = []
  /// The last two events with data: the count of tokens is in one of them.
  var lastEvents: [ByteBuffer] = []
  var usage: AnswerUsage?
  var events = 0
  /// Set for a stream that can be gone on with when it breaks.
  var resume: StreamResume?
  /// Words a stream that is translated; one for all attempts, so that the client sees one stream.
  var writer: (any StreamWriter)?
  /// Whether another attempt would have been made, had there been budget for it.
  private(set) var isBudgetSpent = false
  /// Set for a stream of an answer that its backend keeps.
  var kept: KeptStream?
  /// Whether the client has been told who goes on with its stream.
  var isAnnounced = false
  /// How often the stream broke and was gone on with.
  var resumes = 0
  /// Since when nothing is under way, for want of a link.
  private var heldSince: NIODeadline?
  private var held = TimeAmount.zero
  /// A place that its next attempt uses.
  var place: PlaceQueue.Place?
  /// Set while it waits for a place.
  var waiting: PlaceWait?
  /// How long it has waited for places.
  var waited = TimeAmount.zero
  /// Why it got none.
  var refusal: PlaceQueue.Refusal?

  /// - Parameter deadline: When the client gives up, on the monotonic clock.
  init(
    loop: GatewayLoop, sink: any ClientSink, request: InferenceRequest, facts: RequestFacts,
    account: RequestAccount,
    decision: RoutingDecision, clock: ClockRelation, deadline: NIODeadline
  ) {
    self.loop = loop
    self.sink = sink
    self.request = request
    self.facts = facts
    self.account = account
    self.decision = decision
    self.clock = clock
    machine = RequestStateMachine(
      isStream: facts.stream, isUnsafe: facts.isUnsafe, deadline: Instant(deadline),
      waits: loop.waits, now: Instant(clock.monotonic))
  }

  /// Begins with the best candidate, or answers that there is none.
  func begin() { perform(decided()) }

  private func decided() -> RequestStateMachine.Action? {
    let retryAt = decision.retryAt.map { Instant(clock.monotonic(at: $0)) }
    return machine.decided(
      decision, retryAt: retryAt, at: .now(), isDown: loop.router.isDown)
  }

  /// Carries out actions until one leaves something to wait for.
  func perform(_ first: RequestStateMachine.Action?) {
    var next = first
    while let action = next {
      next = nil
      switch action {
      case .open(let candidate, let fresh): next = open(candidate, fresh: fresh)
      case .hedge(let candidate):
        if let place = placeForHedge(candidate) {
          next = begin(candidate, on: place, fresh: false, isHedge: true)
        }
      case .resume(let candidate): next = resumeStream(with: candidate)
      case .cancel(let number):
        partFromKept(attempts[number], winner: machine.winner.map { attempts[$0] })
        attempts[number].lose()
      case .hold: heldSince = heldSince ?? .now()
      case .decideAgain:
        decision = loop.router.decideAgain(facts)
        noteContinuance()
        next = decided()
      case .giveUp(let fault): giveUp(fault)
      case .breakStream(let fault): breakStream(fault)
      }
    }
    dropPlace()
    rearm()
  }

  private func open(_ candidate: Int, fresh: Bool) -> RequestStateMachine.Action? {
    // Over a new connection it is the same attempt again, of which no backend has seen anything.
    if !attempts.isEmpty, !fresh, !loop.router.mayRetry(decision.ranked[candidate].path) {
      isBudgetSpent = true
      return machine.denied()
    }
    guard let place = placeAtOnce(candidate) else { return awaitPlace(candidate, fresh: fresh) }
    return begin(candidate, on: place, fresh: fresh)
  }

  /// Begins an attempt; gives what to do if it fails at once.
  func begin(
    _ candidate: Int, on place: PlaceQueue.Place, fresh: Bool, isHedge: Bool = false
  ) -> RequestStateMachine.Action? {
    endHold()
    if !machine.hasContent {
      // Nothing of what came before has gone out: this one begins anew.
      (kept, resume, writer, usage) = (nil, nil, nil, nil)
      machine.continuance = .none
    }
    let number = machine.opened(candidate: candidate, isHedge: isHedge, at: .now())
    let attempt = Attempt(
      number, for: self, over: decision.ranked[candidate], on: place, isHedge: isHedge)
    for earlier in attempts where earlier.isOver { earlier.forgetAnswer() }
    attempts.append(attempt)
    guard let failure = attempt.begin(fresh: fresh) else { return nil }
    return fail(attempt, failure.fault, detail: failure.detail)
  }

  func endHold() {
    guard let since = heldSince else { return }
    held = held + (NIODeadline.now() - since)
    heldSince = nil
  }

  private func fail(
    _ attempt: Attempt, _ fault: Fault, detail: String
  ) -> RequestStateMachine.Action? {
    let isStale = attempt.isStale(fault)
    if isStale { keepPlace(of: attempt) }
    let fault = isStale ? fault : cause(of: fault, in: attempt)
    // What a backend does not have, or won't give, is not asked for again.
    if fault == .providerRefused, attempt.log.isFollowUp { loseKept() }
    attempt.end(fault, detail: detail)
    return machine.failed(
      attempt.number, fault, wasStale: isStale, at: .now(), isDown: loop.router.isDown)
  }

  /// Asks to be woken when something is due. Once it is over the timer is another request's.
  private func rearm() {
    if !machine.isOver {
      sink.wake(at: (waiting?.until ?? machine.nextWake).map(NIODeadline.init))
    }
  }
}

/// What attempts report.
extension Exchange {
  /// The connection stands, or more of the request has been sent.
  func awaitsAnswer(_ attempt: Attempt) {
    machine.awaitAnswer(attempt.number, isNew: !attempt.log.reusedConnection, at: .now())
    rearm()
  }

  /// The head of an answer has come.
  func receivedHead(_ attempt: Attempt, _ kind: UpstreamResponse.Kind) {
    switch kind {
    case .json, .rejection:
      perform(machine.receivedHead(attempt.number, isError: false, at: .now()))
    case .failure:
      perform(machine.receivedHead(attempt.number, isError: true, at: .now()))
    case .events:
      if attempt.log.isFollowUp {
        machine.reattached(attempt.number, at: .now())
      } else {
        machine.heard(attempt.number, at: .now())
      }
      rearm()
    }
  }

  /// More of an answer has come, or a sign that one is coming.
  func progressed(_ attempt: Attempt) { machine.progressed(attempt.number, at: .now()) }

  /// The first content of a stream has come.
  func receivedContent(_ attempt: Attempt) {
    perform(machine.receivedContent(attempt.number, at: .now()))
    if attempts.count > 1, kept == nil { releaseKept(butOf: attempt) }
  }

  /// All events that a read brought have gone to the client.
  func forwardedEvents(of attempt: Attempt) {
    // A client that was slow to take comments already gives no new sign of it.
    if !sink.isWritable { clientWritabilityChanged(false) }
    rearm()
  }

  /// An attempt failed: does what comes next.
  func failed(_ attempt: Attempt, _ fault: Fault, detail: String) {
    perform(fail(attempt, fault, detail: detail))
  }

  /// What is behind a fault, where the router knows more of the link than the connection tells.
  private func cause(of fault: Fault, in attempt: Attempt) -> Fault {
    guard fault.isOfPath else { return fault }
    return fault.explained(
      isLinkDown: loop.router.isDown(attempt.log.path), isSent: attempt.isSent,
      sinceChange: attempt.nextChange.map { Instant.now() - Instant(clock.monotonic(at: $0)) })
  }
}

/// What the client and its clock bring.
extension Exchange {
  /// The client has left: whatever is under way is cancelled at once.
  func clientLeft() {
    guard machine.finish() else { return }
    leaveQueue()
    for attempt in attempts where !attempt.isOver {
      partFromKept(attempt, winner: nil)
      attempt.end(.callerCancelled)
    }
    readUsage()
    end(status: machine.hasBegun ? 200 : 499, fault: .callerCancelled, chosen: begun)
  }

  /// The client takes what is written again, or no more for now.
  func clientWritabilityChanged(_ isWritable: Bool) {
    guard machine.isStreaming, let winner = machine.winner else { return }
    attempts[winner].setPaused(!isWritable)
    machine.clientIsSlow(!isWritable, at: .now())
  }

  /// Called at the time that was asked for.
  func wake() {
    if waiting != nil { return lookForPlace() }
    while true {
      var tick = machine.tick(at: .now())
      if tick == .checkLinks {
        tick = machine.checkLinks(at: .now(), isDown: isDown)
        if tick == .nothing { continue }
      }
      switch tick {
      case .nothing, .checkLinks: return rearm()
      case .heartbeat(let begins): beat(begins: begins)
      case .expired(let number, let fault):
        failed(attempts[number], fault, detail: Self.detail(of: fault))
      case .act(let action): perform(action)
      }
    }
  }

  /// Whether the link of a path is known to be down, or TCP finds that nothing gets through.
  private func isDown(_ path: PathID) -> Bool {
    loop.router.isDown(path)
      || attempts.contains { !$0.isOver && $0.log.path == path && $0.isCutOff }
  }

  private static func detail(of fault: Fault) -> String {
    switch fault {
    case .callerDeadline: "the client's deadline passed"
    case .linkOutage: "the link is down"
    case .linkConnectTimeout: "no connection in time"
    default: "no progress in time"
    }
  }

  /// Tells the router what became of the request. Called once, before the answer's last byte is written.
  func end(status: Int, fault: Fault?, chosen: AttemptLog? = nil, bill known: Bill? = nil) {
    loop.admission.requestEnded()
    endHold()
    releaseKept(isWhole: fault == nil)
    let firstByte = chosen?.firstByte.map { ($0 - clock.monotonic).milliseconds }
    let now = NIODeadline.now()
    let bill = known ?? bill(chosen: chosen)
    settle(bill, at: now)
    loop.requestEnded(
      RequestRecord(
        facts: facts, decision: decision, attempts: attempts.map { $0.log.record(clock) },
        chosen: chosen?.path, predictedMs: chosen?.predictedMs, actualMs: chosen?.firstByteMs,
        timeToFirstByteMs: firstByte, status: status, usage: usage, events: events,
        longestGapMs: facts.stream ? TimeAmount(machine.longestGap).milliseconds : nil,
        resumes: resumes, heldMs: held.milliseconds, waitedMs: waited.milliseconds,
        ended: clock.utc(now), fault: fault, cost: bill.cost, trace: request.trace))
  }
}
