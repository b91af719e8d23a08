import NIOCore

/// The socket at one end of an emulated connection: passes on what is read and how it ends.
final class ChannelEnd: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// What a socket tells.
  enum Event {
    case active
    case data(ByteBuffer)
    /// The peer has sent its last byte.
    case finished
    /// The socket is gone; with an error where it failed or was reset.
    case gone(failed: Bool)
  }

  private let tell: (Event) -> Void
  private var hasFailed = false

  init(tell: @escaping (Event) -> Void) { self.tell = tell }

  func channelActive(context: ChannelHandlerContext) { tell(.active) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    tell(.data(unwrapInboundIn(data)))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { tell(.finished) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    hasFailed = true
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { tell(.gone(failed: hasFailed)) }
}
