import NIOCore
import Testing

@testable import Gateway

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the gateway's sockets are set, looked up among this process's descriptors.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SocketTests {
  /// `TCP_NODELAY` of each connected socket between those two ports; `nil` matches any.
  private func noDelay(local: Int?, remote: Int?) -> [Bool] {
    var found: [Bool] = []
    for descriptor in Int32(0)..<4096 {
      guard let here = port(descriptor, getsockname), let there = port(descriptor, getpeername),
        local ?? here == here, remote ?? there == there
      else { continue }
      var value: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      let level = Int32(IPPROTO_TCP)
      if getsockopt(descriptor, level, TCP_NODELAY, &value, &size) == 0 { found.append(value != 0) }
    }
    return found
  }

  private func port(
    _ descriptor: Int32,
    _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) }
    }
    guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Without it a token waits for the acknowledgement of the one before it, which the other side
  /// delays by 40 ms.
  @Test func neitherSideWaitsToFillPackets() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body())
      #expect(try await client.response().status == 200)
      #expect(noDelay(local: rig.port, remote: nil) == [true])
      #expect(noDelay(local: nil, remote: rig.backends[0].port) == [true])
      await client.close()
    }
  }
}
