import Glibc
import Testing

@testable import Models

@Suite("Health checks over loopback")
struct LoopbackTests {
  @Test("a port with nobody behind it has no status")
  func nobody() async {
    let status = await Loopback.status(
      port: Loopback.freePort(), path: "/health", timeout: .seconds(5))
    #expect(status == nil)
  }

  @Test("a server that accepts and stays silent has no status, and the check ends")
  func silent() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    try #require(listen(listener, 8) == 0)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(listener, $0, &length)
      }
    }
    let status = await Loopback.status(
      port: UInt16(bigEndian: address.sin_port), path: "/", timeout: .milliseconds(50))
    #expect(status == nil)
  }

  @Test("free ports lie below the ephemeral range")
  func ports() {
    for _ in 0..<50 { #expect((20_000..<32_000).contains(Loopback.freePort())) }
  }
}
