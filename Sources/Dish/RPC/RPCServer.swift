import NIOCore
import NIOHTTP2
import NIOPosix
import Synchronization

/// A gRPC server in plain text on the loopback interface: a message is answered by one message, at once.
final class RPCServer: Sendable {
  /// Answers a message that was sent to the method at a path.
  typealias Answer = @Sendable (_ path: String, _ message: [UInt8]) throws(RPCStatus) -> [UInt8]

  /// The most connections at a time; further ones are closed.
  static let maximumConnections = 64
  /// The most bytes of a message that is taken in: requests are small.
  static let maximumMessageBytes = 64 * 1_024
  /// The most messages of a streaming call that are answered.
  static let maximumMessages = 256
  /// The most bytes that wait on a streaming call for its client to read before it takes no more messages.
  private static let maximumUnreadBytes = 256 * 1_024
  /// Calls at a time on one connection.
  private static let maximumStreams = 32
  /// A connection on which nothing happens for so long is closed.
  private static let idleTime = TimeAmount.minutes(10)

  private struct State {
    var listener: (any Channel)?
    var isStopped = false
    var connections: [ObjectIdentifier: any Channel] = [:]
  }

  private let group: any EventLoopGroup
  private let state = Mutex(State())

  /// Creates a server that does not listen yet.
  init(group: any EventLoopGroup) { self.group = group }

  /// Listens on a port of 127.0.0.1, a free one where it is 0, and gives the port.
  ///
  /// - Parameter isStreaming: Whether a call of the method at a path takes several messages. Any other
  ///   call ends with the answer to its first.
  func start(
    port: Int, isStreaming: @escaping @Sendable (_ path: String) -> Bool, answer: @escaping Answer
  ) async throws -> Int {
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try self.accept(channel) { RPCServerStream(answer: answer, isStreaming: isStreaming) }
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    let isStopped = state.withLock {
      $0.listener = listener
      return $0.isStopped
    }
    if isStopped { try? await listener.close() }
    return listener.localAddress?.port ?? 0
  }

  /// Stops listening and ends every connection.
  func stop() async {
    let (listener, connections) = state.withLock {
      $0.isStopped = true
      return ($0.listener, Array($0.connections.values))
    }
    try? await listener?.close()
    for connection in connections { try? await connection.close() }
  }

  private func accept(
    _ channel: any Channel, _ handler: @escaping @Sendable () -> RPCServerStream
  ) throws {
    let key = ObjectIdentifier(channel)
    let isAdmitted = state.withLock {
      guard !$0.isStopped, $0.connections.count < Self.maximumConnections else { return false }
      $0.connections[key] = channel
      return true
    }
    guard isAdmitted else { throw ChannelError.operationUnsupported }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.connections[key] = nil }
    }
    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
    configuration.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.maximumStreams),
      HTTP2Setting(parameter: .maxHeaderListSize, value: 16 * 1_024),
    ]
    var streams = NIOHTTP2Handler.StreamConfiguration()
    streams.outboundBufferSizeHighWatermark = Self.maximumUnreadBytes
    streams.outboundBufferSizeLowWatermark = Self.maximumUnreadBytes / 2
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(IdleStateHandler(allTimeout: Self.idleTime))
    _ = try pipeline.configureHTTP2Pipeline(
      mode: .server, connectionConfiguration: configuration, streamConfiguration: streams
    ) { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandler(handler())
      }
    }
    try pipeline.addHandler(EndConnection())
  }

  /// Ends a connection that is idle, or whose peer broke the protocol.
  private final class EndConnection: ChannelInboundHandler {
    typealias InboundIn = Any

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
