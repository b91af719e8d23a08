import Decisions
import Links
import NIOHTTP1

/// Who may talk to the gateway.
///
/// Without keys everybody on this machine may, and the danger is a web page that the user has open: one
/// whose name has been pointed at 127.0.0.1 (DNS rebinding), or one that posts across sites. Both show
/// in the `Host` and `Origin` fields, which a page cannot forge.
struct AccessRules: Sendable {
  private let keys: [[UInt8]]
  /// What `Host` may say, but for the port; in lower case.
  private let hosts: [String]

  init(_ configuration: GatewayConfiguration) {
    keys = configuration.keys.map { Array($0.reveal().utf8) }
    let own = configuration.host.lowercased()
    let isBareIPv6 = own.contains(":") && !own.hasPrefix("[")
    hosts = ["localhost", "127.0.0.1", "[::1]", isBareIPv6 ? "[\(own)]" : own]
  }

  /// Refuses a request of a client that may not ask; `isPublic` needs no key.
  func check(_ headers: HTTPHeaders, isPublic: Bool) throws(APIError) {
    if keys.isEmpty { try checkHost(headers) }
    try checkOrigin(headers)
    if keys.isEmpty || isPublic { return }
    guard let key = Self.key(in: headers) else {
      throw APIError(
        .unauthorized, .callerUnauthorized,
        "No API key was sent. Send one of this gateway's keys as 'Authorization: Bearer KEY'.",
        code: "invalid_api_key")
    }
    guard isAccepted(key) else {
      throw APIError(
        .unauthorized, .callerUnauthorized,
        "The API key is not one of this gateway's. Check the key that the client is configured with.",
        code: "invalid_api_key")
    }
  }

  private func checkHost(_ headers: HTTPHeaders) throws(APIError) {
    guard let host = headers.first(name: "host") else { return }
    for known in hosts where Self.names(host, known) { return }
    throw APIError(
      .misdirectedRequest, .callerForbidden,
      "This gateway does not answer to the host '\(host.prefix(200))'. Use localhost or 127.0.0.1, or "
        + "configure keys and TLS.", code: "wrong_host")
  }

  private func checkOrigin(_ headers: HTTPHeaders) throws(APIError) {
    guard let origin = headers.first(name: "origin") else { return }
    let isOfWeb = origin == "null" || origin.hasPrefix("http://") || origin.hasPrefix("https://")
    guard isOfWeb else { return }
    let authority = origin.split(separator: "/").dropFirst().first
    if let authority, let host = headers.first(name: "host"),
      authority.lowercased() == host.lowercased()
    {
      return
    }
    throw APIError(
      .forbidden, .callerForbidden,
      "Web pages of other sites may not use this gateway (origin '\(origin.prefix(200))').",
      code: "cross_origin")
  }

  /// The time this takes depends on the keys' lengths and the shown key's, not on what they hold.
  private func isAccepted(_ shown: Substring) -> Bool {
    let shown = Array(shown.utf8)
    var isAccepted = false
    for key in keys {
      var difference = UInt8(key.count == shown.count ? 0 : 1)
      for index in 0..<min(key.count, shown.count) { difference |= key[index] ^ shown[index] }
      isAccepted = isAccepted || (difference == 0)
    }
    return isAccepted
  }

  /// The key of `Authorization: Bearer KEY`, or of `x-api-key`.
  private static func key(in headers: HTTPHeaders) -> Substring? {
    if let value = headers.first(name: "authorization") {
      let parts = value.split(separator: " ", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "bearer" { return parts[1] }
    }
    return headers.first(name: "x-api-key").map { $0[...] }
  }

  /// Whether a `Host` field names `known`, with or without a port.
  private static func names(_ host: String, _ known: String) -> Bool {
    var rest = host.utf8[...]
    for byte in known.utf8 {
      guard let next = rest.popFirst() else { return false }
      let isUpper = next &- UInt8(ascii: "A") < 26
      if (isUpper ? next | 0x20 : next) != byte { return false }
    }
    return rest.isEmpty || rest.first == UInt8(ascii: ":")
  }
}
