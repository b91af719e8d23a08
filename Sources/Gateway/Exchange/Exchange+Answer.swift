import Decisions
import Dialects
import NIOCore
import NIOHTTP1
import Orbits

/// What goes to the client.
extension Exchange {
  /// Sends the complete answer of an attempt.
  func sendAnswer(of attempt: Attempt, usage: AnswerUsage? = nil, fault: Fault? = nil) {
    guard !isTooLateFor(attempt) else { return }
    guard machine.finish(), let status = attempt.response.head?.status else { return }
    self.usage = usage
    attempt.end(nil, keepsConnection: true)
    // An error that a count is estimated from is an answer without having been the first.
    for other in attempts where !other.isOver { other.lose() }
    if fault != nil {
      end(status: Int(status.code), fault: fault, chosen: attempt.log)
      return sendError(of: attempt, status)
    }
    let body = attempt.answer
    if case .tokenized = attempt.passage {
      let fields = countFields(attempt, isEstimate: attempt.isEstimate)
      end(status: 200, fault: nil, chosen: attempt.log)
      return sink.send(.ok, fields, body)
    }
    let bill = bill(chosen: attempt.log)
    var fields = answerFields(attempt, attempt.response.visibleFields())
    fields += bill.fields
    end(status: Int(status.code), fault: nil, chosen: attempt.log, bill: bill)
    sink.send(status, fields, body)
  }

  /// The fields of an answer that says how many tokens a request has.
  private func countFields(_ attempt: Attempt?, isEstimate: Bool) -> HeaderFields {
    let fields = answerFields(attempt, [("content-type", "application/json")])
    return isEstimate ? fields + [("x-perigee-estimate", "input_tokens")] : fields
  }

  /// Sends the error that a backend answered with, in the client's words.
  private func sendError(of attempt: Attempt, _ status: HTTPResponseStatus) {
    let fields = answerFields(attempt, attempt.response.visibleFields())
    let dialect = attempt.passage.dialect(of: request.inference)
    let body = attempt.response.body
    guard case .translated(let translation) = attempt.passage,
      APIShape(dialect).isAnthropic != request.shape.isAnthropic,
      let error = body.withUnsafeReadableBytes({ translation.error($0, status: Int(status.code)) })
    else { return sink.send(status, fields, body) }
    let code = request.shape.isAnthropic || status.code != 529 ? status : .serviceUnavailable
    sink.send(code, fields, ByteBuffer(bytes: error))
  }

  /// Once a stream has begun, the answer that is none fails the attempt.
  private func isTooLateFor(_ attempt: Attempt) -> Bool {
    guard machine.hasBegun, let status = attempt.response.head?.status.code else { return false }
    let fault = machine.hasContent ? Fault.providerRefused : .callerRejected
    failed(attempt, fault, detail: "refused with status \(status)")
    return true
  }

  /// Sends an event to the client; the last one ends the exchange.
  func deliver(
    _ event: SSEEvent, data: ByteBuffer?, isTerminal: Bool, from attempt: Attempt
  ) {
    let bytes: ByteBuffer
    do throws(UpstreamResponse.Unusable) {
      guard let worded = try worded(event, data, from: resume?.first ?? kept?.first ?? attempt)
      else { return }
      bytes = worded
    } catch {
      // It would be the same again.
      loseKept()
      return failed(attempt, error.fault, detail: error.detail)
    }
    if machine.forwardEvent(attempt.number, at: .now()) {
      sink.beginStream(streamFields(attempt))
    } else if events == 0 {
      sink.writeStream(request.shape.comment(pathComment(attempt)))
    }
    events += data == nil ? 0 : 1
    guard isTerminal else {
      if let data { remember(data) }
      sink.writeStream(bytes)
      return
    }
    guard machine.finish() else { return }
    if let data { remember(data) }
    attempt.end(nil, keepsConnection: true)
    readUsage()
    let bill = bill(chosen: begun)
    end(status: 200, fault: nil, chosen: begun, bill: bill)
    var last = bill.comment ?? ByteBuffer()
    last.writeImmutableBuffer(bytes)
    sink.endStream(last)
  }

  /// An event in the client's words; `nil` where it has nothing to say to the client.
  func worded(
    _ event: SSEEvent, _ data: ByteBuffer?, from attempt: Attempt
  ) throws(UpstreamResponse.Unusable) -> ByteBuffer? {
    guard let steps = try attempt.steps(of: data) else {
      guard request.hidesUsage, let data, AnswerScan.hasNoChoices(data) else { return event.bytes }
      remember(data)
      return nil
    }
    if writer == nil, case .translated(let translation) = attempt.passage {
      writer = translation.writer()
    }
    var out: [UInt8] = []
    for step in steps {
      if case .usage(let count) = step { usage = count }
      if case .failed(let error) = step {
        throw .init(
          fault: .providerErrorEvent, detail: "the backend failed: \(error.message.prefix(200))")
      }
      writer?.write(step, to: &out)
    }
    return out.isEmpty ? nil : ByteBuffer(bytes: out)
  }

  private func remember(_ data: ByteBuffer) {
    if lastEvents.count == 2 { lastEvents.removeFirst() }
    lastEvents.append(data)
    // Messages count the prompt in their first event.
    if events == 1, request.inference == .messages, usage == nil { usage = AnswerScan(data)?.usage }
  }

  /// The attempt whose events have gone to the client.
  var begun: AttemptLog? {
    if let first = resume?.first ?? kept?.first { return first.log }
    return events > 0 ? attempts.last { $0.log.events > 0 }?.log : nil
  }

  /// The attempt that is to answer for a failure: the last one that was not just too late.
  private var lastTried: Attempt? { attempts.last { $0.log.fault != .policyHedgeLost } }

