import Decisions
import NIOCore
import NIOHTTP1
import Orbits

/// What goes to the client.
extension Exchange {
  /// Sends the complete answer of the attempt under way.
  func sendAnswer(fault: Fault?) {
    guard machine.finish(), let status = response.head?.status else { return }
    connection?.release()
    connection = nil
    let fields = answerFields(response.visibleFields())
    let body = response.body
    endAttempt(nil)
    end(status: Int(status.code), fault: fault, chosen: attempts.last)
    sink.send(status, fields, body)
  }

  /// Sends an event on; the last one ends the exchange.
  func forward(_ event: SSEEvent, data: ByteBuffer?, isTerminal: Bool) {
    if machine.forwardEvent(at: .now()) {
      sink.beginStream(streamFields())
    } else if events == 0 {
      sink.writeStream(loop.shape.comment(pathComment()))
    }
    events += data == nil ? 0 : 1
    guard isTerminal else {
      if let data { remember(data) }
      sink.writeStream(event.bytes)
      return
    }
    guard machine.finish() else { return }
    connection?.release()
    connection = nil
    endAttempt(nil)
    readUsage()
    end(status: 200, fault: nil, chosen: attempts.last)
    sink.writeStream(event.bytes)
    sink.endStream()
  }

  private func remember(_ data: ByteBuffer) {
    if lastEvents.count == 2 { lastEvents.removeFirst() }
    lastEvents.append(data)
  }

  /// The attempt whose events have gone to the client.
  var begun: AttemptLog? { events > 0 ? attempts.last : nil }

  /// Reads what the backend has counted so far, where it says so in its events.
  func readUsage() {
    for data in lastEvents.reversed() where usage == nil { usage = AnswerScan(data)?.usage }
  }

  /// Sends a comment, so that nobody on the way takes the connection for dead.
  func beat(begins: Bool) {
    if begins { sink.beginStream(streamFields()) }
    guard sink.isWritable else { return }
    sink.writeStream(loop.shape.comment("perigee: waiting for the first token"))
  }

  /// Ends a stream that cannot be completed.
  func breakStream(_ fault: Fault) {
    readUsage()
    end(status: 200, fault: fault, chosen: begun)
    let detail = attempts.last?.detail.map { " (\($0))" } ?? ""
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
    if case .failure(let kind) = response.kind, kind != .providerRefused,
      let status = response.head?.status,
      AnswerScan(response.body) != nil
    {
      let fields = answerFields(response.visibleFields())
      let body = response.body
      end(status: Int(status.code), fault: fault)
      sink.send(status, fields, body)
      return
    }
    let error = attempts.isEmpty ? noPathError() : exhaustedError(fault)
    let fields = attempts.isEmpty ? [] : answerFields([])
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
    let tried = attempts.suffix(5).map { "\($0.path): \($0.detail ?? "failed")" }
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
  private func streamFields() -> HeaderFields {
    var fields = answerFields(response.visibleFields().filter { !$0.0.isField("content-type") })
    fields.append(("content-type", "text/event-stream; charset=utf-8"))
    fields.append(("cache-control", "no-cache"))
    fields.append(("x-accel-buffering", "no"))
    return fields
  }

  private func answerFields(_ base: HeaderFields) -> HeaderFields {
    var fields = base
    guard let last = attempts.last else { return fields }
    fields.append(("x-perigee-backend", last.path.backend))
    fields.append(("x-perigee-uplink", last.path.uplink))
    if let predicted = last.predictedMs {
      fields.append(("x-perigee-predicted-ms", Self.tenths(predicted)))
    }
    if let actual = actualMs { fields.append(("x-perigee-actual-ms", Self.tenths(actual))) }
    fields.append(("x-perigee-attempts", String(attempts.count)))
    return fields
  }

  /// The same in a stream whose head had to go before it was known.
  private func pathComment() -> String {
    guard let last = attempts.last else { return "perigee:" }
    return "perigee: backend=\(last.path.backend) uplink=\(last.path.uplink)"
      + (last.predictedMs.map { " predicted-ms=\(Self.tenths($0))" } ?? "")
      + (actualMs.map { " actual-ms=\(Self.tenths($0))" } ?? "")
      + " attempts=\(attempts.count)"
  }

  /// From the request's arrival to the first byte of its answer.
  private var actualMs: Double? {
    attempts.last?.firstByte.map { ($0 - clock.monotonic).milliseconds }
  }

  private static func tenths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths) % 10)"
  }
}
