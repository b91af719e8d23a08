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
  /// - Parameters:
  ///   - trustRoots: The certificate authorities that backends are checked against.
  ///   - additionalTrustFiles: PEM files of further ones.
  /// - Throws: A NIOSSL error when the trust roots cannot be loaded.
  public init(
    trustRoots: NIOSSLTrustRoots = .default, additionalTrustFiles: [String] = []
  ) throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = trustRoots
    configuration.additionalTrustRoots = additionalTrustFiles.map { .file($0) }
    configuration.minimumTLSVersion = .tlsv12
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
  ///   - configure: Called on `loop` with each new channel before it connects: a name with several
  ///     addresses may take several.
  /// - Returns: The connected channel; fails with ``DialError`` where the endpoint cannot be dialled as it
  ///   is, else with an error of NIO's.
  public func connect(
    to endpoint: Endpoint, on loop: any EventLoop, timeout: TimeAmount,
    configure: @escaping @Sendable (any Channel) throws -> Void
  ) -> EventLoopFuture<any Channel> {
    do {
      if endpoint.tls, endpoint.isEmulated, Self.address(endpoint.serverName) != nil {
        throw DialError.addressBehindEmulator(endpoint.serverName)
      }
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
      // An address takes no detour over the resolver and its thread.
      if let address = Self.address(endpoint.connectHost, port: endpoint.connectPort) {
        return bootstrap.connect(to: address)
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
      let isAddress = Self.address(endpoint.serverName) != nil
      return try NIOSSLClientHandler(
        context: tls, serverHostname: isAddress ? nil : endpoint.serverName)
    } catch {
      throw DialError.badServerName(endpoint.serverName, reason: TLSProblem.words(for: error))
    }
  }

  private static func source(_ address: String) throws -> SocketAddress {
    guard let source = Self.address(address) else { throw DialError.badLocalAddress(address) }
    return source
  }

  /// The IP address that `text` is; `nil` for names.
  static func address(_ text: String, port: Int = 0) -> SocketAddress? {
    try? SocketAddress(ipAddress: text, port: port)
  }
}

extension Endpoint {
  /// Whether the connection goes to an IP address, so that no name has to be resolved first.
  public var isAddress: Bool { Dialer.address(connectHost) != nil }
}
