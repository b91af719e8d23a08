import Glibc

/// Ports and health checks on 127.0.0.1.
enum Loopback {
  /// A port that nobody listens on.
  ///
  /// Drawn from below the ephemeral range: a server that restarts must find its port free again, and
  /// an outgoing connection could have taken an ephemeral one meanwhile.
  static func freePort() -> UInt16 {
    for _ in 0..<64 {
      let port = UInt16.random(in: 20_000..<32_000)
      if canBind(port) { return port }
    }
    return .random(in: 20_000..<32_000)
  }

  /// The status of `GET path` at `port`, or nil if there was no answer within `timeout`.
  ///
  /// The socket never blocks: between tries the task sleeps, and a cancelled task gives up at once.
  static func status(port: UInt16, path: String, timeout: Duration) async -> Int? {
    let descriptor = socket(AF_INET, streamType | nonBlocking, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let connected = withAddress(port) { connect(descriptor, $0, $1) }
    guard connected == 0 || errno == EINPROGRESS else { return nil }

    let deadline = ContinuousClock.now + timeout
    let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
    guard await ready(descriptor, POLLOUT, by: deadline),
      send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count,
      await ready(descriptor, POLLIN, by: deadline)
    else { return nil }

    // "HTTP/1.1 200" is twelve bytes, which a server writes in one piece.
    var line = [UInt8](repeating: 0, count: 12)
    guard recv(descriptor, &line, line.count, 0) == line.count else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    return text.hasPrefix("HTTP/1.") ? Int(text.suffix(3)) : nil
  }

  private static func ready(
    _ descriptor: Int32, _ event: Int32, by deadline: ContinuousClock.Instant
  ) async -> Bool {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      if poll(&entry, 1, 0) == 1 { return entry.revents & Int16(event) != 0 }
      guard ContinuousClock.now < deadline else { return false }
      guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return false }
    }
  }

  private static func canBind(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, streamType, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withAddress(port) { bind(descriptor, $0, $1) } == 0
  }

  private static let streamType = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)

  private static func withAddress<R>(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
