import NIOCore
import NIOHTTP1
import NIOPosix

/// A backend that answers with a stream: numbered chunks at an interval, then usage and `[DONE]`.
final class StreamingBackend: Sendable {
  let port: Int
  private let channel: any Channel

  init(chunks: Int, every interval: TimeAmount) async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            Streamer(chunks: chunks, interval: interval))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.channel = channel
    self.port = channel.localAddress?.port ?? 0
  }

  func stop() async { try? await channel.close() }

  private final class Streamer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let chunks: Int
    private let interval: TimeAmount
    private var isHealthCheck = false
    private var next: Scheduled<Void>?

    init(chunks: Int, interval: TimeAmount) {
      self.chunks = chunks
      self.interval = interval
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): isHealthCheck = head.method == .GET
      case .body: break
      case .end: isHealthCheck ? answerCheck(context) : begin(context)
      }
    }

    func channelInactive(context: ChannelHandlerContext) { next?.cancel() }

    private func answerCheck(_ context: ChannelHandlerContext) {
      let head = HTTPResponseHead(
        version: .http1_1, status: .ok,
        headers: ["content-type": "application/json", "content-length": "2"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "{}")))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func begin(_ context: ChannelHandlerContext) {
      let head = HTTPResponseHead(
        version: .http1_1, status: .ok, headers: ["content-type": "text/event-stream"])
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
      send(0, NIOLoopBound(context, eventLoop: context.eventLoop))
    }

    private func send(_ number: Int, _ bound: NIOLoopBound<ChannelHandlerContext>) {
      let context = bound.value
      guard number < chunks else {
        write(
          #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"#
            + #""usage":{"prompt_tokens":5,"completion_tokens":\#(chunks),"total_tokens":9}}"#,
          context)
        write("[DONE]", context)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return
      }
      write(
        #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"#
          + #""delta":{"content":"\#(number) "},"finish_reason":null}]}"#, context)
      let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
      next = context.eventLoop.scheduleTask(in: interval) { handler.value.send(number + 1, bound) }
    }

    private func write(_ data: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "data: \(data)\n\n")))), promise: nil)
    }
  }
}
