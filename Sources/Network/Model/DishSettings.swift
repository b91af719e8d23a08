/// The terminal at the site's end of a LEO uplink, as far as the node reads or imitates it.
public struct DishSettings: Sendable, Equatable {
  /// Which terminal.
  public enum Terminal: Sendable, Equatable {
    /// The node stands in for one, on this port of the loopback interface or a free one.
    case emulated(port: Int?)
    /// A real one, by the host and port of its local API.
    case real(host: String, port: Int)
  }

  /// Where every real terminal answers to the hosts behind it.
  public static let standardHost = "192.168.100.1"
  /// The port of terminals' local API.
  public static let standardPort = 9200

  /// Which terminal.
  public var terminal: Terminal
  /// Whether an emulated terminal tells where it is.
  public var tellsLocation: Bool
  /// Whether metrics also carry `*_throughput_bytes`, which other exporters fill with bits.
  public var hasLegacyMetrics: Bool

  /// Creates settings.
  public init(_ terminal: Terminal, tellsLocation: Bool = false, hasLegacyMetrics: Bool = false) {
    self.terminal = terminal
    self.tellsLocation = tellsLocation
    self.hasLegacyMetrics = hasLegacyMetrics
  }
}
