import NIOCore

/// Passes on being connected; through an emulator, on the backend's end of the connection.
final class TCPProbe: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let awaitsEnd: Bool
  private let answer: EventLoopPromise<Void>

  init(awaitsEnd: Bool, answer: EventLoopPromise<Void>) {
    self.awaitsEnd = awaitsEnd
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) {
    if awaitsEnd { context.close(mode: .output, promise: nil) } else { answer.succeed() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(ProbeError(connecting: error))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    // Half-closed from here and ended from there, in order: an error would have come first.
    if awaitsEnd { answer.succeed() } else { answer.fail(ProbeError.closedEarly) }
  }
}
