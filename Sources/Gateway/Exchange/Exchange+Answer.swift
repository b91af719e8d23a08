import Decisions
import NIOCore
import NIOHTTP1
import Orbits

/// What goes to the client.
extension Exchange {
  /// Sends the complete answer of an attempt.
  func sendAnswer(of attempt: Attempt, usage: TokenUsage? = nil, fault: Fault? = nil) {
    guard machine.finish(), let status = attempt.response.head?.status else { return }
    self.usage = usage
    let fields = answerFields(attempt, attempt.response.visibleFields())
    let body = attempt.response.body
    attempt.end(nil, keepsConnection: true)
    end(status: Int(status.code), fault: fault, chosen: attempt.log)
    sink.send(status, fields, body)
  }

  /// Sends an event of an attempt on; the last one ends the exchange.
  func forward(
    _ event: SSEEvent, data: ByteBuffer?, isTerminal: Bool, from attempt: Attempt
  ) {
    if machine.forwardEvent(at: .now()) {
      sink.beginStream(streamFields(attempt))
    } else if events == 0 {
      sink.writeStream(loop.shape.comment(pathComment(attempt)))
    }
    events += data == nil ? 0 : 1
    guard isTerminal else {
      if let data { remember(data) }
      sink.writeStream(event.bytes)
      return
    }
    guard machine.finish() else { return }
    attempt.end(nil, keepsConnection: true)
    readUsage()
    end(status: 200, fault: nil, chosen: attempt.log)
    sink.writeStream(event.bytes)
    sink.endStream()
  }

  private func remember(_ data: ByteBuffer) {
    if lastEvents.count == 2 { lastEvents.removeFirst() }
    lastEvents.append(data)
  }

  /// The attempt whose events have gone to the client.
  var begun: AttemptLog? { events > 0 ? attempts.last?.log : nil }

  /// Reads what the backend has counted so far, where it says so in its events.
  func readUsage() {
    for data in lastEvents.reversed() where usage == nil { usage = AnswerScan(data)?.usage }
  }

  /// Sends a comment, so that nobody on the way takes the connection for dead.
  func beat(begins: Bool) {
    if begins { sink.beginStream(streamFields(attempts.last)) }
    guard sink.isWritable else { return }
    sink.writeStream(loop.shape.comment("perigee: waiting for the first token"))
  }

  /// Ends a stream that cannot be completed.
  func breakStream(_ fault: Fault) {
    readUsage()
    end(status: 200, fault: fault, chosen: begun)
    let detail = attempts.last?.log.detail.map { " (\($0))" } ?? ""
    let error = APIError(
      .badGateway, fault,
      events > 0
        ? "The stream broke before it was complete\(detail). What has come so far is not the whole "
          + "answer: send the request again."
        : failureMessage(), code: "stream_interrupted")
    if sink.isWritable {
      sink.writeStream(loop.shape.errorEvent(error, request: facts.id))
    }
    sink.breakStream()
  }

  /// Answers that every candidate failed, or that there was none.
  func giveUp(_ fault: Fault) {
    let last = attempts.last
    if let response = last?.response, case .failure(let kind) = response.kind,
      kind != .providerRefused, let status = response.head?.status,
      AnswerScan(response.body) != nil
    {
      let fields = answerFields(last, response.visibleFields())
      let body = response.body
      end(status: Int(status.code), fault: fault)
      sink.send(status, fields, body)
      return
    }
    let error = attempts.isEmpty ? noPathError() : exhaustedError(fault)
    let fields = answerFields(last, [])
    end(status: Int(error.status.code), fault: error.fault)
    sink.send(error, fields)
  }

  private func exhaustedError(_ fault: Fault) -> APIError {
    let status: HTTPResponseStatus =
      fault.isTimeout
      ? .gatewayTimeout : fault.rawValue.hasPrefix("provider") ? .badGateway : .serviceUnavailable
    return APIError(status, fault, failureMessage(), retryAfter: 1)
  }

  private func failureMessage() -> String {
    let tried = attempts.suffix(5).map { "\($0.log.path): \($0.log.detail ?? "failed")" }
    let reasons = rejectionReasons()
    return "No path answered. Tried \(tried.joined(separator: "; ")). "
      + (reasons.isEmpty ? "" : "Not tried: \(reasons). ")
      + "`perigee explain \(facts.id)` shows what was considered; check that the backends run."
  }

  /// Why other paths were not considered.
  private func rejectionReasons() -> String {
    decision.rejected.prefix(5).map { "\($0.path): \($0.reason)" }.joined(separator: "; ")
  }

  private func noPathError() -> APIError {
    let reasons = rejectionReasons()
    let wait = decision.retryAt.map { $0.seconds(since: facts.arrival) } ?? 5
    return APIError(
      .serviceUnavailable, .linkNoPath,
      "There is no way to a backend that serves '\(facts.model)' now"
        + (reasons.isEmpty ? "." : ": \(reasons).")
        + (decision.retryAt.map { " The forecast expects one at \($0)." } ?? ""),
      retryAfter: Int(min(120, max(1, wait.rounded(.up)))))
  }
}

/// The fields by which every answer says where it came from.
extension Exchange {
  private func streamFields(_ attempt: Attempt?) -> HeaderFields {
    let visible = attempt?.response.visibleFields() ?? []
    var fields = answerFields(attempt, visible.filter { !$0.0.isField("content-type") })
    fields.append(("content-type", "text/event-stream; charset=utf-8"))
    fields.append(("cache-control", "no-cache"))
    fields.append(("x-accel-buffering", "no"))
    return fields
  }

  private func answerFields(_ attempt: Attempt?, _ base: HeaderFields) -> HeaderFields {
    var fields = base
    guard let log = attempt?.log else { return fields }
    fields.append(("x-perigee-backend", log.path.backend))
    fields.append(("x-perigee-uplink", log.path.uplink))
    if let predicted = log.predictedMs {
      fields.append(("x-perigee-predicted-ms", Self.tenths(predicted)))
    }
    if let actual = actualMs(log) {
      fields.append(("x-perigee-actual-ms", Self.tenths(actual)))
    }
    fields.append(("x-perigee-attempts", String(attempts.count)))
    return fields
  }

  /// The same in a stream whose head had to go before it was known.
  private func pathComment(_ attempt: Attempt) -> String {
    let log = attempt.log
    return "perigee: backend=\(log.path.backend) uplink=\(log.path.uplink)"
      + (log.predictedMs.map { " predicted-ms=\(Self.tenths($0))" } ?? "")
      + (actualMs(log).map { " actual-ms=\(Self.tenths($0))" } ?? "")
      + " attempts=\(attempts.count)"
  }

  /// From the request's arrival to the first byte of an attempt's answer.
  private func actualMs(_ log: AttemptLog) -> Double? {
    log.firstByte.map { ($0 - clock.monotonic).milliseconds }
  }

  private static func tenths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths) % 10)"
  }
}