  /// Reads what the backend has counted so far, where it says so in its events.
  func readUsage() {
    if writer != nil { return }
    for data in lastEvents.reversed() {
      guard let scan = AnswerScan(data) else { continue }
      if let whole = scan.usage {
        usage = whole
      } else if let output = scan.outputTokens {
        usage?.output = output
      } else {
        continue
      }
      return
    }
  }

  /// Sends a comment, so that nobody on the way takes the connection for dead.
  func beat(begins: Bool) {
    if begins { sink.beginStream(streamFields(attempts.last)) }
    guard sink.isWritable else { return }
    let wait = events > 0 ? "the stream broke and is being resumed" : "waiting for the first token"
    sink.writeStream(request.shape.heartbeat("perigee: \(wait)"))
  }

  /// Ends a stream that cannot be completed.
  func breakStream(_ fault: Fault) {
    let sequel = resume?.sequel()
    if closeBrokenStream(sequel) { return }
    let why =
      if case .none(let obstacle)? = sequel { " It can't be gone on with: \(obstacle)." } else {
        ""
      }
    readUsage()
    end(status: 200, fault: fault, chosen: begun)
    let detail = lastTried?.log.detail.map { " (\($0))" } ?? ""
    let error =
      if let refusal, fault.isOfQueue {
        turnedAwayError(refusal)
      } else {
        APIError(
          .badGateway, fault,
          events > 0
            ? "The stream broke before it was complete\(detail). What has come so far is not the "
              + "whole answer: send the request again.\(why)"
            : failureMessage(), code: "stream_interrupted")
      }
    if sink.isWritable {
      sink.writeStream(errorEvent(error))
    }
    sink.breakStream()
  }

  /// The last event of a stream that has failed: the next one of those that went out.
  private func errorEvent(_ error: APIError) -> ByteBuffer {
    if request.shape == .responses, writer != nil {
      var out: [UInt8] = []
      writer?.write(.failed(AnswerError(message: error.message, code: error.code)), to: &out)
      return ByteBuffer(bytes: out)
    }
    let number = lastEvents.last.flatMap(AnswerScan.sequenceNumber)
    return request.shape.errorEvent(error, request: facts.id, after: number)
  }

  /// Answers that every candidate failed, or that there was none.
  func giveUp(_ fault: Fault) {
    if request.inference == .countTokens, sendEstimate() { return }
    if let refusal, fault.isOfQueue {
      end(status: 429, fault: fault)
      return sink.send(turnedAwayError(refusal), answerFields(nil, []))
    }
    let last = lastTried
    if !fault.isOfLink, let response = last?.response, case .failure(let kind) = response.kind,
      kind != .providerRefused, let status = response.head?.status,
      AnswerScan(response.body) != nil
    {
      end(status: Int(status.code), fault: fault)
      if let last { sendError(of: last, status) }
      return
    }
    let error = attempts.isEmpty ? noPathError(fault) : exhaustedError(fault)
    let fields = answerFields(last, [])
    end(status: Int(error.status.code), fault: error.fault)
    sink.send(error, fields)
  }

  /// Tokens can be estimated whatever becomes of the paths.
  private func sendEstimate() -> Bool {
    let count = request.body.withUnsafeReadableBytes { bytes in
      try? TokenCount(messages: bytes, upstreamModel: facts.model)
    }
    guard let count else { return false }
    let fields = countFields(attempts.last, isEstimate: true)
    end(status: 200, fault: nil)
    sink.send(.ok, fields, ByteBuffer(bytes: count.answer(nil)))
    return true
  }

  private func exhaustedError(_ fault: Fault) -> APIError {
    if let refusal = lastTried?.refusal {
      return APIError(
        .badRequest, .callerUnsupported, refusal.message, code: "unsupported_value",
        param: refusal.field)
    }
    let status: HTTPResponseStatus =
      fault.isTimeout
      ? .gatewayTimeout : fault.rawValue.hasPrefix("provider") ? .badGateway : .serviceUnavailable
    return APIError(
      status, fault, failureMessage() + (fault.isOfLink ? forecastHint() : ""),
      retryAfter: retryAfter(fault))
  }

  /// When to come again, seconds: once the forecast has a way; else after a while, longer where many
  /// others are being asked to.
  private func retryAfter(_ fault: Fault) -> Int {
    guard fault.isOfLink else { return isBudgetSpent ? 5 : 1 }
    let wait = decision.retryAt.map { $0.seconds(since: loop.now()) } ?? 5
    return Int(min(120, max(1, wait.rounded(.up))))
  }

  private func forecastHint() -> String {
    decision.retryAt.map { " The forecast expects a way at \($0)." } ?? ""
  }

  private func failureMessage() -> String {
    let tried = attempts.suffix(5).map { "\($0.log.path): \($0.log.detail ?? "failed")" }
    let reasons = rejectionReasons()
    return "No path answered. Tried \(tried.joined(separator: "; ")). "
      + (reasons.isEmpty ? "" : "Not tried: \(reasons). ")
      + (isBudgetSpent ? "No other was tried: too many requests are being tried again now. " : "")
      + "`perigee explain \(facts.id)` shows what was considered; check that the backends run."
  }

  /// Why other paths were not considered.
  private func rejectionReasons() -> String {
    decision.rejected.prefix(5).map { "\($0.path): \($0.reason)" }.joined(separator: "; ")
  }

  private func noPathError(_ fault: Fault) -> APIError {
    let reasons = rejectionReasons()
    return APIError(
      fault == .callerDeadline ? .gatewayTimeout : .serviceUnavailable, fault,
      "There is no way to a backend that serves '\(facts.model)' now"
        + (reasons.isEmpty ? "." : ": \(reasons).") + forecastHint(),
      retryAfter: retryAfter(fault))
  }
}
