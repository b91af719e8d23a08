import NIOCore
import NIOHTTP2
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One HTTP/2 connection in plain text, over which gRPC calls are made.
struct RPCConnection: Sendable {
  private let channel: any Channel
  private let multiplexer: NIOHTTP2Handler.StreamMultiplexer
  private let authority: String

  /// Tells connections apart.
  var id: ObjectIdentifier { ObjectIdentifier(channel) }

  /// Whether it still stands.
  var isActive: Bool { channel.isActive }

  /// Connects. Ends at once, with an error, where its task is cancelled.
  ///
  /// - Parameters:
  ///   - localAddress: The address of this host to connect from, where it has several.
  ///   - timeout: For the TCP connection.
  static func connect(
    to address: TerminalAddress, from localAddress: String?, timeout: Duration,
    group: any EventLoopGroup
  ) async throws(RPCError) -> RPCConnection {
    do {
      var bootstrap = ClientBootstrap(group: group)
        .connectTimeout(.init(timeout))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      if let localAddress {
        bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: localAddress, port: 0))
      }
      let attempt = ConnectionAttempt()
      let ready = bootstrap
      let (channel, multiplexer) = try await withTaskCancellationHandler {
        try await ready.connect(host: address.host, port: address.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try attempt.add(channel)
            return (channel, try configure(channel))
          }
        }
      } onCancel: {
        attempt.cancel()
      }
      return RPCConnection(
        channel: channel, multiplexer: multiplexer, authority: address.description)
    } catch {
      throw reason(error, from: localAddress)
    }
  }

  private static func configure(
    _ channel: any Channel
  ) throws -> NIOHTTP2Handler.StreamMultiplexer {
    let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
      mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
    ) { $0.close() }
    try channel.pipeline.syncOperations.addHandler(CloseOnError())
    return multiplexer
  }

  /// Why a connection did not come about, in the system's word where it has one.
  private static func reason(_ error: any Error, from localAddress: String?) -> RPCError {
    // Of a name's several addresses the first one's error stands for all.
    let first = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
    if case .connectTimeout? = first as? ChannelError { return .timedOut }
    if let localAddress, isOfLocalAddress(first) { return .localAddress(localAddress) }
    guard let failure = first as? IOError else { return .connection("\(first)") }
    return .connection(String(cString: strerror(failure.errnoCode)))
  }

  /// Whether the address to connect from is to blame: not an address, not of this host, or of the other
  /// version of IP.
  private static func isOfLocalAddress(_ error: any Error) -> Bool {
    if case .failedToParseIPString? = error as? SocketAddressError { return true }
    let code = (error as? IOError)?.errnoCode
    return code == EADDRNOTAVAIL || code == EAFNOSUPPORT
  }

  /// Sends messages and gives all that are answered, once the call has ended well. Ends at once, with an
  /// error, where its task is cancelled.
  ///
  /// - Parameters:
  ///   - path: `/service/method`.
  ///   - limit: The most bytes of one answered message, and of all together.
  func call(
    _ path: String, _ messages: [[UInt8]], timeout: Duration, limit: Int
  ) async throws(RPCError) -> [[UInt8]] {
    let promise = channel.eventLoop.makePromise(of: [[UInt8]].self)
    let call = RPCCall(
      path: path, authority: authority, messages: messages, timeout: timeout, limit: limit)
    // Opening a stream on a broken connection fails; the call's own handler knows nothing of it then.
    let stream = multiplexer.createStreamChannel { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandler(RPCCallHandler(call, promise: promise))
      }
    }
    stream.whenFailure { promise.fail(RPCError.connection("\($0)")) }
    do {
      return try await withTaskCancellationHandler {
        try await promise.futureResult.get()
      } onCancel: {
        stream.whenSuccess { $0.close(promise: nil) }
      }
    } catch {
      throw error as? RPCError ?? .connection("\(error)")
    }
  }

  /// Ends the connection.
  func close() { channel.close(promise: nil) }

  /// Ends a connection on which something went wrong, such as a peer that does not speak HTTP/2.
  private final class CloseOnError: ChannelInboundHandler {
    typealias InboundIn = Any

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
