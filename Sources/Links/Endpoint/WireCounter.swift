import NIOCore

/// Counts what one connection puts on its link and takes from it: the bytes of its TCP stream, heads and
/// framing included, and where it stands nearer to the socket than TLS, the handshake and records too.
///
/// The operating system's part is not seen from here: TCP and IP headers, acknowledgements and what is sent
/// twice. Confined to its channel's event loop.
public final class WireCounter: ChannelDuplexHandler {
  /// What it reads is passed on as it is.
  public typealias InboundIn = ByteBuffer
  /// What it writes is passed on as it is.
  public typealias OutboundIn = ByteBuffer

  /// Bytes handed to the channel so far.
  public var bytesUp = 0
  /// Bytes that came so far.
  public var bytesDown = 0
  private let counters: LinkCounters?

  /// Creates a counter at zero, which counts on its uplink's `counters` too, where it is given any.
  public init(_ counters: LinkCounters? = nil) { self.counters = counters }

  /// Counts what comes.
  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let count = unwrapInboundIn(data).readableBytes
    bytesDown += count
    counters?.count(count, .down)
    context.fireChannelRead(data)
  }

  /// Counts what goes.
  public func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    let count = unwrapOutboundIn(data).readableBytes
    bytesUp += count
    counters?.count(count, .up)
    context.write(data, promise: promise)
  }
}
