import Links
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A backend that does to each request what a test tells it to, down to the byte.
final class MockBackend: Sendable {
  /// One thing it does with a connection.
  enum Step: Sendable {
    case write(String)
    case writeBytes([UInt8])
    case wait(milliseconds: Int64)
    /// Goes on once the test says so.
    case waitFor(EventLoopFuture<Void>)
    /// Closes as TCP does in order (FIN).
    case close
    /// Closes with a reset (RST).
    case reset
  }

  struct Request: Sendable {
    var head: HTTPRequestHead
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct Memory {
    var requests: [Request] = []
    var connections = 0
    /// Connections that the other side closed before all steps were done.
    var abandoned = 0
  }

  private let channel: any Channel
  private let memory: MemoryBox
  let port: Int

  fileprivate final class MemoryBox: Sendable {
    let value = Mutex(Memory())
  }

  /// Starts one on a free port of 127.0.0.1; `script` gives the steps for a request. One that is `blurting`
  /// says that to whatever it hears.
  init(
    _ group: any EventLoopGroup, tls: NIOSSLContext? = nil, blurting text: String? = nil,
    script: @escaping @Sendable (Request) -> [Step]
  ) async throws {
    let memory = MemoryBox()
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          memory.value.withLock { $0.connections += 1 }
          if let text {
            return try channel.pipeline.syncOperations.addHandler(Blurter(text: text))
          }
          let sync = channel.pipeline.syncOperations
          if let tls { try sync.addHandler(NIOSSLServerHandler(context: tls)) }
          try sync.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
          try sync.addHandler(Handler(script: script, memory: memory))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.memory = memory
    port = channel.localAddress?.port ?? 0
  }

  var endpoint: Endpoint { Endpoint(host: "127.0.0.1", port: port, basePath: "/v1") }

  /// What it has seen so far.
  var seen: Memory { memory.value.withLock { $0 } }

  func stop() async { try? await channel.close() }

  /// Says its text to whatever it hears, and hangs up.
  private final class Blurter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let text: String

    init(text: String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      context.close(promise: nil)
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let script: @Sendable (Request) -> [Step]
    private let memory: MemoryBox
    private var request: Request?
    private var steps: ArraySlice<Step> = []
    private var isClosing = false
    private var isWaiting = false

    init(script: @escaping @Sendable (Request) -> [Step], memory: MemoryBox) {
      self.script = script
      self.memory = memory
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): request = Request(head: head, body: [])
      case .body(let bytes): request?.body.append(contentsOf: bytes.readableBytesView)
      case .end:
        guard let request else { return }
        memory.value.withLock { $0.requests.append(request) }
        steps = script(request)[...]
        run(context)
      }
    }

    private func run(_ context: ChannelHandlerContext) {
      while let step = steps.popFirst() {
        switch step {
        case .write(let text):
          context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .writeBytes(let bytes):
          context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .wait(let milliseconds):
          isWaiting = true
          context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            self.goOn(context)
          }
          return
        case .waitFor(let sign):
          isWaiting = true
          sign.hop(to: context.eventLoop).assumeIsolated().whenSuccess { self.goOn(context) }
          return
        case .close:
          isClosing = true
          context.close(promise: nil)
        case .reset:
          isClosing = true
          _ = (context.channel as? any SocketOptionProvider)?
            .setSoLinger(linger(l_onoff: 1, l_linger: 0))
          context.close(promise: nil)
        }
      }
    }

    private func goOn(_ context: ChannelHandlerContext) {
      isWaiting = false
      if context.channel.isActive { run(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      if isWaiting || !steps.isEmpty, !isClosing { memory.value.withLock { $0.abandoned += 1 } }
      steps = []
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
