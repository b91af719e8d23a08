import Decisions
import NIOCore
import NIOHTTP1

/// A client's connection, the last handler of its channel: takes requests one at a time and sends their
/// answers in order.
///
/// A request that comes before the last one is answered waits, unread, and nothing more is taken from
/// the socket meanwhile. (To stop reading during every request would be two system calls each.)
final class ClientConnection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

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

    /// Makes room for the whole body at once, as far as its length is told.
    mutating func reserve(upTo limit: Int) {
      guard let length = head.headers.first(name: "content-length").flatMap({ Int($0) }),
        body.capacity < min(length, limit)
      else { return }
      body.reserveCapacity(min(length, limit))
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
  /// Whether the answer has begun, which it may while its request is still coming in.
  var hasAnswered = false
  var controlTask: Task<Void, Never>?
  var closesAfterAnswer = false
  private(set) var context: ChannelHandlerContext?
  private(set) var timer: LazyTimer?
  private var reader: MessageReader<HTTPRequestHead>
  private var isTaking = false
  private var isReadHeld = false
  /// What has been written and waits for more, so that it all leaves in one piece.
  var outgoing = ByteBuffer()
  /// Whether the answer under way goes out in chunks.
  var isChunked = false

  init(loop: GatewayLoop) {
    self.loop = loop
    reader = MessageReader(maximumHeadBytes: loop.configuration.limits.maxHeaderBytes)
  }

  /// Whether the connection may carry another request after the one that came last.
  var keepsAlive: Bool { reader.keepsAlive }

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
    if case .closing = state { return }
    reader.append(unwrapInboundIn(data))
    takeParts()
  }

  func read(context: ChannelHandlerContext) {
    let isHeld = state == .answering ? reader.hasUnread : incoming?.feed?.isFull == true
    if isHeld { isReadHeld = true } else { context.read() }
  }

  /// Does the reading that was held back.
  func releaseRead() {
    guard isReadHeld else { return }
    isReadHeld = false
    context?.read()
  }

  /// Goes on with what has come, up to the end of a request.
  func takeParts() {
    guard !isTaking else { return }
    isTaking = true
    defer { isTaking = false }
    do throws(HTTPFault) {
      while state != .answering, state != .closing, let part = try reader.next() { take(part) }
    } catch {
      return fail(error)
    }
    if state != .answering, incoming?.feed?.isFull != true { releaseRead() }
  }

  private func take(_ part: MessageReader<HTTPRequestHead>.Part) {
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
    context.close(promise: nil)
  }

  private func fail(_ fault: HTTPFault) {
    guard state != .discarding else { return closeOnceWritten() }
    if incoming == nil {
      let unread = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
      incoming = Incoming(id: loop.nextID(), head: unread, route: .unknown)
    }
    state = .answering
    refuse(.malformed(fault))
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
    hasAnswered = false
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
  static func malformed(_ fault: HTTPFault) -> APIError {
    if fault == .tooLong {
      return APIError(
        .requestHeaderFieldsTooLarge, .callerTooLarge,
        "The header fields are larger than this gateway takes. Send fewer or shorter ones.",
        code: "headers_too_large", closes: true)
    }
    return APIError(
      .badRequest, .callerInvalidRequest,
      "The request is not well-formed HTTP/1.1: \(fault).", code: "malformed_http", closes: true)
  }

  /// For a request that does not come in.
  static let tooSlow = APIError(
    .requestTimeout, .callerTooSlow, "The request did not arrive in time. Send it again.",
    code: "request_timeout", closes: true)
}
