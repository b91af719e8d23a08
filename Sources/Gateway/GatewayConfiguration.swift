import Decisions
import Links

/// What a gateway listens on, whom it lets in, and how much and how long it bears.
public struct GatewayConfiguration: Sendable {
  /// Certificate and key for TLS.
  public struct TLS: Sendable, Equatable {
    /// A PEM file with the certificate chain, leaf first.
    public var certificateChainPath: String
    /// A PEM file with the private key.
    public var privateKeyPath: String

    /// Creates a pair of paths.
    public init(certificateChainPath: String, privateKeyPath: String) {
      self.certificateChainPath = certificateChainPath
      self.privateKeyPath = privateKeyPath
    }
  }

  /// Bounds on every body, table and queue.
  public struct Limits: Sendable, Equatable {
    /// Bytes of a request's body.
    public var maxBodyBytes = 32 << 20
    /// Bytes of a file that is uploaded, with what frames it.
    public var maxUploadBytes = 201 << 20
    /// Bytes of a request's or an answer's header fields.
    public var maxHeaderBytes = 64 << 10
    /// Client connections at a time; more are closed at once.
    public var maxConnections = 16_384
    /// Requests under way at a time; more are answered 503.
    public var maxRequestsInFlight = 8192
    /// Bytes of an answer that is not a stream.
    public var maxResponseBytes = 64 << 20
    /// Bytes of one event of a stream.
    public var maxEventBytes = 16 << 20
    /// Bytes that the bodies of all requests and answers may hold together; more are answered 503.
    public var maxBufferedBytes = 1 << 30
    /// Idle connections kept for each endpoint, on each event loop.
    public var maxIdleUpstreams = 256

    /// The defaults.
    public init() {}
  }

  /// Bounds on every wait.
  public struct Timeouts: Sendable, Equatable {
    /// For a connection to an upstream, TLS included.
    public var connect = RequestStateMachine.Waits.standard.connect
    /// From a request's last byte to the answer's first, while another candidate is left to try. The
    /// last one has until the client's deadline.
    public var firstByte = RequestStateMachine.Waits.standard.firstByte
    /// Between two events of a stream, or two reads of an answer's body.
    public var idle = RequestStateMachine.Waits.standard.idle
    /// For a request's head, and between two reads of its body.
    public var requestHead: Duration = .seconds(30)
    /// Between two requests of a client's connection.
    public var keepAlive: Duration = .seconds(75)
    /// How long an unused connection to an upstream is kept.
    public var upstreamKeepAlive: Duration = .seconds(60)
    /// Of a client that names none.
    public var deadline: Duration = .seconds(600)

    /// The defaults.
    public init() {}
  }

  /// The address to listen on: an IP address or a host name.
  public var host: String
  /// The port to listen on; 0 lets the system choose.
  public var port: Int
  /// TLS, or `nil` for plain TCP.
  public var tls: TLS?
  /// The keys that clients may show; none means that everybody on this machine may ask.
  public var keys: [Secret]
  /// Bounds on every body, table and queue.
  public var limits = Limits()
  /// Bounds on every wait.
  public var timeouts = Timeouts()
  /// How long a stream may stay silent before its first event until a comment is sent, and how often.
  public var heartbeat = RequestStateMachine.Waits.standard.heartbeat

  /// The share of the traces that begin here which are recorded, from 0 to 1; `nil` where this node takes
  /// no part in traces and passes their fields on as they come.
  public var traceSampleRatio: Double?

  /// Creates a configuration.
  public init(
    host: String = "127.0.0.1", port: Int = 8080, tls: TLS? = nil, keys: [Secret] = []
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.keys = keys
  }

  /// Whether only this machine can reach ``host``: 127.0.0.0/8, `::1` or `localhost`.
  public var isLoopback: Bool {
    if host == "::1" || host == "[::1]" || host.lowercased() == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// Why a gateway does not start.
public enum GatewayStartError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Others could reach the address, and what would keep them out is missing.
  case unprotected(host: String, missingKeys: Bool, missingTLS: Bool)
  /// The certificate or the key cannot be used.
  case badCertificate(path: String, reason: String)
  /// The address cannot be listened on.
  case cannotListen(host: String, port: Int, reason: String)

  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .unprotected(let host, let missingKeys, let missingTLS):
      let missing = [missingKeys ? "client keys" : nil, missingTLS ? "TLS" : nil]
        .compactMap { $0 }.joined(separator: " and ")
      return "refusing to listen on \(host), which other machines can reach, without \(missing): "
        + "add \(missing), or listen on 127.0.0.1"
    case .badCertificate(let path, let reason):
      return "cannot use \(path) for TLS: \(reason); give PEM files of a certificate chain (leaf "
        + "first) and its private key"
    case .cannotListen(let host, let port, let reason):
      return
        "cannot listen on \(host) port \(port): \(reason); choose a free port and an address of "
        + "this machine"
    }
  }
}
