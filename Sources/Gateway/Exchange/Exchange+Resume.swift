import Decisions
import Dialects
import Fleet
import NIOCore

/// Streams that break and go on.
extension Exchange {
  /// Sends an event of an attempt on: as it is, or as what goes on after a break.
  func forward(_ event: SSEEvent, data: ByteBuffer?, isTerminal: Bool, from attempt: Attempt) {
    if events == 0, resume == nil, kept == nil { followStream(of: attempt) }
    if data != nil { attempt.log.events += 1 } else { progressed(attempt) }
    if kept != nil, let data {
      return forwardKept(event, data: data, isTerminal: isTerminal, from: attempt)
    }
    guard resume != nil, let data else {
      return deliver(event, data: data, isTerminal: isTerminal, from: attempt)
    }
    if attempt === resume?.first {
      if !isTerminal, resume?.follow(data) == false {
        return failed(attempt, .providerErrorEvent, detail: "an error within the stream")
      }
      return deliver(event, data: data, isTerminal: isTerminal, from: attempt)
    }
    if let usage = AnswerScan(data)?.usage { attempt.log.ownUsage = usage }
    join(resume?.receive(isTerminal ? nil : data) ?? .failed, from: attempt)
  }

  /// A stream is followed if some candidate could go on with it.
  private func followStream(of attempt: Attempt) {
    if attempt.kept != nil { return followKept(attempt) }
    guard facts.stream, !facts.isUnsafe, let form = attempt.form,
      decision.ranked.contains(where: { goesOn($0.path.backend, form) })
    else { return }
    resume = StreamResume(of: attempt, form: form)
    noteContinuance()
  }

  /// Tells the machine who could go on, as far as the router knows backends by now.
  func noteContinuance() {
    guard let form = resume?.answer.form else { return }
    let backends = Set(decision.ranked.map(\.path.backend)).filter { goesOn($0, form) }
    if case .fromText(let known) = machine.continuance {
      machine.continuance = .fromText(by: known.union(backends))
    } else {
      machine.continuance = .fromText(by: backends)
    }
  }

  private func goesOn(_ backend: String, _ form: StreamedAnswer.Form) -> Bool {
    loop.router.resumption(of: backend) == .prefill
      && loop.router.families(of: backend).contains(form == .chat ? .chat : .completions)
  }

  /// Sends on what a continuation lets out.
  private func join(_ passage: Continuation.Passage, from attempt: Attempt) {
    switch passage {
    case .write(let events):
      progressed(attempt)
      deliver(events, from: attempt)
    case .end(let events):
      deliver(events, from: attempt)
      guard !attempt.isOver else { return }
      deliver(.done, data: SSEEvent.done.data(), isTerminal: true, from: attempt)
    case .failed: failed(attempt, .providerErrorEvent, detail: "an error within the stream")
    case .unfit(let obstacle):
      failed(attempt, .providerDiverged, detail: "\(obstacle)")
    }
  }

  private func deliver(_ events: [[UInt8]], from attempt: Attempt) {
    if !events.isEmpty { announce(attempt) }
    for data in events where !attempt.isOver {
      let event = SSEEvent(data: data)
      deliver(event, data: event.data(), isTerminal: false, from: attempt)
    }
  }

  /// Says once where the seam is.
  func announce(_ attempt: Attempt) {
    guard !isAnnounced else { return }
    isAnnounced = true
    let path = attempt.log.path
    sink.writeStream(
      request.shape.comment(
        "perigee: resumed on \(path.backend) over \(path.uplink) after \(events) events"))
  }

  /// Goes on with a stream that broke; gives what to do if that can't be.
  func resumeStream(with candidate: Int) -> RequestStateMachine.Action? {
    if kept != nil { return goOn(with: candidate) }
    guard case .ask(let continuation)? = resume?.sequel(),
      !(continuation.isOnlyUsage && request.hidesUsage),
      loop.router.mayRetry(decision.ranked[candidate].path)
    else { return machine.denied() }
    for data in continuation.opening { show(data) }
    resume?.continuation = continuation
    return goOn(with: candidate)
  }

  /// Asks a candidate for what follows in a stream that broke.
  private func goOn(with candidate: Int) -> RequestStateMachine.Action? {
    isAnnounced = false
    resumes += 1
    // Its own place has just come free, and the client has a part of the answer: it does not queue again.
    let place = loop.router.places.takeAnyPlace(on: decision.ranked[candidate].path, at: .now())
    // A connection that was kept may have died with the one that broke.
    return begin(candidate, on: place, fresh: true)
  }

  /// Ends a broken stream whose text has all gone out as what it is: complete. False if it has not.
  func closeBrokenStream(_ sequel: Sequel?) -> Bool {
    switch sequel {
    case .close(let events): for data in events { show(data) }
    case .ask(let continuation) where continuation.isOnlyUsage:
      for data in continuation.opening { show(data) }
    default: return false
    }
    readUsage()
    end(status: 200, fault: nil, chosen: begun)
    sink.writeStream(request.shape.comment("perigee: the stream broke after the whole answer"))
    sink.endStream(words(of: .done) ?? ByteBuffer())
    return true
  }

  /// Sends an event of the gateway's own making.
  private func show(_ data: [UInt8]) {
    let event = SSEEvent(data: data)
    if let data = event.data() { _ = resume?.follow(data) }
    events += 1
    if let bytes = words(of: event) { sink.writeStream(bytes) }
  }

  private func words(of event: SSEEvent) -> ByteBuffer? {
    guard let first = resume?.first else { return nil }
    return try? worded(event, event.data(), from: first)
  }
}
