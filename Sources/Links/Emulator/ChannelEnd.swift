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
    /// The socket is gone.
    case inactive
  }

  private let tell: (Event) -> Void

  init(tell: @escaping (Event) -> Void) { self.tell = tell }

  func channelActive(context: ChannelHandlerContext) { tell(.active) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    tell(.data(unwrapInboundIn(data)))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { tell(.finished) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset or another failure of the socket: what matters is that it is gone, told by its closing.
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { tell(.inactive) }
}
