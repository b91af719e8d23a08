import Decisions
import Links
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import Gateway

@Suite(
  .serialized, .timeLimit(.minutes(2)),
  .enabled(if: TestCertificate.shared != nil, "needs the openssl command"))
struct TLSTests {
  private let certificate = TestCertificate.shared

  private static func overTLS(_ backends: [MockBackend]) -> TestRouter {
    TestRouter(
      backends.enumerated().map { index, backend in
        (
          "b\(index)",
          Endpoint(host: "127.0.0.1", port: backend.port, tls: true, serverName: "localhost")
        )
      })
  }

  @Test func clientsSpeakTLS() async throws {
    let certificate = try #require(certificate)
    try await Rig.run(
      Script.good,
      configure: {
        $0.host = "0.0.0.0"
        $0.keys = [Secret("k")]
        $0.tls = .init(
          certificateChainPath: certificate.certificatePath, privateKeyPath: certificate.keyPath)
      }
    ) { rig in
      let context = try NIOSSLContext(configuration: certificate.clientConfiguration())
      let client = try await RawClient(port: rig.port, rig.group, tls: context)
      for (fields, status) in [(["authorization: Bearer k"], 200), ([], 401)] {
        try await client.post("/v1/chat/completions", Rig.body(), headers: fields)
        #expect(try await client.response().status == status)
      }
      await client.close()
      let plain = try await rig.client()
      try await plain.get("/health")
      await plain.waitForClose()
    }
  }

  @Test func backendsSpeakTLS() async throws {
    for stream in [false, true] {
      try await Rig.run(
        responding: [{ _ in stream ? Script.stream(3) : Script.good }], certificate: certificate,
        router: Self.overTLS
      ) { rig in
        for _ in 0..<3 {
          let response = try await rig.chat(stream: stream)
          #expect(response.status == 200 && response.isComplete)
        }
        #expect(rig.backends[0].seen.connections == 1)
      }
    }
  }

  @Test func unknownCertificatesAreAFaultOfTheLink() async throws {
    let certificate = try #require(certificate)
    try await Rig.run(Script.good) { rig in
      let impostor = try await MockBackend(rig.group, tls: certificate.serverContext()) { _ in
        Script.good
      }
      let router = Self.overTLS([impostor])
      let server = GatewayServer(
        configuration: GatewayConfiguration(port: 0), router: router, control: EchoControl(),
        logger: Logger(label: "test"), group: rig.group)
      let port = try await server.start().port ?? 0
      let client = try await RawClient(port: port, rig.group)
      try await client.post("/v1/chat/completions", Rig.body())
      let response = try await client.response()
      #expect(response.status == 503 && response.text.contains("link_tls"))
      #expect(impostor.seen.requests.isEmpty)
      await client.close()
      await server.shutdown(grace: .zero)
      await impostor.stop()
    }
  }

  @Test func anAddressBehindAnEmulatorIsAFaultOfTheLink() async throws {
    let endpoint = Endpoint(host: "192.0.2.1", port: 443, tls: true)
    try await Rig.run(
      Script.good,
      router: { TestRouter([("far", endpoint.through(host: "127.0.0.1", port: $0[0].port))]) }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 503 && response.text.contains("link_tls"))
      #expect(response.text.contains("by its host name"))
      #expect(rig.backends[0].seen.connections == 0)
    }
  }

  /// Runs `body` with the endpoint of a peer that accepts and then says nothing, and with the number of
  /// its connections that have closed.
  private func withSilentPeer(
    _ body: (Endpoint, CloseCounter) async throws -> Void
  ) async throws {
    let counter = CloseCounter()
    let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.closeFuture.whenComplete { _ in counter.add() }
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(silent.localAddress?.port)
    try await body(Endpoint(host: "127.0.0.1", port: port, tls: true), counter)
    try await silent.close()
  }

  /// The handshake is part of connecting.
  @Test func aSilentHandshakeTimesOut() async throws {
    try await withSilentPeer { endpoint, _ in
      try await Rig.run(
        Script.good, configure: { $0.timeouts.connect = .milliseconds(300) },
        router: { TestRouter([("silent", endpoint), ("b0", $0[0].endpoint)]) }
      ) { rig in
        let response = try await rig.chat()
        #expect(response["x-perigee-backend"] == "b0")
        let record = try await rig.record()
        #expect(record?.attempts.map(\.fault) == [.linkConnectTimeout, nil])
      }
    }
  }

  @Test func aClientThatLeavesCancelsTheHandshake() async throws {
    try await withSilentPeer { endpoint, closed in
      try await Rig.run(Script.good, router: { _ in TestRouter([("silent", endpoint)]) }) { rig in
        let client = try await rig.client()
        try await client.post("/v1/chat/completions", Rig.body())
        _ = try await rig.eventually { rig.router.told.begun == 1 }
        try await Task.sleep(for: .milliseconds(100))
        await client.close()
        let isClosed = try await rig.eventually { closed.count == 1 }
        #expect(isClosed)
        let record = try await rig.record()
        #expect(record?.fault == .callerCancelled)
      }
    }
  }
}

/// Counts closed connections.
private final class CloseCounter: Sendable {
  private let value = Atomic<Int>(0)

  var count: Int { value.load(ordering: .relaxed) }

  func add() { value.add(1, ordering: .relaxed) }
}
