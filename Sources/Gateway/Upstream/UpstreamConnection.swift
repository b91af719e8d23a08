import Decisions
import Links
import NIOCore
import NIOHTTP1

/// Whoever uses an ``UpstreamConnection`` for a request.
protocol UpstreamUser: AnyObject {
  /// The path it asks over.
  var path: PathID { get }
  func upstreamConnected(_ connection: UpstreamConnection)
  func upstreamConnectFailed(_ fault: Fault, detail: String)
  /// The TLS handshake is done, or a long body has been sent.
  func upstreamTookRequest()
  func upstreamReceived(head: HTTPResponseHead)
  func upstreamReceived(body: ByteBuffer)
  func upstreamReceivedEnd()
  /// The connection broke; nothing follows.
  func upstreamLost(_ fault: Fault, detail: String)
}

/// A connection to a backend, the last handler of its channel. Confined to one event loop.
final class UpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    /// In the pool, or on its way there.
    case idle
    /// A request is under way for ``user``.
    case busy
    /// The user has what it needs; the rest of the answer is read and dropped.
    case draining
    /// The answer is complete; goes to the pool once this read is, if nothing follows in it.
    case settling
    case closed
  }

  /// Bodies longer than this are reported as sent, since sending takes its time.
  static let longBody = 64 << 10
  /// Up to this size, a request leaves as one buffer with its head.
  private static let smallBody = 16 << 10
  private static let maximumDrain = 64 << 10
  private static let drainTime = TimeAmount.seconds(2)

  let lane: UpstreamLane
  /// Whether it stood before its request came: kept from another one, or as a spare.
  private(set) var isReused = false
  /// When it came into the pool.
  var idleSince = NIODeadline.now()
  /// What it has carried that is on nobody's bill yet. With TLS it stands in the channel, before it.
  let wire = WireCounter()
  /// How long the backend says it keeps it, less a second for the way.
  private(set) var idleLimit = TimeAmount.hours(1)
  private weak var pool: UpstreamPool?
  private var user: (any UpstreamUser)?
  private var state = State.idle
  private var context: ChannelHandlerContext?
  private var reader: MessageReader<HTTPResponseHead>
  private var isRequestSent = true
  private var isAnswerComplete = true
  private var canKeepAlive = true
  private var drained = 0
  /// Bounds ``State/draining``.
  private var drainTimer: LazyTimer?
  private var isPaused = false
  private var breakage: (fault: Fault, detail: String)?

  init(lane: UpstreamLane, pool: UpstreamPool, maximumHeadBytes: Int) {
    self.lane = lane
    self.pool = pool
    reader = MessageReader(maximumHeadBytes: maximumHeadBytes)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    drainTimer = LazyTimer(eventLoop: context.eventLoop) { [weak self] in self?.close() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    drainTimer?.set(nil)
  }

  var channel: (any Channel)? { context?.channel }

  /// Whether it can take a request.
  var isUsable: Bool {
    if case .idle = state, let context { context.channel.isActive } else { false }
  }

  /// Sends a request; the answer goes to `user`, until ``release()`` or ``close()``.
  func send(_ request: UpstreamRequest, for user: any UpstreamUser) {
    guard let context else { return }
    self.user = user
    lane.path = user.path
    state = .busy
    isAnswerComplete = false
    canKeepAlive = true
    drained = 0
    isRequestSent = request.bodyBytes <= Self.longBody
    let handshake = lane.key.tls && !isReused ? tookRequestPromise(context) : nil
    var head = ByteBuffer()
    head.writeHead(request.head)
    if !lane.key.tls { wire.bytesUp += head.readableBytes + request.bodyBytes }
    let sent = isRequestSent ? nil : tookRequestPromise(context, isAll: true)
    guard request.bodyBytes > Self.smallBody else {
      for piece in request.body { head.writeImmutableBuffer(piece) }
      return context.writeAndFlush(wrapOutboundOut(head), promise: handshake)
    }
    context.write(wrapOutboundOut(head), promise: handshake)
    for piece in request.body.dropLast() { context.write(wrapOutboundOut(piece), promise: nil) }
    if let last = request.body.last { context.write(wrapOutboundOut(last), promise: sent) }
    context.flush()
  }

  private func tookRequestPromise(
    _ context: ChannelHandlerContext, isAll: Bool = false
  ) -> EventLoopPromise<Void> {
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenSuccess { [weak self] in
      guard let self else { return }
      if isAll { self.isRequestSent = true }
      self.user?.upstreamTookRequest()
    }
    return promise
  }

  /// What it has carried since this was last asked: to be billed to its user. What it carries while it has
  /// none (a spare's handshake, the end of an answer's chunks) is the next one's.
  func takeCarried() -> (up: Int, down: Int) {
    let isDone = isAnswerComplete && isRequestSent
    let unsent = isDone ? 0 : (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes))
    let carried = (max(0, wire.bytesUp - (unsent ?? 0)), wire.bytesDown)
    (wire.bytesUp, wire.bytesDown) = (0, 0)
    return carried
  }

  /// Stops reading or goes on, so that what the client does not take stays with the backend.
  func setPaused(_ paused: Bool) {
    guard paused != isPaused else { return }
    isPaused = paused
    try? context?.channel.syncOptions?.setOption(.autoRead, value: !paused)
  }

  /// The user has what it needs. The connection is kept if it can be.
  func release() {
    user = nil
    // A connection that went into the pool paused would never read again.
    setPaused(false)
    pool?.answered(lane, isKept: canKeepAlive)
    guard isRequestSent, canKeepAlive else { return close() }
    if isAnswerComplete {
      state = .settling
    } else {
      state = .draining
      drainTimer?.set(.now() + Self.drainTime)
    }
  }

  /// What comes goes to somebody else from now on.
  func handOver(to user: any UpstreamUser) {
    guard case .busy = state else { return }
    self.user = user
    setPaused(false)
  }

  /// Waits for a request in the pool, once the TLS handshake is done: writing nothing takes until then.
  func becomeSpare() {
    guard let context else { return }
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenSuccess { [weak self] in
      guard let self, self.isUsable else { return }
      self.isReused = true
      self.pool?.put(self)
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
  }

  /// Closes it; its user, if any, hears nothing more.
  func close() {
    user = nil
    state = .closed
    context?.close(promise: nil)
  }
}

