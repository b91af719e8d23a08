import Fleet
import NIOCore
import NIOSSL
import Network
import Testing

@testable import Links

@Suite(.timeLimit(.minutes(2))) struct ProbeTests {
  private func probe() throws -> Probe { Probe(dialer: try Dialer(), group: loops) }

  private func error(
    _ kind: HealthCheckPolicy.Probe, _ endpoint: Endpoint, timeout: Duration = .seconds(60)
  ) async throws -> ProbeError? {
    do {
      try await probe().run(kind, on: endpoint, timeout: timeout)
      return nil
    } catch let error as ProbeError {
      return error
    }
  }

  @Test(arguments: FickleServer.Mood.allCases)
  func anAnswerPassesWhenItIsGoodAndWhole(_ mood: FickleServer.Mood) async throws {
    let server = FickleServer(mood)
    let endpoint = Endpoint(host: "127.0.0.1", port: try await server.start())
    let timeout: Duration = mood == .hang ? .milliseconds(300) : .seconds(60)
    let error = try await error(.http(path: "/v1/models"), endpoint, timeout: timeout)
    switch mood {
    case .ok, .chunked, .huge, .early: #expect(error == nil)
    case .error: #expect(error == .status(500))
    case .redirect: #expect(error == .status(302))
    case .hang: #expect(error == .timedOut)
    case .reset, .close, .truncated: #expect(error == .closedEarly)
    case .garbage:
      guard case .invalidAnswer? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
    await server.stop()
  }

  /// Checks go over the link too: request and answer, to the byte.
  @Test func itsBytesAreCounted() async throws {
    let server = FickleServer(.ok)
    let endpoint = Endpoint(host: "127.0.0.1", port: try await server.start())
    let counters = LinkCounters()
    for _ in 0..<2 {
      try await probe().run(
        .http(path: "/a"), on: endpoint, timeout: .seconds(60), counting: counters)
    }
    let seen = counters.snapshot
    let request =
      "GET /a HTTP/1.1\r\nHost: \(endpoint.hostHeader)\r\nUser-Agent: perigee-health-check\r\n"
      + "Accept: */*\r\nConnection: close\r\n\r\n"
    #expect(seen.bytesUp == 2 * request.utf8.count)
    #expect(seen.bytesDown > 2 * "HTTP/1.1 200 OK".utf8.count)
    await server.stop()
  }

  /// The operating system tells what it measured; over an emulated link the clock does, and nothing is
  /// quicker than the route.
  @Test func theRoundTripIsMeasured() async throws {
    let server = FickleServer(.ok)
    let port = try await server.start()
    let direct = Endpoint(host: "127.0.0.1", port: port)
    for kind in [HealthCheckPolicy.Probe.tcp, .http(path: "/")] {
      let roundTrip = try await probe().run(kind, on: direct, timeout: .seconds(60))
      #if canImport(Glibc)
        #expect(try #require(roundTrip) >= 0)
      #endif
    }
    try await withLink(to: port, route(oneWayMs: 20)) { port, _ in
      let emulated = direct.through(host: "127.0.0.1", port: port)
      for kind in [HealthCheckPolicy.Probe.tcp, .http(path: "/")] {
        let roundTrip = try await probe().run(kind, on: emulated, timeout: .seconds(60))
        #expect(try #require(roundTrip) >= 39.9)
      }
    }
    await server.stop()
  }

  @Test func theRequestNamesTheBackendAndCarriesTheKey() async throws {
    let server = FickleServer(.ok)
    let endpoint = Endpoint(
      host: "backend.test", port: 8_443, basePath: "/v1", authorization: Secret("sk-1"))
    let near = endpoint.through(host: "127.0.0.1", port: try await server.start())
    #expect(try await error(.http(path: "/health?x=1"), near) == nil)
    let request = try #require(server.requests.first)
    #expect(request.hasPrefix("GET /health?x=1 HTTP/1.1\r\n"))
    #expect(request.contains("Host: backend.test:8443\r\n"))
    #expect(request.contains("Authorization: Bearer sk-1\r\n"))
    await server.stop()
  }

  @Test func aPathThatWouldSmuggleIsNotSent() async throws {
    let server = FickleServer(.ok)
    let endpoint = Endpoint(
      host: "127.0.0.1", port: try await server.start(), authorization: Secret("a\r\nX-Evil: 1"))
    let error = try await error(
      .http(path: "/"), endpoint, timeout: .milliseconds(500))
    #expect(error != nil)
    #expect(server.requests.allSatisfy { !$0.contains("X-Evil") })
    await server.stop()
  }

  @Test func nobodyListensAndNobodyIsFound() async throws {
    let port = try await freePort(on: loops)
    for kind in [HealthCheckPolicy.Probe.tcp, .http(path: "/")] {
      let refused = try await error(kind, Endpoint(host: "127.0.0.1", port: port))
      guard case .refused(let reason)? = refused, reason.contains("refused") else {
        Issue.record("\(String(describing: refused))")
        continue
      }
    }
    let unknown = try await error(.tcp, Endpoint(host: "no-such-host.invalid", port: 80))
    guard case .connect? = unknown else {
      Issue.record("\(String(describing: unknown))")
      return
    }
  }

  @Test func aBadSourceAddressIsNamed() async throws {
    let endpoint = Endpoint(host: "127.0.0.1", port: 1, localAddress: "wan0")
    let failure = try await error(.tcp, endpoint)
    #expect(failure.map { "\($0)".contains("'wan0'") } == true)
  }

  @Test func theSourceAddressIsBoundTo() async throws {
    let seen = AsyncStream.makeStream(of: String?.self)
    let backend = try await Backend.start(on: loops) {
      seen.continuation.yield($0.remoteAddress?.ipAddress)
    }
    let endpoint = Endpoint(host: "127.0.0.1", port: backend.port, localAddress: "127.0.0.9")
    #expect(try await error(.tcp, endpoint) == nil)
    for await address in seen.stream {
      #expect(address == "127.0.0.9")
      break
    }
    await backend.stop()
  }

  @Test func aConnectionThroughAnEmulatorSaysWhetherTheBackendIsThere() async throws {
    let backend = try await Backend.echo(on: loops)
    let endpoint = Endpoint(host: "127.0.0.1", port: backend.port)
    try await withLink(to: backend.port, route(oneWayMs: 5)) { port, _ in
      let near = endpoint.through(host: "127.0.0.1", port: port)
      let there = try await error(.tcp, near)
      #expect(there == nil)
      await backend.stop()
      let gone = try await error(.tcp, near)
      #expect(gone != nil)
    }
  }

  /// The certificate would be compared with the emulator's address.
  @Test func tlsToAnAddressThroughAnEmulatorIsRefused() async throws {
    let server = FickleServer(.ok)
    let near = Endpoint(host: "192.0.2.1", port: 443, tls: true)
      .through(host: "127.0.0.1", port: try await server.start())
    let failure = try await error(.http(path: "/"), near)
    guard case .connect(let reason)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reason.contains("'192.0.2.1'") && reason.contains("host name"))
    #expect(server.connections == 0)
    await server.stop()
  }

  @Test func oldTLSIsRefused() async throws {
    let server = FickleServer(.ok)
    let dialer = try Dialer(trustRoots: .certificates([TestCertificate.certificate()]))
    let port = try await server.start(tls: TestCertificate.serverContext(newest: .tlsv11))
    let endpoint = Endpoint(
      host: "127.0.0.1", port: port, tls: true, serverName: "backend.test")
    await #expect(throws: ProbeError.self) {
      try await Probe(dialer: dialer, group: loops)
        .run(.http(path: "/"), on: endpoint, timeout: .seconds(60))
    }
    #expect(server.requests.isEmpty)
    await server.stop()
  }

  @Test func cancellingEndsTheProbe() async throws {
    let server = FickleServer(.hang)
    let endpoint = Endpoint(host: "127.0.0.1", port: try await server.start())
    let probe = try probe()
    let task = Task {
      try await probe.run(.http(path: "/"), on: endpoint, timeout: .seconds(3_600))
    }
    try await eventually { !server.requests.isEmpty }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    await server.stop()
  }

  @Test func tlsIsCheckedAgainstTheBackendsNameThroughAnEmulator() async throws {
    let server = FickleServer(.ok)
    let port = try await server.start(tls: TestCertificate.serverContext())
    let dialer = try Dialer(trustRoots: .certificates([TestCertificate.certificate()]))
    let probe = Probe(dialer: dialer, group: loops)
    try await withLink(to: port, route(oneWayMs: 2)) { port, _ in
      let endpoint = Endpoint(host: "backend.test", port: 443, tls: true)
        .through(host: "127.0.0.1", port: port)
      try await probe.run(.http(path: "/"), on: endpoint, timeout: .seconds(60))
      #expect(server.requests.first?.contains("Host: backend.test\r\n") == true)

      var impostor = endpoint
      impostor.serverName = "other.test"
      await #expect(throws: ProbeError.self) {
        try await probe.run(.http(path: "/"), on: impostor, timeout: .seconds(60))
      }
      // A dialer that does not know the authority.
      let stranger = Probe(dialer: try Dialer(), group: loops)
      await #expect(throws: ProbeError.self) {
        try await stranger.run(.http(path: "/"), on: endpoint, timeout: .seconds(60))
      }
    }
    #expect(server.requests.count == 1)
    await server.stop()
  }
}
