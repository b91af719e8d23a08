import Decisions
import NIOCore
import NIOHTTP1

/// A client's connection, the last handler of its channel: takes requests one at a time and sends their
/// answers in order.
///
/// A request that comes before the last one is answered waits, and nothing more is read meanwhile.
/// (`HTTPServerPipelineHandler` stops reading during every request, which is two system calls each.)
final class ClientConnection: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// A request that is coming in, or being answered.
  struct Incoming {
    let id: String
    let head: HTTPRequestHead
    let route: Route
    /// Who asks; known before the body is read.
    var caller = Caller.local
    var body = ByteBuffer()
    /// Bytes of the body that count against the memory for bodies.
    var heldBytes = 0
    /// Where the body goes as it comes, if the work plane reads it.
    var feed: ByteFeed?
    /// Bytes of the body that have gone there.
    var receivedBytes = 0

    /// The family that the client speaks, by its path, or by the version that only Anthropic's clients name.
    var shape: APIShape {
      if case .inference(let inference) = route { return inference.shape }
      let isAnthropic =
        head.headers.contains(name: "anthropic-version") || head.uri.hasPrefix("/v1/messages")
      return isAnthropic ? .anthropic : .openAI
    }
  }

  enum State {
    /// Between two requests.
    case idle
    /// A request's head has come, its end has not.
    case receiving
    /// A request is being answered.
    case answering
    /// It has been answered before it was complete: the rest is dropped.
    case discarding
    /// The last answer has been sent.
    case closing
  }

  /// How long a client may take to close after a last answer, or to send the rest of a refused request.
  static let lingering = TimeAmount.seconds(5)

  let loop: GatewayLoop
  var state = State.idle
  var incoming: Incoming?
  var exchange: Exchange?
  var controlTask: Task<Void, Never>?
  var closesAfterAnswer = false
  private(set) var context: ChannelHandlerContext?
  private(set) var timer: LazyTimer?
  /// What has come while a request was being answered.
  private var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 0)
  private var waitingError: HTTPParserError?
  private var isTakingWaiting = false
  private var isReadHeld = false

  init(loop: GatewayLoop) { self.loop = loop }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    timer = LazyTimer(eventLoop: context.eventLoop) { [weak self] in self?.timeIsUp() }
    loop.add(self)
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.requestHead))
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    leave()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  /// The client is gone: cancels what it asked for.
  private func leave() {
    guard timer != nil else { return }
    timer?.set(nil)
    timer = nil
    state = .closing
    let abandoned = exchange
    exchange = nil
    abandoned?.clientLeft()
    controlTask?.cancel()
    controlTask = nil
    forgetRequest()
    loop.remove(self)
    loop.admission.connectionClosed()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if state == .answering || !waiting.isEmpty {
      waiting.append(part)
    } else {
      take(part)
    }
  }

  func read(context: ChannelHandlerContext) {
    if waiting.isEmpty, incoming?.feed?.isFull != true {
      context.read()
    } else {
      isReadHeld = true
    }
  }

  /// Does the reading that was held back.
  func releaseRead() {
    guard isReadHeld else { return }
    isReadHeld = false
    context?.read()
  }

  /// Goes on with what came while the last request was being answered.
  func takeWaiting() {
    guard !isTakingWaiting else { return }
    isTakingWaiting = true
    while state != .answering, let part = waiting.popFirst() { take(part) }
    isTakingWaiting = false
    guard waiting.isEmpty, state != .answering else { return }
    if let error = waitingError {
      waitingError = nil
      fail(error)
    } else {
      releaseRead()
    }
  }

  private func take(_ part: HTTPServerRequestPart) {
    switch (state, part) {
    case (.idle, .head(let head)): receive(head)
    case (.receiving, .body(let bytes)): receive(bytes)
    case (.receiving, .end): answer()
    case (.discarding, .end): closesAfterAnswer ? close() : becomeIdle()
    default: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    exchange?.clientWritabilityChanged(context.channel.isWritable)
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .closing = state { return }
    guard let error = error as? HTTPParserError, error != .invalidEOFState else {
      context.close(promise: nil)
      return
    }
    if state == .answering || !waiting.isEmpty { waitingError = error } else { fail(error) }
  }

  private func fail(_ error: HTTPParserError) {
    if incoming == nil {
      let unread = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
      incoming = Incoming(id: loop.nextID(), head: unread, route: .unknown)
    }
    state = .answering
    refuse(.malformed(error))
  }

  /// The wait that the timer bounds is over.
  private func timeIsUp() {
    switch state {
    case .idle, .discarding, .closing: close()
    case .receiving: refuse(.tooSlow)
    case .answering:
      if let exchange { exchange.wake() } else { close() }
    }
  }

  /// Waits for the next request.
  func becomeIdle() {
    state = .idle
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.keepAlive))
  }

  /// Lets go of the request and its body.
  func forgetRequest() {
    if let held = incoming?.heldBytes, held > 0 { loop.admission.bytesFreed(held) }
    incoming?.feed?.end(ChannelError.inputClosed)
    incoming = nil
  }

  /// Writes the last part of an answer and calls `then` once all of it has left, which may take a slow
  /// client a while.
  func write(_ last: HTTPServerResponsePart, then: @escaping () -> Void) {
    guard let context else { return }
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.deadline))
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in then() }
    context.writeAndFlush(wrapOutboundOut(last), promise: promise)
  }

  /// Closes it once what has been written has left.
  ///
  /// First it says that nothing more comes, and leaves the client time to read: a full close at once
  /// could reset the connection under an answer, if the client is still sending.
  func closeOnceWritten(_ last: HTTPServerResponsePart) {
    state = .closing
    write(last) { [weak self] in
      guard let self else { return }
      self.timer?.set(.now() + Self.lingering)
      self.context?.close(mode: .output, promise: nil)
    }
  }

  /// Closes it, whatever is under way.
  func close() { context?.close(promise: nil) }

  /// Closes it if it is idle, or else once it has answered. Control streams end now.
  func drain() {
    controlTask?.cancel()
    if case .idle = state { close() }
  }
}

extension APIError {
  /// For a request that is no HTTP, or too much of it.
  static func malformed(_ error: HTTPParserError) -> APIError {
    if error == .headerOverflow {
      return APIError(
        .requestHeaderFieldsTooLarge, .callerTooLarge,
        "The header fields are larger than this gateway takes. Send fewer or shorter ones.",
        code: "headers_too_large", closes: true)
    }
    return APIError(
      .badRequest, .callerInvalidRequest,
      "The request is not well-formed HTTP/1.1 (\(error)).", code: "malformed_http", closes: true)
  }

  /// For a request that does not come in.
  static let tooSlow = APIError(
    .requestTimeout, .callerTooSlow, "The request did not arrive in time. Send it again.",
    code: "request_timeout", closes: true)
}