extension UpstreamConnection {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if !lane.key.tls { wire.bytesDown += bytes.readableBytes }
    if case .closed = state { return }
    reader.append(bytes)
    do throws(HTTPFault) {
      while state != .closed, let part = try reader.next() { take(part) }
    } catch {
      fail(error)
    }
  }

  private func take(_ part: MessageReader<HTTPResponseHead>.Part) {
    switch (state, part) {
    case (.busy, .head(let head)):
      canKeepAlive = reader.keepsAlive
      idleLimit = Self.idleLimit(head.headers)
      user?.upstreamReceived(head: head)
    case (.busy, .body(let bytes)):
      user?.upstreamReceived(body: bytes)
    case (.busy, .end):
      isAnswerComplete = true
      user?.upstreamReceivedEnd()
    case (.draining, .body(let bytes)):
      drained += bytes.readableBytes
      if drained > Self.maximumDrain { close() }
    case (.draining, .end):
      drainTimer?.set(nil)
      isAnswerComplete = true
      state = .settling
    case (.idle, _), (.settling, _), (.draining, .head):
      // Bytes that nobody asked for: the next answer could not be told from them.
      close()
    case (.closed, _): break
    }
  }

  private func fail(_ fault: HTTPFault) {
    if breakage == nil {
      breakage =
        fault == .truncated
        ? (.providerTruncated, "the answer ended before it was complete")
        : (.providerBadAnswer, "the answer is not HTTP: \(fault)")
    }
    context?.close(promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard case .settling = state else { return }
    // The beginning of something that nobody asked for.
    if reader.hasUnread { return close() }
    state = .idle
    isReused = true
    guard let pool else { return close() }
    pool.put(self)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if breakage == nil { breakage = Self.breakage(for: error, in: context) }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    takeEnd()
    let wasBusy = if case .busy = state { !isAnswerComplete } else { false }
    if case .idle = state { pool?.remove(self) }
    state = .closed
    let user = user
    self.user = nil
    if wasBusy {
      let (fault, detail) = breakage ?? (.linkReset, "the backend closed the connection")
      user?.upstreamLost(fault, detail: detail)
    }
    lane.unbilled(takeCarried())
  }

  /// The end of the connection is the end of an answer that says no length.
  private func takeEnd() {
    guard case .busy = state, !isAnswerComplete, breakage == nil else { return }
    do throws(HTTPFault) {
      if try reader.finish() { take(.end) }
    } catch {
      fail(error)
    }
  }

  /// Reads `Keep-Alive: timeout=5` (RFC 2068, section 19.7.1).
  private static func idleLimit(_ headers: HTTPHeaders) -> TimeAmount {
    guard let value = headers.first(name: "keep-alive"),
      let parameter = value.split(separator: ",").first(where: { $0.contains("timeout=") }),
      let seconds = parameter.split(separator: "=").last.flatMap({ Int64($0) }),
      (0...3600).contains(seconds)
    else { return .hours(1) }
    return .seconds(max(0, seconds - 1))
  }

  private static func breakage(
    for error: any Error, in context: ChannelHandlerContext
  ) -> (fault: Fault, detail: String) {
    let words = TLSProblem.words(for: error, in: context)
    return TLSProblem(error) == nil
      ? (.linkReset, "the connection broke: \(words)") : (.linkTLS, words)
  }
}
