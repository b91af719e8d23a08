/// How the node that runs this fleet listens, and where it stands.
public struct GatewaySettings: Sendable, Equatable {
  /// The certificate and key of an HTTPS listener.
  public struct TLSFiles: Sendable, Equatable {
    /// Path of the certificate chain in PEM form, relative to the manifest's folder unless absolute.
    public var certificatePath: String
    /// Path of the private key in PEM form, relative to the manifest's folder unless absolute.
    public var privateKeyPath: String

    /// Creates a pair of paths.
    public init(certificatePath: String, privateKeyPath: String) {
      self.certificatePath = certificatePath
      self.privateKeyPath = privateKeyPath
    }
  }

  /// The terminal site the node runs at: its uplinks are the node's ways out.
  public var site: String
  /// The address or host name to listen on.
  public var listenHost: String
  /// The TCP port to listen on; 0 lets the system choose.
  public var listenPort: Int
  /// The keys that clients may present; empty means that none is asked for.
  public var keys: [SecretReference]
  /// Keys with a name and what they allow.
  public var namedKeys: [DeclaredKey]
  /// The files of an HTTPS listener; `nil` means plain HTTP.
  public var tls: TLSFiles?
  /// PEM files of certificate authorities that backends may be vouched for by, beside the system's;
  /// relative to the manifest's folder unless absolute.
  public var trust: [String]
  /// What matters most when a request's way is chosen and the request does not say.
  public var preference: Preference
  /// When and how much it hedges.
  public var hedging: HedgingSettings

  /// How many may wait for a place at a backend or on an uplink, and for how long.
  public var queue = QueueSettings()
  /// How many of the newest requests are kept on disk, to be explained after a restart; 0 for none.
  public var history = GatewaySettings.defaultHistory
  /// Where traces go; `nil` for no traces.
  public var telemetry: TelemetrySettings?
  /// How the node stops.
  public var drain = DrainSettings()

  /// How many requests are kept where the manifest says nothing.
  public static let defaultHistory = 10_000
  /// The host listened on where the manifest says nothing: this machine only.
  public static let defaultHost = "127.0.0.1"
  /// The port listened on where the manifest says nothing.
  public static let defaultPort = 8080

  /// Creates settings.
  public init(
    site: String, listenHost: String = GatewaySettings.defaultHost,
    listenPort: Int = GatewaySettings.defaultPort, keys: [SecretReference] = [],
    namedKeys: [DeclaredKey] = [],
    tls: TLSFiles? = nil, trust: [String] = [], preference: Preference = .balanced,
    hedging: HedgingSettings = HedgingSettings()
  ) {
    self.site = site
    self.listenHost = listenHost
    self.listenPort = listenPort
    self.keys = keys
    self.namedKeys = namedKeys
    self.tls = tls
    self.trust = trust
    self.preference = preference
    self.hedging = hedging
  }
}
