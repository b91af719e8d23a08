import Decisions
import Dialects
import Fleet
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Two nodes with a way between them that is killed: streams of the far one come whole to the near one's
/// clients.
@Suite(.serialized, .timeLimit(.minutes(3))) struct KeptStreamNodeTests {
  private static let words = 60

  /// A process that passes bytes on until it is killed.
  private final class Way: @unchecked Sendable {
    // One task at a time has it: the one that kills it and starts it again.
    private var process: Process?
    private let target: Int
    let port: Int

    init(to url: String) throws {
      port = try freePort()
      target = URL(string: url)?.port ?? 0
    }

    /// Starts it, and waits until it listens.
    func start() async throws {
      let script = RealParts.root.appendingPathComponent("Tests/ServerTests/Python/relay.py")
      process = ChildProgram.process(
        URL(fileURLWithPath: try #require(RealParts.python)),
        [script.path, "\(port)", "\(target)"])
      try process?.run()
      for _ in 0..<500 {
        if (try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .connect(host: "127.0.0.1", port: port).get().close()) != nil
        {
          return
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }

    func kill() {
      guard let process, process.isRunning else { return }
      Glibc.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
  }

  private static func near(_ way: Way) -> Fleet {
    var backend = TestFleet.backend("far", port: way.port, at: .site("region"))
    backend.apis = [.chat, .completions, .responses, .messages]
    backend.resume = .background
    return TestFleet.make(uplinks: [TestFleet.fiber, TestFleet.geo], backends: [backend])
  }

  /// Serves two nodes, and kills the way between them for `pause` again and again while `body` runs.
  private static func serve(
    pause: Duration,
    _ body: @Sendable (_ near: RunningNode, _ far: RunningNode) async throws -> Void
  ) async throws {
    let model = try await StreamingBackend(chunks: words, every: .milliseconds(50))
    let far = TestFleet.make(
      uplinks: [], backends: [TestFleet.backend("model", port: model.port, at: .site("island"))])
    try await RunningNode.serve(far) { far in
      let way = try Way(to: far.url)
      try await way.start()
      defer { way.kill() }
      try await RunningNode.serve(Self.near(way), untilReady: true) { near in
        let killer = Task {
          // What has no content yet is another matter.
          while try await far.underWay("model") == 0 {
            try await Task.sleep(for: .milliseconds(20))
          }
          while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(900))
            way.kill()
            try await Task.sleep(for: pause)
            try await way.start()
          }
        }
        defer { killer.cancel() }
        try await body(near, far)
        killer.cancel()
        _ = await killer.result
      }
    }
    await model.stop()
  }

  private static let expected = (0..<words).map { "\($0) " }.joined()

  private static func request(_ family: Family) -> (path: String, body: String) {
    switch family {
    case .chat, .completions:
      (
        "/v1/chat/completions",
        #"{"model":"m","stream":true,"messages":[{"role":"user","content":"count"}]}"#
      )
    case .messages:
      (
        "/v1/messages",
        #"{"model":"m","stream":true,"max_tokens":99,"messages":[{"role":"user","content":"count"}]}"#
      )
    case .responses:
      ("/v1/responses", #"{"model":"m","stream":true,"store":false,"input":"count"}"#)
    }
  }

  /// The text that a stream's events add up to.
  private static func text(_ body: String) -> String {
    body.split(separator: "\n").compactMap { line -> String? in
      guard line.hasPrefix("data: "),
        let json = try? JSONValue.parse(Array(line.dropFirst(6).utf8))
      else { return nil }
      if let delta = json["delta"]?.text { return delta }
      return json["choices"]?.array?.first?["delta"]?["content"]?.text
        ?? json["delta"]?["text"]?.text
    }.joined()
  }

  @Test(
    .enabled(if: RealParts.python != nil, "PERIGEE_PYTHON is not set"),
    arguments: [Family.chat, .messages, .responses])
  func aWayThatIsKilledAgainAndAgain(_ family: Family) async throws {
    try await Self.serve(pause: .milliseconds(300)) { near, far in
      let before = try await far.value("perigee_attempts_total")
      let (path, body) = Self.request(family)
      let answer = try await near.post(path, Data(body.utf8))
      #expect(answer.status == 200 && Self.text(answer.text) == Self.expected, "\(answer.text)")
      #expect(answer.text.contains(": perigee: resumed on far over "), "\(answer.text)")
      #expect(!answer.text.contains("\"error\":{"))
      // The far model was asked once.
      #expect(try await far.value("perigee_attempts_total") == before + 1)
      #expect(try await near.value("perigee_requests_resumed_total") >= 1)
    }
  }
}
