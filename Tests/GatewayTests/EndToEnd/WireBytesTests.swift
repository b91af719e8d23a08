import Decisions
import Fleet
import Links
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Gateway

/// What is billed is what the link carried, to the byte: the link is a relay that counts.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WireBytesTests {
  typealias Step = MockBackend.Step

  /// Runs `body` with a relay before each backend, and then holds the relays against the bills.
  private func onLinks(
    _ responders: [@Sendable (MockBackend.Request) -> [Step]], certificate: TestCertificate? = nil,
    hedge: HedgePlan? = nil, continuing: Set<String> = [], keeper: TestKeeper = Self.keeper,
    _ body: (Rig) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    var relays: [CountingRelay] = []
    var backends: [MockBackend] = []
    for respond in responders {
      let backend = try await MockBackend(
        group, tls: certificate?.serverContext(), script: respond)
      backends.append(backend)
      relays.append(try await CountingRelay(group, to: backend.port))
    }
    let ports = relays.map(\.port)
    var told: TestRouter?
    try await Rig.run(
      responding: [], accounts: keeper, certificate: certificate,
      router: { _ in
        let router = TestRouter(
          ports.enumerated().map { index, port in
            let endpoint = Endpoint(
              host: "127.0.0.1", port: port, tls: certificate != nil, serverName: "localhost",
              hostHeader: "localhost", basePath: "/v1")
            return ("b\(index)", endpoint)
          }, hedge: hedge, continuing: continuing)
        told = router
        return router
      }
    ) { rig in try await body(rig) }
    let router = try #require(told)
    // What a connection brings as it closes comes after its request.
    var (seen, billed) = ((up: 0, down: 0), (up: 0, down: 0))
    for _ in 0..<300 {
      seen = relays.map(\.seen).reduce((0, 0)) { ($0.0 + $1.up, $0.1 + $1.down) }
      let told = router.told
      let attempts = told.records.flatMap(\.attempts)
      billed = attempts.reduce((told.unbilledUp, told.unbilledDown)) {
        ($0.0 + $1.bytesUp, $0.1 + $1.bytesDown)
      }
      if seen == billed { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(billed == seen)
    let used = keeper.told.used.map(\.usage)
    let attempts = router.told.records.flatMap(\.attempts)
    let bytesUp = attempts.reduce(0) { $0 + $1.bytesUp }
    let bytesDown = attempts.reduce(0) { $0 + $1.bytesDown }
    let (usedUp, usedDown) = used.reduce((0, 0)) { ($0.0 + $1.bytesUp, $0.1 + $1.bytesDown) }
    #expect(usedUp == bytesUp && usedDown == bytesDown)
    // A dollar for each byte shows in each bill.
    let cost = router.told.records.compactMap(\.cost?.bytes).reduce(Money.zero, +)
    #expect(cost == Money(dollars: Double(bytesUp + bytesDown)))
    for relay in relays { await relay.stop() }
    for backend in backends { await backend.stop() }
  }

  private static var keeper: TestKeeper {
    TestKeeper(["app": .everything], price: PathPrice(tokens: .free, perGigabyte: 1e9))
  }

  private static let bearer = ["authorization: Bearer key-app"]

  private static let long = String(repeating: "a long prompt ", count: 20_000)

  private static let answers: [[Step]] = [
    Script.good, Script.response("{\"choices\":[],\"text\":\"\(long)\"}"),
    [
      .write(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"),
      Script.chunk(Script.completion), Script.lastChunk,
    ],
    [
      .write("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n\(Script.completion)"),
      .close,
    ],
    Script.response("{\"error\":{\"message\":\"no\"}}", status: "422 Unprocessable Content"),
  ]

  @Test(arguments: answers.indices, [false, true])
  func wholeAnswers(_ index: Int, isLong: Bool) async throws {
    let prompt = isLong ? Self.long : ""
    try await onLinks([{ _ in Self.answers[index] }]) { rig in
      for _ in 0..<3 {
        _ = try await rig.chat(headers: Self.bearer, extra: ",\"note\":\"\(prompt)\"")
      }
      #expect(rig.router.told.records.count == 3)
      #expect(rig.router.told.unbilledUp == 0)
    }
  }

  @Test(arguments: [0, 5])
  func streams(_ gapMs: Int64) async throws {
    try await onLinks([{ _ in Script.stream(20, gapMs: gapMs) }]) { rig in
      for _ in 0..<3 {
        let answer = try await rig.chat(stream: true, headers: Self.bearer)
        #expect(answer.isComplete)
      }
    }
  }

  @Test func retriesAndTheirFailures() async throws {
    let failure = Script.response("{}", status: "500 Internal Server Error")
    try await onLinks([{ _ in failure }, { _ in [.reset] }, { _ in Script.good }]) { rig in
      #expect(try await rig.chat(headers: Self.bearer).status == 200)
      let record = try #require(try await rig.record())
      let haveSent = record.attempts.map { $0.bytesUp > 200 }
      #expect(haveSent == [true, true, true])
    }
  }

  /// The hedge that lost had sent its request, and begun to hear its answer.
  @Test func hedgesThatLose() async throws {
    let loser: [Step] = [
      Script.streamHead, Script.chunk(": working\n\n"), .wait(milliseconds: 60_000),
    ]
    let plan = HedgePlan(candidate: 1, delay: .milliseconds(50), reason: "test")
    let slow: [Step] = [.wait(milliseconds: 300)] + Script.stream(3)
    try await onLinks([{ _ in slow }, { _ in loser }], hedge: plan) { rig in
      let answer = try await rig.chat(stream: true, headers: Self.bearer)
      #expect(answer.isComplete)
      let lost = try #require(try await rig.record()?.attempts.last)
      #expect(lost.fault == .policyHedgeLost && lost.bytesUp > 300 && lost.bytesDown > 80)
    }
  }

  @Test func clientsThatLeave() async throws {
    let steps = [Script.streamHead, Script.chunk(Script.event(0)), .wait(milliseconds: 60_000)]
    try await onLinks([{ _ in steps }]) { rig in
      let client = try await rig.client()
      try await client.post(
        "/v1/chat/completions", Rig.body(stream: true), headers: Self.bearer)
      _ = try await client.partialResponse { $0.text.contains("t0") }
      await client.close()
      #expect(try await rig.record()?.fault == .callerCancelled)
    }
  }

  @Test func streamsThatAreGoneOnWith() async throws {
    let isFirst = Mutex(true)
    let respond = { @Sendable (_: MockBackend.Request) -> [Step] in
      let first = isFirst.withLock { isFirst in
        defer { isFirst = false }
        return isFirst
      }
      return first ? Script.brokenStream(3, .reset) : Script.stream(2)
    }
    try await onLinks([respond, respond], continuing: ["b0", "b1"]) { rig in
      _ = try await rig.chat(stream: true, headers: Self.bearer)
      let record = try #require(try await rig.record())
      #expect(record.resumes == 1)
      let haveBrought = record.attempts.map { $0.bytesDown > 0 }
      #expect(haveBrought == [true, true])
    }
  }

  /// Backends that close after each answer have a connection opened ahead, whose last one nobody uses.
  @Test func sparesAreBilledToWhomTheyServe() async throws {
    let certificate = try #require(TestCertificate.shared)
    let closing: [Step] = [
      .write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"),
      .write(Script.completion), .close,
    ]
    try await onLinks([{ _ in closing }], certificate: certificate) { rig in
      for _ in 0..<3 {
        #expect(try await rig.chat(headers: Self.bearer).status == 200)
        try await Task.sleep(for: .milliseconds(100))
      }
      let handshakes = rig.router.told.records.flatMap(\.attempts).map { $0.bytesDown > 1000 }
      #expect(handshakes == [true, true, true])
    }
  }

  @Test(arguments: [false, true])
  func recordsOfTLS(_ stream: Bool) async throws {
    let certificate = try #require(TestCertificate.shared)
    let steps = stream ? Script.stream(5) : Script.good
    try await onLinks([{ _ in steps }], certificate: certificate) { rig in
      for _ in 0..<2 {
        let answer = try await rig.chat(stream: stream, headers: Self.bearer)
        #expect(answer.isComplete)
      }
      // The handshake is the first one's, and costs more than its request.
      let up = rig.router.told.records.flatMap(\.attempts).map(\.bytesUp)
      #expect(up.count == 2 && up[0] > up[1] + 1000, "\(up)")
    }
  }
}
