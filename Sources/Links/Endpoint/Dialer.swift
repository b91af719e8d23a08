import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to endpoints: source address, `TCP_NODELAY`, and TLS with the backend's name.
///
/// One dialer is meant to serve the whole process, as its TLS context holds the trust store.
public struct Dialer: Sendable {
  private let tls: NIOSSLContext

  /// Creates a dialer.
  ///
  /// - Parameter trustRoots: The certificate authorities that backends are checked against.
  /// - Throws: A NIOSSL error when the trust roots cannot be loaded.
  public init(trustRoots: NIOSSLTrustRoots = .default) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = trustRoots
    configuration.applicationProtocols = ["http/1.1"]
    self.tls = try NIOSSLContext(configuration: configuration)
  }

  /// Connects to `endpoint` on `loop`.
  ///
  /// The channel has the TLS handler first where the endpoint speaks TLS (the handshake runs on
  /// becoming active; writes wait for it), then what `configure` adds.
  ///
  /// - Parameters:
  ///   - timeout: For the TCP connection alone.
  ///   - configure: Called on `loop` with the new channel before it connects.
  public func connect(
    to endpoint: Endpoint, on loop: any EventLoop, timeout: TimeAmount,
    configure: @escaping @Sendable (any Channel) throws -> Void
  ) -> EventLoopFuture<any Channel> {
    do {
      var bootstrap = ClientBootstrap(group: loop)
        .connectTimeout(timeout)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if endpoint.tls {
              try channel.pipeline.syncOperations.addHandler(handler(for: endpoint))
            }
            try configure(channel)
          }
        }
      if let address = endpoint.localAddress {
        bootstrap = bootstrap.bind(to: try Self.source(address))
      }
      return bootstrap.connect(host: endpoint.connectHost, port: endpoint.connectPort)
    } catch {
      return loop.makeFailedFuture(error)
    }
  }

  private func handler(for endpoint: Endpoint) throws -> NIOSSLClientHandler {
    do {
      // SNI names hosts only (RFC 6066, 3): for an address the certificate is checked against the
      // address that was connected to.
      let isAddress = (try? SocketAddress(ipAddress: endpoint.serverName, port: 0)) != nil
      return try NIOSSLClientHandler(
        context: tls, serverHostname: isAddress ? nil : endpoint.serverName)
    } catch {
      throw DialError.badServerName(endpoint.serverName, reason: "\(error)")
    }
  }

  private static func source(_ address: String) throws -> SocketAddress {
    do {
      return try SocketAddress(ipAddress: address, port: 0)
    } catch {
      throw DialError.badLocalAddress(address)
    }
  }
}
