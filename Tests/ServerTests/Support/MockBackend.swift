import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A backend that answers every question with its own name: counted words, where a stream is asked for;
/// late, where the question says "slow"; not at all, with 429, where it says "too much".
final class MockBackend: Sendable {
  let port: Int
  private let channel: any Channel
  private let accepted: Accepted

  /// - Parameter breaksOff: Whether it drops the connection of whoever asks a question; checks are answered.
  init(name: String, port: Int = 0, breaksOff: Bool = false) async throws {
    let accepted = Accepted()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          accepted.add(channel)
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            Answerer(name: name, breaksOff: breaksOff))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.channel = channel
    self.accepted = accepted
    self.port = channel.localAddress?.port ?? 0
  }

  /// Stops listening: the next connection is refused.
  func stop() async { try? await channel.close() }

  /// Dies: connections that are kept end too.
  func die() async {
    await stop()
    for channel in accepted.all { try? await channel.close() }
  }

  /// The connections there have been.
  private final class Accepted: Sendable {
    private let channels = Mutex<[any Channel]>([])

    var all: [any Channel] { channels.withLock { $0 } }
    func add(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
  }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let name: String
    private let breaksOff: Bool
    private var uri = ""
    private var asked = ""

    init(name: String, breaksOff: Bool) {
      self.name = name
      self.breaksOff = breaksOff
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): (uri, asked) = (head.uri, "")
      case .body(let bytes): asked += String(buffer: bytes)
      case .end where breaksOff && !asked.isEmpty: context.close(promise: nil)
      case .end where asked.contains("slow"):
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { self.answer(context) }
      case .end where asked.contains("too much"): answer(context, .tooManyRequests)
      case .end where asked.contains(#""stream":true"#): stream(context, words: 0)
      case .end: answer(context)
      }
    }

    /// Ten words, one each 20 ms.
    private func stream(_ context: ChannelHandlerContext, words: Int) {
      guard context.channel.isActive else { return }
      if words == 0 {
        let headers: HTTPHeaders = [
          "content-type": "text/event-stream", "transfer-encoding": "chunked",
        ]
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
      }
      let isLast = words == 10
      let delta = isLast ? "{}" : #"{"role":"assistant","content":"\#(name)\#(words) "}"#
      var event = #"data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","#
      event +=
        #""choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(isLast ? #""stop""# : "null")}]}"#
      event += isLast ? "\n\ndata: [DONE]\n\n" : "\n\n"
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: event)))), promise: nil)
      if isLast { return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
      context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) {
        self.stream(context, words: words + 1)
      }
    }

    private func answer(
      _ context: ChannelHandlerContext, _ status: HTTPResponseStatus = .ok
    ) {
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
      let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
