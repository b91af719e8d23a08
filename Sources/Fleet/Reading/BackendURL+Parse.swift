extension BackendURL {
  /// Why a text is not a base URL.
  struct Mistake: Error {
    var message: String
  }

  /// Reads `scheme://host[:port][/path]`.
  static func parse(_ text: String) -> Result<BackendURL, Mistake> {
    guard let separator = text.firstRange(of: "://") else {
      return .failure(Mistake(message: "the URL has no scheme"))
    }
    guard let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else {
      return .failure(Mistake(message: "the URL's scheme is neither http nor https"))
    }
    let rest = text[separator.upperBound...]
    let slash = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    let authority = rest[..<slash]
    if authority.contains("@") {
      return .failure(
        Mistake(message: "the URL carries a user or password; a key belongs under `key`"))
    }
    guard let (host, port) = HostName.split(authority), port != 0 else {
      return .failure(Mistake(message: "the URL's host or port is malformed"))
    }
    var path = rest[slash...]
    if path.contains("?") || path.contains("#") {
      return .failure(Mistake(message: "a base URL has no query and no fragment"))
    }
    guard path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return .failure(Mistake(message: "the URL's path has a space or a character beyond ASCII"))
    }
    while path.last == "/" { path.removeLast() }
    return .success(BackendURL(scheme: scheme, host: host, port: port, basePath: String(path)))
  }
}
