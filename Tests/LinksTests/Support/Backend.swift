import NIOCore
import NIOPosix
import Synchronization

/// A TCP server on 127.0.0.1.
final class Backend: Sendable {
  private final class Count: Sendable {
    let value = Atomic(0)
  }

  let port: Int
  private let listener: any Channel
  private let count: Count

  /// How many connections have come in.
  var connections: Int { count.value.load(ordering: .acquiring) }

  private init(listener: any Channel, count: Count) {
    self.listener = listener
    self.port = listener.localAddress?.port ?? 0
    self.count = count
  }

  /// Sets each connection up with `initialise`, on its event loop.
  static func start(
    on group: any EventLoopGroup, autoRead: Bool = true, port: Int = 0,
    _ initialise: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> Backend {
    let count = Count()
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.autoRead, value: autoRead)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        count.value.wrappingAdd(1, ordering: .acquiringAndReleasing)
        return channel.eventLoop.makeCompletedFuture { try initialise(channel) }
      }
      .bind(host: "127.0.0.1", port: port).get()
    return Backend(listener: listener, count: count)
  }

  /// Echoes what it gets, and its end.
  static func echo(on group: any EventLoopGroup) async throws -> Backend {
    try await start(on: group) { try $0.pipeline.syncOperations.addHandler(Echo()) }
  }

  /// Hands each connection to `serve`, in a task of its own.
  static func serving(
    on group: any EventLoopGroup, autoRead: Bool = true,
    _ serve: @escaping @Sendable (Peer) async -> Void
  ) async throws -> Backend {
    try await start(on: group, autoRead: autoRead) { channel in
      let peer = try Peer.adopt(channel)
      Task { await serve(peer) }
    }
  }

  /// Stops listening; connections stay.
  func stop() async { try? await listener.close() }

  private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(data, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      guard event as? ChannelEvent == .inputClosed else { return }
      // NIO's second half-close is a full one: what is still to be written goes first.
      let channel = context.channel
      channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}

/// A port on which nobody listens.
func freePort(on group: any EventLoopGroup) async throws -> Int {
  let backend = try await Backend.start(on: group) { _ in }
  await backend.stop()
  return backend.port
}
