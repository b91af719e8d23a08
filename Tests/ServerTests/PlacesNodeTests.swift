import Decisions
import Fleet
import Foundation
import Testing

@testable import Server

/// Places at backends of a running node, over sockets: who waits, who goes first, who is told to come back.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PlacesNodeTests {
  /// A node before one backend on its own site with so many places, whose streams take 200 ms.
  private func serve(
    places: Int? = 1, _ queue: QueueSettings = QueueSettings(),
    _ body: @Sendable (RunningNode) async throws -> Void
  ) async throws {
    let mock = try await MockBackend(name: "near")
    var fleet = TestFleet.make(
      uplinks: [TestFleet.fiber],
      backends: [Self.backend(port: mock.port, places: places)])
    fleet.gateway?.queue = queue
    try await RunningNode.serve(fleet, body)
    await mock.stop()
  }

  static func backend(port: Int, places: Int?) -> Backend {
    var backend = TestFleet.backend("near", port: port, at: .site("island"))
    backend.places = places
    return backend
  }

  /// Until so many wait; the suite's time limit bounds it.
  private static func waiting(_ node: RunningNode, _ count: Double) async throws {
    while try await node.value("perigee_backend_requests_waiting{backend=\"near\"}") != count {
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test func oneAtATimeAndNobodyIsLost() async throws {
    try await serve { node in
      let answers = try await withThrowingTaskGroup(of: RunningNode.Answer.self) { group in
        for _ in 0..<5 { group.addTask { try await node.ask(stream: true) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 200 && $0.text.hasSuffix("data: [DONE]\n\n") })
      let requests = try await node.get("/api/requests").json()["requests"] as? [[String: Any]]
      var waits: [Double] = []
      for request in requests ?? [] {
        let id = try #require(request["id"] as? String)
        let told = try await node.get("/api/requests/\(id)").json()
        waits.append(try #require(told["waited_ms"] as? Double))
      }
      // Each waits for those before it: none, one, two and so on, of 200 ms each.
      #expect(waits.count == 5)
      for (ahead, waited) in waits.sorted().enumerated() {
        #expect(waited >= Double(ahead) * 190, "\(waits)")
      }
      #expect(try await node.underWay("near") == 0)
      #expect(try await node.value("perigee_queue_wait_seconds_count{priority=\"default\"}") == 4)
      #expect(try await node.value("perigee_backend_places{backend=\"near\"}") == 1)
    }
  }

  @Test func whoFindsTheQueueFullIsToldWhenToComeBackAndThenSucceeds() async throws {
    try await serve(places: 1, QueueSettings(length: 1)) { node in
      #expect(try await node.ask(stream: true).status == 200)
      async let first = node.ask("slow")
      while try await node.underWay("near") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      async let second = node.ask(stream: true)
      try await Self.waiting(node, 1)
      let shed = try await node.ask(stream: true)
      #expect(shed.status == 429 && shed.text.contains("overloaded"))
      #expect(shed.text.contains("rate_limit_error"))
      #expect(shed.headers["x-should-retry"] == "true")
      let milliseconds = try #require(shed.headers["retry-after-ms"].flatMap(Double.init))
      #expect(milliseconds > 0 && milliseconds <= 5000)
      #expect(
        shed.headers["retry-after"].flatMap(Double.init) == (milliseconds / 1000).rounded(.up))
      let (one, two) = try await (first, second)
      #expect(one.status == 200 && two.status == 200)
      #expect(try await node.ask(stream: true).status == 200)
      #expect(
        try await node.value(
          "perigee_requests_shed_total{reason=\"full\",priority=\"default\"}") == 1)
    }
  }

  @Test func aDeadlineThatCannotBeMetIsToldAtOnceInTheWordsOfTheFamily() async throws {
    try await serve { node in
      #expect(try await node.ask("slow").status == 200)
      async let first = node.ask("slow")
      while try await node.underWay("near") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      let body = #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#
      let late = try await node.post(
        "/v1/messages", Data(body.utf8), headers: ["x-stainless-timeout": "2"])
      #expect(late.status == 429 && late.text.contains(#""type":"rate_limit_error""#))
      #expect(late.headers["retry-after"].flatMap(Int.init) ?? 0 >= 2)
      #expect(try await first.status == 200)
    }
  }

  @Test func whoLeavesGivesItsTurnAway() async throws {
    try await serve { node in
      async let first = node.ask("slow")
      while try await node.underWay("near") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      let leaver = Task { try await node.ask(stream: true) }
      try await Self.waiting(node, 1)
      leaver.cancel()
      _ = try? await leaver.value
      try await Self.waiting(node, 0)
      #expect(try await node.value("perigee_backend_requests_waiting{backend=\"near\"}") == 0)
      #expect(try await first.status == 200)
      #expect(try await node.ask().status == 200)
      #expect(try await node.underWay("near") == 0)
    }
  }

  @Test func thePriorityOvertakes() async throws {
    try await serve { node in
      async let first = node.ask("slow")
      while try await node.underWay("near") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      let order = AsyncStream.makeStream(of: String.self)
      func ask(_ tier: String) -> Task<Void, any Error> {
        Task {
          let body =
            #"{"model":"m","service_tier":"\#(tier)","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
          let answer = try await node.post("/v1/chat/completions", Data(body.utf8))
          #expect(answer.status == 200)
          order.continuation.yield(tier)
        }
      }
      var asked: [Task<Void, any Error>] = []
      for (count, tier) in ["flex", "default", "priority"].enumerated() {
        asked.append(ask(tier))
        try await Self.waiting(node, Double(count + 1))
      }
      var served: [String] = []
      for await tier in order.stream {
        served.append(tier)
        if served.count == 3 { break }
      }
      #expect(served == ["priority", "default", "flex"])
      for task in asked { try await task.value }
      #expect(try await first.status == 200)
    }
  }

  @Test func aBackendThatSaysThatItHasTooMuchIsGivenLess() async throws {
    try await serve(places: nil) { node in
      let series = "perigee_backend_places{backend=\"near\"}"
      #expect(try await node.ask().status == 200)
      #expect(try await !node.get("/metrics").text.contains(series), "there is no bound yet")
      #expect(try await node.ask("too much").status == 429)
      #expect(try await node.value(series) == 1)
      // It is given one at a time now, and more and more as it answers.
      async let first = node.ask("slow")
      while try await node.underWay("near") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      async let second = node.ask(stream: true)
      try await Self.waiting(node, 1)
      #expect(try await node.underWay("near") == 1)
      let (one, two) = try await (first, second)
      #expect(one.status == 200 && two.status == 200)
      #expect(try await node.value(series) > 1)
    }
  }

  /// A key with many requests waiting delays another's by one place.
  @Test func twoKeysTakeTurns() async throws {
    let mock = try await MockBackend(name: "near")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var fleet = TestFleet.make(
      uplinks: [TestFleet.fiber], backends: [Self.backend(port: mock.port, places: 1)])
    for name in ["many", "few"] {
      try Data("\(name)-secret".utf8).write(to: folder.appendingPathComponent("\(name).key"))
      fleet.gateway?.namedKeys.append(
        DeclaredKey(
          name: name, secret: .file("\(name).key"),
          grant: KeyGrant(scopes: [.inference, .metrics])))
    }
    try await RunningNode.serve(fleet, manifestFolder: folder.path) { node in
      let order = AsyncStream.makeStream(of: String.self)
      let seen = ["authorization": "Bearer few-secret"]
      func ask(_ key: String, _ question: String = "hi") -> Task<Void, any Error> {
        Task {
          let answer = try await node.ask(
            question, stream: question != "slow",
            headers: ["authorization": "Bearer \(key)-secret"])
          #expect(answer.status == 200)
          order.continuation.yield(key)
        }
      }
      func waiting(_ count: Int) async throws {
        let line = "perigee_backend_requests_waiting{backend=\"near\"} \(count)\n"
        while try await !node.get("/metrics", headers: seen).text.contains(line) {
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      var asked = [ask("many", "slow")]
      try await Task.sleep(for: .milliseconds(300))
      for count in 1...4 {
        asked.append(ask("many"))
        try await waiting(count)
      }
      asked.append(ask("few"))
      try await waiting(5)
      for task in asked { try await task.value }
      order.continuation.finish()
      let served = await order.stream.reduce(into: []) { $0.append($1) }
      #expect(served == ["many", "many", "few", "many", "many", "many"])
    }
    await mock.stop()
  }

  /// The manifest is read again while somebody waits: there is a place now.
  @Test func morePlacesAfterAReloadAreTakenAtOnce() async throws {
    let mock = try await MockBackend(name: "near")
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber], backends: [Self.backend(port: mock.port, places: 1)])
    let manifest = Manifest(fleet)
    try await RunningNode.serve(fleet, readFleet: { try manifest.read() }) { node in
      async let first = node.ask("slow")
      while try await node.underWay("near") < 1 { try await Task.sleep(for: .milliseconds(5)) }
      async let second = node.ask("slow too")
      try await Self.waiting(node, 1)
      var more = fleet
      more.backends = [Self.backend(port: mock.port, places: 2)]
      manifest.write(more)
      #expect(try await node.post("/api/reload").status == 200)
      try await Self.waiting(node, 0)
      #expect(try await node.underWay("near") == 2)
      let (one, two) = try await (first, second)
      #expect(one.status == 200 && two.status == 200)
    }
    await mock.stop()
  }

  @Test(
    "the unmodified openai SDK waits as long as it is told and succeeds",
    .enabled(if: RealParts.python != nil, "needs PERIGEE_PYTHON with openai: run `make test`"))
  func sdk() async throws {
    try await serve(places: 1, QueueSettings(length: 1)) { node in
      let (status, output) = try await RealParts.run("overload.py", [node.url + "/v1"])
      #expect(status == 0, "\(output)")
    }
  }
}
