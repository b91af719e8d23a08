import Links
import NIOCore
import NIOPosix
import Synchronization

/// A link that counts: a TCP relay before a backend, which knows nothing of what it carries.
final class CountingRelay: Sendable {
  private let channel: any Channel
  private let counts: Counts

  private final class Counts: Sendable {
    private let up = Atomic<Int>(0)
    private let down = Atomic<Int>(0)

    func add(_ bytes: Int, _ direction: LinkDirection) {
      switch direction {
      case .up: up.wrappingAdd(bytes, ordering: .relaxed)
      case .down: down.wrappingAdd(bytes, ordering: .relaxed)
      }
    }

    var both: (up: Int, down: Int) {
      (up.load(ordering: .relaxed), down.load(ordering: .relaxed))
    }
  }

  /// Starts one before the port of a backend on this machine.
  init(_ group: any EventLoopGroup, to port: Int) async throws {
    let counts = Counts()
    channel = try await ServerBootstrap(group: group)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { client in
        ClientBootstrap(group: client.eventLoop)
          .channelOption(.autoRead, value: false)
          .connect(host: "127.0.0.1", port: port)
          .flatMapThrowing { backend in
            let (up, down) = (End(counts, .up, to: backend), End(counts, .down, to: client))
            try client.pipeline.syncOperations.addHandler(up)
            try backend.pipeline.syncOperations.addHandler(down)
            try client.syncOptions?.setOption(.autoRead, value: true)
            try backend.syncOptions?.setOption(.autoRead, value: true)
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.counts = counts
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  /// Bytes that came from the gateway, and from the backend.
  var seen: (up: Int, down: Int) { counts.both }

  func stop() async { try? await channel.close() }

  private final class End: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let counts: Counts
    private let direction: LinkDirection
    private let other: any Channel

    init(_ counts: Counts, _ direction: LinkDirection, to other: any Channel) {
      self.counts = counts
      self.direction = direction
      self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      counts.add(bytes.readableBytes, direction)
      other.writeAndFlush(bytes, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
