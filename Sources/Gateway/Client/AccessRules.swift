import Decisions
import Fleet
import Links
import NIOHTTP1
import Orbits

/// Who may talk to the gateway.
///
/// Without keys everybody on this machine may, and the danger is a web page that the user has open: one
/// whose name has been pointed at 127.0.0.1 (DNS rebinding), or one that posts across sites. Both show
/// in the `Host` and `Origin` fields, which a page cannot forge.
struct AccessRules: Sendable {
  private let accounts: any AccountKeeper
  /// What `Host` may say, but for the port; in lower case.
  private let hosts: [String]

  init(_ configuration: GatewayConfiguration, accounts: any AccountKeeper) {
    self.accounts = accounts
    let own = configuration.host.lowercased()
    let isBareIPv6 = own.contains(":") && !own.hasPrefix("[")
    hosts = ["localhost", "127.0.0.1", "[::1]", isBareIPv6 ? "[\(own)]" : own]
  }

  /// Who asks with these fields; refuses a client that may not. What is public needs no key.
  func caller(_ headers: HTTPHeaders, isPublic: Bool, at time: UTC) throws(APIError) -> Caller {
    let asksForKeys = accounts.asksForKeys
    if !asksForKeys { try checkHost(headers) }
    try checkOrigin(headers)
    if !asksForKeys || isPublic { return .local }
    guard let key = Self.key(in: headers) else {
      throw Self.unauthorized(
        "No API key was sent. Send one of this gateway's keys as 'Authorization: Bearer KEY'.")
    }
    switch accounts.caller(showing: key, at: time) {
    case .success(let caller): return caller
    case .failure(.unknown):
      throw Self.unauthorized(
        "The API key is not one of this gateway's. Check the key that the client is configured with."
      )
    case .failure(.expired):
      throw Self.unauthorized(
        "The API key has expired. Ask for a new one: `perigee keys rotate` makes it.")
    case .failure(.revoked):
      throw Self.unauthorized("The API key has been revoked. Ask for a new one.")
    }
  }

  private static func unauthorized(_ message: String) -> APIError {
    APIError(.unauthorized, .callerUnauthorized, message, code: "invalid_api_key")
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

extension Caller {
  /// Refuses what needs `scope` where the key does not allow it.
  func require(_ scope: KeyScope) throws(APIError) {
    guard !may(scope) else { return }
    throw APIError(
      .forbidden, .policyForbidden,
      "The key '\(name)' does not have the scope '\(scope.rawValue)', which this needs. Use another "
        + "key, or have one made with it: `perigee keys create --scope \(scope.rawValue)`.",
      code: "policy_forbidden")
  }
}

extension Route {
  /// What a key must allow; `nil` where any key will do.
  var scope: KeyScope? {
    switch self {
    case .inference: .inference
    // The work plane asks for what each of its paths needs.
    default: nil
    }
  }
}
