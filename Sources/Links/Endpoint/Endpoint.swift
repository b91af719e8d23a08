/// How a backend is reached: where the TCP connection goes, and what is said once it stands.
///
/// The two differ where an emulator stands between: TCP then goes to the emulator, while the TLS
/// server name and the `Host` header stay the backend's (``through(host:port:)``).
public struct Endpoint: Sendable, Hashable {
  /// The backend's host name or address.
  public var host: String
  /// The backend's port.
  public var port: Int
  /// Where the TCP connection goes: ``host``, or an emulator's address.
  public var connectHost: String
  /// The port that the TCP connection goes to.
  public var connectPort: Int
  /// Whether the connection speaks TLS.
  public var tls: Bool
  /// The name sent in SNI and checked against the certificate.
  public var serverName: String
  /// The `Host` header: the name, with the port where it is not the scheme's own.
  public var hostHeader: String
  /// What comes before an API's path, such as `/v1`; empty or beginning with `/`, never ending in it.
  public var basePath: String
  /// The local address that connections are bound to, where a real uplink has one of its own.
  public var localAddress: String?
  /// The key, where the backend asks for one.
  public var authorization: Secret?
  /// Whether health checks show the key as Anthropic's API wants it, in `x-api-key`, instead of in
  /// `Authorization: Bearer`.
  public var usesAPIKeyField = false
  /// Whether a ``LinkEmulator`` stands between.
  public private(set) var isEmulated = false

  /// Creates the endpoint of a backend that is reached directly.
  ///
  /// - Parameters:
  ///   - host: A host name or an IP address (IPv6 without brackets).
  ///   - serverName: The TLS name where it is not `host`.
  ///   - hostHeader: The `Host` header where it does not follow from `host` and `port`.
  ///   - basePath: With or without a trailing `/`.
  public init(
    host: String, port: Int, tls: Bool = false, serverName: String? = nil,
    hostHeader: String? = nil, basePath: String = "", localAddress: String? = nil,
    authorization: Secret? = nil
  ) {
    self.host = host
    self.port = port
    self.connectHost = host
    self.connectPort = port
    self.tls = tls
    self.serverName = serverName ?? host
    let bracketed = host.contains(":") ? "[\(host)]" : host
    let isSchemePort = port == (tls ? 443 : 80)
    self.hostHeader = hostHeader ?? (isSchemePort ? bracketed : "\(bracketed):\(port)")
    self.basePath = Self.normalised(basePath)
    self.localAddress = localAddress
    self.authorization = authorization
  }

  /// This backend, reached through an emulator that listens at `host` and `port`.
  ///
  /// The local address is dropped: it belongs to a real uplink.
  public func through(host: String, port: Int) -> Endpoint {
    var copy = self
    copy.connectHost = host
    copy.connectPort = port
    copy.localAddress = nil
    copy.isEmulated = true
    return copy
  }

  private static func normalised(_ path: String) -> String {
    var trimmed = path[...]
    while trimmed.last == "/" { trimmed.removeLast() }
    return trimmed.isEmpty || trimmed.first == "/" ? String(trimmed) : "/\(trimmed)"
  }
}
