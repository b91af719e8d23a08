import Decisions
import Links
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import Gateway

/// A pool on an event loop of its own, and a user that counts how connecting ended.
@Suite(.timeLimit(.minutes(1))) struct UpstreamPoolTests {
  private final class User: UpstreamUser {
    let path = PathID(backend: "b", uplink: "leo")
    var connected = 0
    var faults: [Fault] = []

    func upstreamConnected(_ connection: UpstreamConnection) {
      connected += 1
      connection.close()
    }
    func upstreamConnectFailed(_ fault: Fault, detail: String) { faults.append(fault) }
    func upstreamTookRequest() {}
    func upstreamReceived(head: HTTPResponseHead) {}
    func upstreamReceived(body: ByteBuffer) {}
    func upstreamReceivedEnd() {}
    func upstreamLost(_ fault: Fault, detail: String) {}
  }

  /// Connects and gives what the user had been told when that returned, and what a while later.
  private func connect(
    to endpoint: Endpoint, cancels: Bool = false
  ) async throws -> (atOnce: Int, faults: [Fault]) {
    let dialer = try Dialer()
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let (kept, atOnce) = try await loop.submit {
      let settings = UpstreamPool.Settings(
        connectTimeout: .seconds(10), keepAlive: .seconds(10), maximumIdle: 1,
        maximumHeaderBytes: 1000, dialer: dialer, unbilled: { _, _, _ in })
      let pool = UpstreamPool(eventLoop: loop, settings: settings)
      let user = User()
      let pending = pool.connect(to: endpoint, for: user)
      let atOnce = user.faults.count + user.connected
      if cancels { pending.cancel() }
      return (NIOLoopBound((pool, user), eventLoop: loop), atOnce)
    }.get()
    for _ in 0..<(cancels ? 20 : 1000) {
      let faults = try await loop.submit { kept.value.1.faults }.get()
      if !faults.isEmpty { return (atOnce, faults) }
      try await Task.sleep(for: .milliseconds(10))
    }
    return (atOnce, [])
  }

  static let hopeless: [(Endpoint, Fault)] = [
    (Endpoint(host: "127.0.0.1", port: 1), .linkRefused),
    (Endpoint(host: "127.0.0.1", port: 1, localAddress: "wan0"), .linkUnreachable),
    (Endpoint(host: "127.0.0.1", port: 1, localAddress: "192.0.2.77"), .linkUnreachable),
    (
      Endpoint(host: "192.0.2.1", port: 1, tls: true).through(host: "127.0.0.1", port: 1), .linkTLS
    ),
  ]

  /// Whoever connects holds what it cancels by before it hears that this was in vain.
  @Test(arguments: hopeless.indices) func failsLater(_ index: Int) async throws {
    let (endpoint, fault) = Self.hopeless[index]
    let (atOnce, faults) = try await connect(to: endpoint)
    #expect(atOnce == 0)
    #expect(faults == [fault])
  }

  @Test(arguments: hopeless.indices) func saysNothingOnceCancelled(_ index: Int) async throws {
    #expect(try await connect(to: Self.hopeless[index].0, cancels: true).faults.isEmpty)
  }
}
