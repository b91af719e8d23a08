import NIOCore
import NIOPosix
import Orbits
import Testing

@testable import Dish

/// Our client and our terminal over real sockets.
@Suite(.timeLimit(.minutes(2))) struct EmulatedTerminalTests {
  private func serve<Result>(
    _ terminal: EmulatedTerminal, _ body: (TerminalClient) async throws -> Result
  ) async throws -> Result {
    let port = try await terminal.start()
    let client = TerminalClient(TerminalAddress(host: "127.0.0.1", port: port))
    let result = try await body(client)
    await client.close()
    await terminal.stop()
    return result
  }

  @Test(
    arguments: [[.v1], [.v1alpha], [.v1, .v1alpha]] as [Set<EmulatedTerminal.ReflectionVersion>])
  func everythingIsReadOverEitherReflection(
    reflection: Set<EmulatedTerminal.ReflectionVersion>
  ) async throws {
    let place = Geodetic(latitudeDeg: -37.06, longitudeDeg: -12.31, altitudeKm: 0.05)
    let terminal = EmulatedTerminal(
      .seen(seconds: 1_000, location: place), reflection: reflection)
    try await serve(terminal) { client in
      let status = try await client.status()
      #expect(status.device?.id == "ut-emulated" && status.state == "CONNECTED")
      #expect(status.uptimeSeconds == 1_000 && status.alerts.count == 19)
      #expect(status.obstruction?.prolongedIntervalSeconds?.isNaN == true)
      let history = try await client.history()
      #expect(history.count == 1_000 && history.samples.count == 900)
      #expect(history.outages.map(\.cause) == ["NO_SATS"])
      #expect(try await client.obstructionMap().columns == 123)
      let location = try #require(try await client.location())
      #expect(location.place == place && location.source == "GPS")
    }
  }

  @Test func aLocationThatMayNotBeToldIsANormalAnswer() async throws {
    try await serve(EmulatedTerminal(.seen(seconds: 1))) { client in
      let location = try await client.location()
      #expect(location == nil)
      let status = try await client.status()
      #expect(status.popPingDropRate == 0)
    }
  }

  @Test func manyQuestionsAtOnceShareAConnection() async throws {
    try await serve(EmulatedTerminal(.seen(seconds: 1_000))) { client in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<40 { group.addTask { try await client.history().samples.count } }
        for try await count in group { #expect(count == 900) }
      }
    }
  }

  @Test func aTerminalThatStartsAgainIsReadAgain() async throws {
    let first = EmulatedTerminal(.seen(seconds: 5))
    let port = try await first.start()
    let client = TerminalClient(TerminalAddress(host: "127.0.0.1", port: port))
    #expect(try await client.history().count == 5)
    await first.stop()
    await #expect(throws: TerminalError.self) { try await client.history() }
    let second = EmulatedTerminal(.seen(seconds: 2), reflection: [.v1alpha])
    _ = try await second.start(port: port)
    #expect(try await client.history().count == 2)
    await second.stop()
  }

  @Test func nobodyAtTheAddressIsToldWithACure() async throws {
    let terminal = EmulatedTerminal(.seen(seconds: 1))
    let port = try await terminal.start()
    await terminal.stop()
    let client = TerminalClient(TerminalAddress(host: "127.0.0.1", port: port))
    let error = await #expect(throws: TerminalError.self) { try await client.status() }
    guard case .unreachable = error else {
      return #expect(Bool(false), "\(String(describing: error))")
    }
    #expect(error?.description.contains("127.0.0.1:\(port)") == true)
    #expect(
      TerminalError.timedOut(.standard, seconds: 5).description.contains("route to 192.168.100.1"))
  }

  /// A port that takes connections and never says a word; one that speaks HTTP/1; one that ends at once.
  @Test(arguments: [nil, "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", ""])
  func whatIsNoTerminalIsTold(answer: String?) async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let answer else { return }
          if answer.isEmpty { return channel.close(promise: nil) }
          channel.eventLoop.execute {
            channel.writeAndFlush(ByteBuffer(string: answer), promise: nil)
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    let client = TerminalClient(
      TerminalAddress(host: "127.0.0.1", port: port),
      timeout: answer == nil ? .milliseconds(300) : .seconds(60))
    let error = await #expect(throws: TerminalError.self) { try await client.status() }
    switch (answer, error) {
    case (nil, .timedOut): break
    case (.some, .unreachable), (.some, .notATerminal): break
    default: Issue.record("\(String(describing: error))")
    }
    try await listener.close()
  }

  @Test(arguments: ["192.0.2.1", "here", "::1"])
  func anAddressThatIsNotOfThisHostIsTold(local: String) async throws {
    let address = TerminalAddress(host: "127.0.0.1", port: 1)
    let client = TerminalClient(address, from: local)
    await #expect(throws: TerminalError.notOfThisHost(address, local: local)) {
      try await client.status()
    }
  }

  @Test func framesMayBeCutAnywhere() throws {
    let messages: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 300)]
    let bytes = messages.flatMap { Array(buffer: MessageFrames.frame($0)) }
    for size in [1, 2, 3, 5, 7, 100, 1_000] {
      var frames = MessageFrames(limit: 300)
      var got: [[UInt8]] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        got += try frames.take(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + size)]))
      }
      #expect(got == messages && frames.isBetweenMessages)
    }
    var small = MessageFrames(limit: 299)
    #expect(throws: RPCError.tooLarge(limit: 299)) {
      try small.take(MessageFrames.frame(messages[2]))
    }
    var plain = MessageFrames(limit: 10)
    #expect(throws: RPCError.self) { try plain.take(ByteBuffer(bytes: [1, 0, 0, 0, 0])) }
  }

  @Test func messagesOfTrailersAreEscaped() {
    for text in ["plain", "100 % ü\n", "", "%41"] {
      #expect(RPCStatus.unescaped(RPCStatus.escaped(text)) == text)
    }
    #expect(RPCStatus.escaped("a\nb%") == "a%0ab%25")
    #expect(RPCStatus.unescaped("50%") == "50%" && RPCStatus.unescaped("%zz") == "%zz")
  }
}
