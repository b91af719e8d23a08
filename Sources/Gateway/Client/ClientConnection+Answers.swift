import NIOCore
import NIOHTTP1

/// Answers, and what comes after them.
extension ClientConnection: ClientSink {
  var isWritable: Bool { context?.channel.isWritable ?? false }

  func wake(at time: NIODeadline?) {
    if exchange != nil { timer?.set(time) }
  }

  func send(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer) {
    var headers = headers
    headers.replaceOrAdd(name: "content-length", value: String(body.readableBytes))
    sendHead(status, headers)
    if body.readableBytes > 0, incoming?.head.method != .HEAD {
      context?.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    finish()
  }

  func send(_ error: APIError, _ headers: HTTPHeaders) {
    var headers = headers
    headers.replaceOrAdd(name: "content-type", value: "application/json")
    if let seconds = error.retryAfter {
      headers.replaceOrAdd(name: "retry-after", value: String(seconds))
    }
    if let allow = error.allow { headers.add(name: "allow", value: allow) }
    if error.status == .unauthorized { headers.add(name: "www-authenticate", value: "Bearer") }
    if error.closes { closesAfterAnswer = true }
    let body = loop.shape.errorBody(error, request: incoming?.id ?? "")
    send(error.status, headers, ByteBuffer(string: body))
  }

  func beginStream(_ headers: HTTPHeaders) { beginStream(.ok, headers) }

  func beginStream(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
    var headers = headers
    if incoming?.head.version == .http1_1 {
      headers.add(name: "transfer-encoding", value: "chunked")
    } else {
      closesAfterAnswer = true
    }
    sendHead(status, headers)
  }

  func writeStream(_ bytes: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
  }

  func endStream() { finish() }

  func breakStream() {
    exchange = nil
    forgetRequest()
    closeOnceWritten(.body(.byteBuffer(ByteBuffer())))
  }

  func sendJSON(_ text: String, _ status: HTTPResponseStatus = .ok) {
    send(status, ["content-type": "application/json"], ByteBuffer(string: text))
  }

  /// Answers a request that does not get as far as being routed.
  func refuse(_ error: APIError) {
    if let incoming {
      loop.router.requestRefused(
        Refusal(
          request: incoming.id, endpoint: incoming.route.label, status: Int(error.status.code),
          fault: error.fault))
    }
    send(error, [:])
  }

  private func sendHead(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
    var headers = headers
    if let id = incoming?.id { headers.add(name: "x-request-id", value: id) }
    if loop.isDraining { closesAfterAnswer = true }
    let version = incoming?.head.version ?? .http1_1
    if closesAfterAnswer {
      headers.add(name: "connection", value: "close")
    } else if version == .http1_0 {
      headers.add(name: "connection", value: "keep-alive")
    }
    let head = HTTPResponseHead(version: version, status: status, headers: headers)
    context?.write(wrapOutboundOut(.head(head)), promise: nil)
  }

  /// Ends an answer and, unless the connection closes, makes ready for the next request.
  func finish() {
    exchange = nil
    controlTask = nil
    forgetRequest()
    switch state {
    case .answering where closesAfterAnswer || loop.isDraining:
      return closeOnceWritten(.end(nil))
    case .answering: becomeIdle()
    case .receiving:
      state = .discarding
      timer?.set(.now() + Self.lingering)
    case .idle, .discarding, .closing: return
    }
    context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
