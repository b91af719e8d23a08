import NIOCore
import NIOHTTP1

/// How answers get on the wire: what belongs together leaves in one piece.
extension ClientConnection {
  /// Up to this size, copying bytes behind what waits costs less than a vector of buffers.
  private static let smallPiece = 16 << 10

  func writeHead(_ status: HTTPResponseStatus, _ fields: HeaderFields) {
    let version = incoming?.head.version ?? .http1_1
    outgoing.writeHead(status, version == .http1_0 ? .http1_0 : .http1_1, fields)
  }

  /// Adds a part of a body to what waits.
  func writeBody(_ bytes: ByteBuffer) {
    let count = bytes.readableBytes
    // A chunk of none would be the last.
    guard count > 0 else { return }
    if isChunked { outgoing.writeChunkStart(count) }
    if count <= Self.smallPiece {
      outgoing.writeImmutableBuffer(bytes)
    } else {
      writeOutgoing()
      context?.write(wrapOutboundOut(bytes), promise: nil)
    }
    if isChunked { outgoing.writeStaticString("\r\n") }
  }

  /// Adds the end of a body to what waits.
  func writeBodyEnd() {
    if isChunked { outgoing.writeStaticString("0\r\n\r\n") }
    isChunked = false
  }

  /// Sends all that has been written.
  func flushOutgoing(promise: EventLoopPromise<Void>? = nil) {
    if outgoing.readableBytes == 0, promise == nil {
      context?.flush()
      return
    }
    let bytes = outgoing
    outgoing = ByteBuffer()
    context?.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
  }

  private func writeOutgoing() {
    guard outgoing.readableBytes > 0 else { return }
    context?.write(wrapOutboundOut(outgoing), promise: nil)
    outgoing = ByteBuffer()
  }

  /// Sends what waits and calls `then` once all of it has left, which may take a slow client a while.
  func flushOutgoing(then: @escaping () -> Void) {
    guard let context else { return }
    timer?.set(.now() + TimeAmount(loop.configuration.timeouts.deadline))
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in then() }
    flushOutgoing(promise: promise)
  }

  /// Closes it once what has been written has left.
  ///
  /// First it says that nothing more comes, and leaves the client time to read: a full close at once
  /// could reset the connection under an answer, if the client is still sending.
  func closeOnceWritten() {
    state = .closing
    flushOutgoing { [weak self] in
      guard let self else { return }
      self.timer?.set(.now() + Self.lingering)
      self.context?.close(mode: .output, promise: nil)
    }
  }
}
