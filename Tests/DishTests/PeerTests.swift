import NIOCore
import NIOPosix
import Orbits
import Testing

@testable import Dish

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Peers that say too much, the wrong things, or take too long over it.
@Suite(.timeLimit(.minutes(2))) struct PeerTests {
  /// Gives a connection to an emulated terminal.
  private func connect<Result>(
    _ body: (RPCConnection) async throws -> Result
  ) async throws -> Result {
    let terminal = EmulatedTerminal(.seen(seconds: 1))
    let port = try await terminal.start()
    let connection = try await RPCConnection.connect(
      to: TerminalAddress(host: "127.0.0.1", port: port), from: nil, timeout: .seconds(30),
      group: MultiThreadedEventLoopGroup.singleton)
    let result = try await body(connection)
    connection.close()
    await terminal.stop()
    return result
  }

  /// Asks a server that answers every message by `answer`.
  private func status(
    timeout: Duration = .seconds(30), answer: @escaping RPCServer.Answer
  ) async throws -> Result<TerminalStatus, TerminalError> {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = RPCServer(group: group)
    let port = try await server.start(port: 0, isStreaming: { _ in true }, answer: answer)
    let client = TerminalClient(
      TerminalAddress(host: "127.0.0.1", port: port), timeout: timeout)
    let result: Result<TerminalStatus, TerminalError>
    do throws(TerminalError) {
      result = .success(try await client.status())
    } catch {
      result = .failure(error)
    }
    await client.close()
    await server.stop()
    try await group.shutdownGracefully()
    return result
  }

  /// An answer of server reflection that has a file.
  private static func told(_ file: DynamicMessage) throws -> [UInt8] {
    var files = try DynamicMessage("FileDescriptorResponse", in: Reflection.schema)
    files["file_descriptor_proto"] = .bytes(file.encoded())
    var answer = try DynamicMessage(Reflection.response, in: Reflection.schema)
    answer["file_descriptor_response"] = .message(files)
    return answer.encoded()
  }

  private static func file(_ name: String, needs dependency: String) throws -> DynamicMessage {
    var file = try DynamicMessage("google.protobuf.FileDescriptorProto", in: .descriptors)
    file["name"] = .text(name)
    file["dependency"] = .text(dependency)
    return file
  }

  @Test func aUnaryCallEndsWithItsFirstAnswer() async throws {
    try await connect { connection in
      let question = TerminalAPI.message("Request").encoded()
      var request = TerminalAPI.message("Request")
      request["get_status"] = .message(TerminalAPI.message("GetStatusRequest"))
      let answers = try await connection.call(
        TerminalAPI.handlePath, [request.encoded(), question, question], timeout: .seconds(30),
        limit: 1_000_000)
      #expect(answers.count == 1)
    }
  }

  @Test func reflectionAnswersSoManyMessagesOfACall() async throws {
    try await connect { connection in
      let question = try Reflection.question("list_services", "")
      func ask(_ count: Int) async throws -> Int {
        try await connection.call(
          Reflection.pathV1, [[UInt8]](repeating: question, count: count), timeout: .seconds(30),
          limit: 1_000_000
        ).count
      }
      #expect(try await ask(256) == 256)
      let error = await #expect(throws: RPCError.self) { try await ask(257) }
      #expect(error == .status(RPCStatus(.resourceExhausted, "too many messages in a call")))
    }
  }

  /// More is asked at once than goes out before the peer reads.
  @Test func answersThatAreNotReadAreNotHeaped() async throws {
    try await connect { connection in
      let question = try Reflection.question("file_containing_symbol", DiscoveredAPI.service)
      let error = await #expect(throws: RPCError.self) {
        try await connection.call(
          Reflection.pathV1, [[UInt8]](repeating: question, count: 256), timeout: .seconds(30),
          limit: 8_000_000)
      }
      #expect(error == .status(RPCStatus(.resourceExhausted, "the answers are not read")))
    }
  }

  /// A channel that never becomes active tells its handlers only that they are removed.
  @Test func aStreamThatNeverOpensSettlesItsCall() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.next().makePromise(of: [[UInt8]].self)
    let call = RPCCall(
      path: "/a/b", authority: "a", messages: [], timeout: .seconds(60), limit: 10)
    let channel = ClientBootstrap(group: group).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(RPCCallHandler(call, promise: promise))
      }
    }.connect(host: "127.0.0.1", port: 1)
    await #expect(throws: (any Error).self) { try await channel.get() }
    let error = await #expect(throws: RPCError.self) { try await promise.futureResult.get() }
    #expect(error == .connection("the stream closed"))
  }

  /// Of two files with one name the first counts, however often the name comes.
  @Test func aFileThatIsKnownIsNotReplaced() async throws {
    let result = try await status { path, message throws(RPCStatus) in
      do {
        guard path == Reflection.pathV1 else {
          var response = TerminalAPI.message("Response")
          response["dish_get_status"] = .message(TerminalState.seen(seconds: 3).status)
          return response.encoded()
        }
        let question = try Reflection.schema.decode(message, as: Reflection.request)
        guard question.text("file_by_filename") == nil else {
          return try Self.told(Self.file(TerminalAPI.fileName, needs: "other.proto"))
        }
        var file = try Schema.descriptors.decode(
          TerminalAPI.fileDescriptor, as: "google.protobuf.FileDescriptorProto")
        file["dependency"] = .text("other.proto")
        return try Self.told(file)
      } catch {
        throw RPCStatus(.internal, "\(error)")
      }
    }
    #expect(try result.get().device?.id == "ut-emulated")
  }

  /// Each answer is in time and asks for another file; all together are not.
  @Test func discoveryAsAWholeHasATimeLimit() async throws {
    let result = try await status(timeout: .milliseconds(500)) { _, message throws(RPCStatus) in
      usleep(50_000)
      do {
        let question = try Reflection.schema.decode(message, as: Reflection.request)
        let name = question.text("file_by_filename") ?? "a"
        return try Self.told(Self.file(name, needs: name + "a"))
      } catch {
        throw RPCStatus(.internal, "\(error)")
      }
    }
    #expect(throws: TerminalError.self) { try result.get() }
    if case .failure(.timedOut) = result {} else { Issue.record("\(result)") }
  }

  /// A port whose queue of connections is full drops what else comes; one with room takes it in silence.
  /// Neither keeps a cancelled question, which would else wait a minute.
  @Test(arguments: [false, true]) func aCancelledQuestionEnds(isFull: Bool) async throws {
    let listener = socket(AF_INET, streamType, 0)
    let filler = socket(AF_INET, streamType, 0)
    defer {
      _ = close(listener)
      _ = close(filler)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 0) == 0
          && getsockname(listener, $0, &size) == 0
          && (!isFull || Self.join(filler, $0, size) == 0)
      }
    }
    try #require(isReady)
    let client = TerminalClient(
      TerminalAddress(host: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port))),
      timeout: .seconds(60))
    let question = Task { try await client.status() }
    try await Task.sleep(for: .milliseconds(100))
    question.cancel()
    let error = await #expect(throws: TerminalError.self) { try await question.value }
    if case .unreachable = error {} else { Issue.record("\(String(describing: error))") }
  }

  /// Connects; the suite's own `connect` hides the system's.
  private static func join(
    _ socket: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
  ) -> Int32 {
    #if canImport(Glibc)
      Glibc.connect(socket, address, size)
    #else
      Darwin.connect(socket, address, size)
    #endif
  }

  #if canImport(Glibc)
    private let streamType = Int32(SOCK_STREAM.rawValue)
  #else
    private let streamType = SOCK_STREAM
  #endif

  @Test func whatAPeerSaysIsCutToPrintableCharacters() {
    #expect(String(fromPeer: "a\r\nb\u{1B}[31mc\u{202E}d\u{9B}\u{2028}\u{0}") == "ab[31mcd")
    #expect(String(fromPeer: "Grüße, 衛星 🛰") == "Grüße, 衛星 🛰")
    #expect(String(fromPeer: String(repeating: "e\u{301}", count: 500)).unicodeScalars.count == 200)
  }

  @Test func errorsOfPeersFitALine() async throws {
    let long = "no\n\u{1B}[2J" + String(repeating: "x", count: 900)
    let refused = try await status { _, _ throws(RPCStatus) in throw RPCStatus(.internal, long) }
    let told = try await status { _, message throws(RPCStatus) in
      do {
        var error = try DynamicMessage("ErrorResponse", in: Reflection.schema)
        error["error_message"] = .text(long)
        var answer = try DynamicMessage(Reflection.response, in: Reflection.schema)
        answer["error_response"] = .message(error)
        return answer.encoded()
      } catch {
        throw RPCStatus(.internal)
      }
    }
    for result in [refused, told] {
      guard case .failure(.notATerminal(_, let reason)) = result else {
        Issue.record("\(result)")
        continue
      }
      #expect(reason.hasPrefix("reflection: ") && reason.contains("no[2Jx"))
      #expect(reason.count == 200)
    }
  }

  @Test func statusHasPrintableTextsOnly() {
    let state = TerminalState(
      TerminalState.Identity(
        id: "ut\n\u{1B}[2J" + String(repeating: "x", count: 900), softwareVersion: "1\t2"),
      bootedAt: TerminalState.boot)
    let device = TerminalStatus(state.status).device
    #expect(device?.id?.hasPrefix("ut[2Jx") == true && device?.id?.count == 200)
    #expect(device?.softwareVersion == "12")
  }
}
