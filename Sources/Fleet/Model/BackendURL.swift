/// The base URL of an OpenAI-compatible server, as the SDKs' `base_url`: `https://host:port/v1`.
public struct BackendURL: Sendable, Hashable, CustomStringConvertible {
  /// The schemes a backend can be reached by.
  public enum Scheme: String, Sendable, CaseIterable {
    /// Plain HTTP.
    case http
    /// HTTP over TLS.
    case https

    /// The port where a URL names none.
    public var defaultPort: Int { self == .https ? 443 : 80 }
  }

  /// The scheme.
  public var scheme: Scheme
  /// A host name, an IPv4 address, or an IPv6 address without brackets.
  public var host: String
  /// The TCP port.
  public var port: Int
  /// What stands before `/chat/completions`: empty, or beginning with `/` and not ending with it.
  public var basePath: String

  /// Creates a URL from its parts.
  public init(scheme: Scheme, host: String, port: Int? = nil, basePath: String = "") {
    self.scheme = scheme
    self.host = host
    self.port = port ?? scheme.defaultPort
    self.basePath = basePath
  }

  /// The URL, its port left out where it is the scheme's own.
  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(scheme.rawValue)://\(name)" + (port == scheme.defaultPort ? "" : ":\(port)")
      + basePath
  }
}
