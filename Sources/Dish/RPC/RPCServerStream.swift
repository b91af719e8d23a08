import NIOCore
import NIOHPACK
import NIOHTTP2

/// One call as the server sees it. What waits for a client that does not read is bounded: a unary call
/// ends with its first answer, a streaming one when its answers are not taken, or are too many.
final class RPCServerStream: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let answer: RPCServer.Answer
  private let isStreaming: @Sendable (_ path: String) -> Bool
  private var frames = MessageFrames(limit: RPCServer.maximumMessageBytes)
  private var path: String?
  private var answered = 0
  private var hasEnded = false

  init(
    answer: @escaping RPCServer.Answer, isStreaming: @escaping @Sendable (_ path: String) -> Bool
  ) {
    self.answer = answer
    self.isStreaming = isStreaming
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .headers(let frame) where path == nil:
      path = frame.headers.first(name: ":path") ?? ""
      if frame.endStream { end(RPCStatus(.invalidArgument, "a call without a message"), context) }
    case .data(let frame):
      guard case .byteBuffer(let bytes) = frame.data else { return }
      take(bytes, context)
      if frame.endStream { end(RPCStatus(.ok), context) }
    default: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    hasEnded = true
    context.close(promise: nil)
  }

  private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    guard !hasEnded, let path else { return }
    do {
      for message in try frames.take(bytes) {
        guard answered < RPCServer.maximumMessages else {
          return end(RPCStatus(.resourceExhausted, "too many messages in a call"), context)
        }
        guard answered == 0 || context.channel.isWritable else {
          return end(RPCStatus(.resourceExhausted, "the answers are not read"), context)
        }
        do {
          send(try answer(path, message), context)
          guard isStreaming(path) else { return end(RPCStatus(.ok), context) }
        } catch {
          return end(error, context)
        }
      }
    } catch {
      end(RPCStatus(.resourceExhausted, "\(error)"), context)
    }
  }

  private func send(_ message: [UInt8], _ context: ChannelHandlerContext) {
    if answered == 0 {
      context.write(wrapOutboundOut(.headers(.init(headers: Self.head))), promise: nil)
    }
    answered += 1
    let frame = MessageFrames.frame(message)
    context.writeAndFlush(wrapOutboundOut(.data(.init(data: .byteBuffer(frame)))), promise: nil)
  }

  private func end(_ status: RPCStatus, _ context: ChannelHandlerContext) {
    guard !hasEnded else { return }
    hasEnded = true
    var trailers = answered > 0 ? HPACKHeaders() : Self.head
    trailers.add(name: "grpc-status", value: "\(status.code.rawValue)")
    if !status.message.isEmpty {
      trailers.add(name: "grpc-message", value: RPCStatus.escaped(status.message))
    }
    let frame = HTTP2Frame.FramePayload.Headers(headers: trailers, endStream: true)
    context.writeAndFlush(wrapOutboundOut(.headers(frame)), promise: nil)
  }

  private static let head: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
}
