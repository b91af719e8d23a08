import Digests
import Foundation

/// Where a file of element sets is published: a group of CelesTrak's general-perturbations data, or any URL.
public struct ElementSource: Hashable, Sendable {
  /// CelesTrak's query for general-perturbations data, from which groups come unless another base is given.
  public static let publisher = "https://celestrak.org/NORAD/elements/gp.php"

  /// Hosts whose publishers ask for no more than one download in two hours; nothing overrides that.
  private static let protectedHosts = ["celestrak.org", "celestrak.com", "space-track.org"]

  /// What was asked for: the group's name or the URL.
  public let name: String
  /// The address of the file.
  public let url: String
  /// The name of the file in the cache.
  public let fileName: String
  /// Whether this is a group, which is always CSV with a line end at its end.
  let isGroup: Bool

  /// A source named by `text`: an `http` or `https` URL, or a group such as `starlink` or `stations`.
  ///
  /// Groups are asked for at `base`, another server's query of the same form. Throws
  /// ``CatalogueError/invalidSource(_:reason:)`` for anything else, and for URLs with a password in them,
  /// which would end up in the cache and in messages.
  public init(_ text: String, base: String = Self.publisher) throws(CatalogueError) {
    name = text
    isGroup = !text.contains("://")
    if isGroup {
      guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.isGroupByte),
        text.utf8.first != UInt8(ascii: "-")
      else {
        throw .invalidSource(text, reason: "a group's name has letters, digits and hyphens")
      }
      let joint = base.contains("?") ? "&" : "?"
      url = "\(base)\(joint)GROUP=\(text)&FORMAT=csv"
      fileName = "\(text.lowercased()).csv"
      try Self.check(base)
    } else {
      url = text
      try Self.check(text)
      fileName = Self.fileName(of: text)
    }
  }

  /// Whether the publisher's rule of two hours holds whatever the user says.
  var isProtected: Bool {
    let host = (URLComponents(string: url)?.host ?? "").lowercased()
    return Self.protectedHosts.contains { host == $0 || host.hasSuffix(".\($0)") }
  }

  private static func check(_ url: String) throws(CatalogueError) {
    guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
      parts.scheme == "http" || parts.scheme == "https"
    else { throw .invalidSource(url, reason: "an http or https URL is needed") }
    guard parts.user == nil, parts.password == nil else {
      throw .invalidSource(host, reason: "a URL with a user or password in it is not used")
    }
  }

  private static func isGroupByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }

  /// The last part of the path, made safe, and a digest that tells URLs apart.
  private static func fileName(of url: String) -> String {
    let path = URLComponents(string: url)?.path ?? ""
    let last = path.split(separator: "/").last.map(String.init) ?? "elements"
    let parts = last.split(separator: ".", maxSplits: 1)
    let stem = (parts.first ?? "elements").utf8.filter(isGroupByte).prefix(40)
    let known = ["csv", "json", "xml", "kvn", "tle"]
    let suffix = parts.count > 1 ? parts[1].lowercased() : ""
    let digest = Digest(of: url.utf8).hexadecimal.prefix(8)
    return "\(String(decoding: stem, as: UTF8.self))-\(digest)."
      + (known.contains(suffix) ? suffix : "txt")
  }
}
