import NIOCore
import NIOHTTP1
import NIOPosix

/// A backend that answers every question with its own name.
final class MockBackend: Sendable {
  let port: Int
  private let channel: any Channel

  init(name: String) async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Answerer(name: name))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.channel = channel
    self.port = channel.localAddress?.port ?? 0
  }

  /// Stops listening: the next connection is refused.
  func stop() async { try? await channel.close() }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let name: String
    private var uri = ""

    init(name: String) { self.name = name }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): uri = head.uri
      case .body: break
      case .end: answer(context)
      }
    }

    private func answer(_ context: ChannelHandlerContext) {
      let text =
        uri.hasSuffix("/models")
        ? #"{"object":"list","data":[]}"#
        : """
        {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
        "message":{"role":"assistant","content":"\(name)"},"finish_reason":"stop"}],\
        "usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}}
        """
      let body = ByteBuffer(string: text)
      let headers: HTTPHeaders = [
        "content-type": "application/json", "content-length": "\(body.readableBytes)",
      ]
      let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
