import Decisions
import NIOCore
import NIOHTTP1

/// Requests to the control plane, and its answers as ``ControlRelay`` brings them.
extension ClientConnection {
  func beginControl(_ incoming: Incoming) {
    let method = incoming.head.method == .HEAD ? HTTPMethod.GET : incoming.head.method
    let request = ControlRequest(
      id: incoming.id, method: method.rawValue, path: incoming.head.path,
      query: incoming.head.query,
      headers: incoming.head.headers.map { (name: $0.name, value: $0.value) },
      body: Array(incoming.body.readableBytesView), caller: incoming.caller)
    let control = loop.control
    relay(request.id) { try await control.respond(to: request) }
  }

  /// Has a plane's answer sent to the request with this id.
  func relay(_ id: String, respond: @escaping @Sendable () async throws -> ControlResponse) {
    let relay = ControlRelay(
      connection: NIOLoopBound(self, eventLoop: loop.eventLoop), eventLoop: loop.eventLoop,
      logger: loop.logger)
    controlTask = Task { await relay.run(id, respond: respond) }
  }

  /// Whether the request with this id is still the one to be answered; its body may still be coming.
  func isCurrent(_ id: String) -> Bool {
    state == .answering || state == .receiving ? incoming?.id == id : false
  }

  func sendControl(
    _ id: String, _ status: Int, _ headers: [(name: String, value: String)], _ body: [UInt8]
  ) {
    guard isCurrent(id) else { return }
    send(
      HTTPResponseStatus(statusCode: status), Self.fields(headers), ByteBuffer(bytes: body))
  }

  func controlFailed(_ id: String) {
    guard isCurrent(id) else { return }
    refuse(
      APIError(
        .internalServerError, .ownInternal,
        "The control plane failed; the gateway's log has the reason under \(id)."))
  }

  /// Whether a body is to follow.
  func beginControlStream(
    _ id: String, _ status: Int, _ headers: [(name: String, value: String)]
  ) -> Bool {
    guard isCurrent(id) else { return false }
    let isHead = incoming?.head.method == .HEAD
    beginStream(HTTPResponseStatus(statusCode: status), Self.fields(headers))
    if isHead {
      isChunked = false
      finish()
    } else {
      flushOutgoing()
    }
    return !isHead
  }

  /// Done once the bytes have left, so that a slow client holds its stream back. One that takes nothing
  /// for as long as an idle stream may last is closed.
  func writeControl(_ id: String, _ bytes: [UInt8]) -> EventLoopFuture<Void> {
    guard isCurrent(id), context != nil else {
      return loop.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
    let promise = loop.eventLoop.makePromise(of: Void.self)
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.idle))
    promise.futureResult.assumeIsolated().whenSuccess { [weak self] in
      if self?.isCurrent(id) == true { self?.timer?.set(nil) }
    }
    writeBody(ByteBuffer(bytes: bytes))
    flushOutgoing(promise: promise)
    return promise.futureResult
  }

  func endControlStream(_ id: String) {
    if isCurrent(id) { finish() }
  }

  /// The control plane's fields, but for those that are the gateway's to set.
  private static func fields(_ fields: [(name: String, value: String)]) -> HeaderFields {
    fields.filter { field in
      !field.name.isField("content-length") && !field.name.isField("transfer-encoding")
        && !field.name.isField("connection") && !field.name.isField("x-content-type-options")
    }.map { ($0.name, $0.value) } + [notSniffed]
  }
}
