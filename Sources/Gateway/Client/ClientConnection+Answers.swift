import Decisions
import NIOCore
import NIOHTTP1

/// Answers, and what comes after them.
extension ClientConnection: ClientSink {
  var isWritable: Bool { context?.channel.isWritable ?? false }

  func wake(at time: NIODeadline?) {
    if exchange != nil { timer?.set(time) }
  }

  func send(
    _ status: HTTPResponseStatus, _ fields: consuming HeaderFields, _ body: ByteBuffer
  ) {
    fields.append(("content-length", String(body.readableBytes)))
    sendHead(status, fields)
    if incoming?.head.method != .HEAD {
      writeBody(body)
      if body.readableBytes > Self.longAnswer { return finishOnceWritten(body.readableBytes) }
    }
    finish()
  }

  /// Answers longer than this count as held in memory until the client has them.
  private static let longAnswer = 256 << 10

  private func finishOnceWritten(_ bytes: Int) {
    exchange = nil
    loop.admission.holdBytes(bytes)
    flushOutgoing { [weak self, admission = loop.admission] in
      admission.bytesFreed(bytes)
      self?.finish()
    }
  }

  func send(_ error: APIError, _ fields: consuming HeaderFields) {
    fields += Self.jsonFields
    if let seconds = error.retryAfter {
      fields += error.retryFields(seconds)
    }
    fields += error.standings.fields
    if let allow = error.allow { fields.append(("allow", allow)) }
    if error.status == .unauthorized { fields.append(("www-authenticate", "Bearer")) }
    if error.closes { closesAfterAnswer = true }
    let shape = incoming?.shape ?? .openAI
    let body = shape.errorBody(error, request: incoming?.id ?? "")
    send(shape.status(error), fields, ByteBuffer(string: body))
  }

  /// Browsers are not to guess a type from what an answer holds, part of which others have written.
  static let notSniffed = ("x-content-type-options", "nosniff")

  private static let jsonFields = [("content-type", "application/json"), notSniffed]

  func beginStream(_ fields: consuming HeaderFields) { beginStream(.ok, fields) }

  func beginStream(_ status: HTTPResponseStatus, _ fields: consuming HeaderFields) {
    if incoming?.head.version == .http1_1 {
      fields.append(("transfer-encoding", "chunked"))
      isChunked = true
    } else {
      closesAfterAnswer = true
    }
    sendHead(status, fields)
  }

  func writeStream(_ bytes: ByteBuffer) {
    writeBody(bytes)
    flushOutgoing()
  }

  func endStream(_ last: ByteBuffer) {
    writeBody(last)
    finish()
  }

  func breakStream() {
    exchange = nil
    forgetRequest()
    guard isWritable else { return close() }
    isChunked = false
    closeOnceWritten()
  }

  func sendJSON(_ text: String, _ status: HTTPResponseStatus = .ok) {
    send(status, Self.jsonFields, ByteBuffer(string: text))
  }

  /// Answers a request that does not get as far as being routed.
  func refuse(_ error: APIError) {
    if let incoming {
      noteRefusal(error, of: incoming)
      loop.router.requestRefused(
        Refusal(
          request: incoming.id, endpoint: incoming.route.label, status: Int(error.status.code),
          fault: error.fault))
    }
    // A second head would be taken for a part of the answer that has begun.
    if hasAnswered { return close() }
    send(error, [])
  }

  /// Tells the audit log who was turned away.
  private func noteRefusal(_ error: APIError, of incoming: Incoming) {
    switch error.fault {
    case .callerUnauthorized, .policyForbidden, .policyRateLimited, .policyBudget:
      loop.accounts.refused(
        AccessRefusal(
          time: loop.now(), caller: incoming.caller.id, request: incoming.id, fault: error.fault,
          detail: error.message))
    default: break
    }
  }

  private func sendHead(_ status: HTTPResponseStatus, _ fields: consuming HeaderFields) {
    hasAnswered = true
    if let id = incoming?.id {
      // OpenAI's name for it and Anthropic's.
      fields.append(("x-request-id", id))
      fields.append(("request-id", id))
    }
    if loop.isDraining { closesAfterAnswer = true }
    let version = incoming?.head.version ?? .http1_1
    if closesAfterAnswer {
      fields.append(("connection", "close"))
    } else if version == .http1_0 {
      fields.append(("connection", "keep-alive"))
    }
    writeHead(status, fields)
  }

  /// Ends an answer and, unless the connection closes, makes ready for the next request.
  func finish() {
    exchange = nil
    controlTask = nil
    writeBodyEnd()
    forgetRequest()
    switch state {
    case .answering where closesAfterAnswer || loop.isDraining: return closeOnceWritten()
    case .answering: becomeIdle()
    case .receiving:
      state = .discarding
      timer?.set(.now() + Self.lingering)
    case .idle, .discarding, .closing: return
    }
    flushOutgoing()
    takeParts()
  }
}
