/// Where a terminal answers.
public struct TerminalAddress: Sendable, Hashable, CustomStringConvertible {
  /// A host name or an IP address, IPv6 without brackets.
  public var host: String
  /// The port.
  public var port: Int

  /// The port that every terminal's gRPC API is on.
  public static let standardPort = 9200
  /// Where every terminal answers to the hosts behind it.
  public static let standard = TerminalAddress(host: "192.168.100.1")

  /// Creates an address.
  public init(host: String, port: Int = standardPort) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`; `nil` for anything else.
  public init?(_ text: String) {
    var host = text[...]
    var port = Self.standardPort
    let isBareIPv6 =
      text.split(separator: ":", omittingEmptySubsequences: false).count > 2
      && !text.hasPrefix("[")
    if !isBareIPv6, let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number)
      else { return nil }
      port = number
      host = text[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard (1...253).contains(host.utf8.count),
      host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x5B && $0 != 0x5D })
    else { return nil }
    self.init(host: String(host), port: port)
  }

  /// `HOST:PORT`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
