import NIOCore
import NIOSSL
import Synchronization

/// An HTTP server that behaves as it is told.
final class FickleServer: Sendable {
  enum Mood: String, CaseIterable {
    case ok, chunked, huge, early, error, redirect, hang, reset, close, truncated, garbage
  }

  private struct State {
    var mood: Mood
    var requests: [String] = []
  }

  private let state: Mutex<State>
  private let backend = Mutex<Backend?>(nil)

  /// The requests so far, as text.
  var requests: [String] { state.withLock { $0.requests } }
  /// How many connections have come in.
  var connections: Int { backend.withLock { $0?.connections ?? 0 } }

  init(_ mood: Mood) { state = Mutex(State(mood: mood)) }

  func turn(_ mood: Mood) { state.withLock { $0.mood = mood } }

  /// Listens, and gives the port.
  func start(port: Int = 0, tls: NIOSSLContext? = nil) async throws -> Int {
    let started = try await Backend.start(on: loops, port: port) { channel in
      if let tls {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
      }
      let peer = try Peer.adopt(channel)
      Task { await self.serve(peer) }
    }
    backend.withLock { $0 = started }
    return started.port
  }

  func stop() async { await backend.withLock { $0 }?.stop() }

  private func serve(_ peer: Peer) async {
    guard await peer.read(1).0 != nil else { return peer.close() }
    let mood = state.withLock {
      $0.requests.append("G" + String(buffer: peer.bytes))
      return $0.mood
    }
    switch mood {
    case .hang: return
    case .reset: return peer.reset()
    default: break
    }
    try? await peer.channel.writeAndFlush(ByteBuffer(string: Self.answer(mood))).get()
    peer.close()
  }

  private static func answer(_ mood: Mood) -> String {
    switch mood {
    case .ok: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    case .chunked: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    case .huge:
      "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"
        + String(repeating: "x", count: 1_200_000)
    case .early: "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    case .error: "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
    case .redirect: "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    case .truncated: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    case .garbage: "SSH-2.0-OpenSSH_9.2\r\n"
    case .close, .hang, .reset: ""
    }
  }
}
