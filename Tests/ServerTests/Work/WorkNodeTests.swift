import Fleet
import Foundation
import Testing

@testable import Server

/// Durable work of a whole node, as clients see it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WorkNodeTests {
  private func serve(_ body: @Sendable (RunningNode) async throws -> Void) async throws {
    let mock = try await MockBackend(name: "here")
    let fleet = TestFleet.make(
      uplinks: [], backends: [TestFleet.backend("here", port: mock.port, at: .site("island"))])
    try await RunningNode.serve(fleet, body)
    await mock.stop()
  }

  @Test(.enabled(if: RealParts.python != nil, "PERIGEE_PYTHON is not set"))
  func filesAndBatchesWithTheirOwnSDK() async throws {
    try await serve { node in
      let (status, output) = try await RealParts.run("batches.py", [node.url])
      #expect(status == 0 && output.hasSuffix("ok\n"), "\(output)")
    }
  }

  @Test(.enabled(if: RealParts.python != nil, "PERIGEE_PYTHON is not set"))
  func responsesWithTheirOwnSDK() async throws {
    try await serve { node in
      let (status, output) = try await RealParts.run("responses.py", [node.url])
      #expect(status == 0 && output.hasSuffix("ok\n"), "\(output)")
    }
  }

  @Test(.enabled(if: RealParts.hasAnthropic, "PERIGEE_PYTHON has no anthropic package"))
  func messageBatchesWithTheirOwnSDK() async throws {
    try await serve { node in
      let (status, output) = try await RealParts.run("message_batches.py", [node.url])
      #expect(status == 0 && output.hasSuffix("ok\n"), "\(output)")
    }
  }

  @Test func theSameKeyGetsTheSameAnswer() async throws {
    try await serve { node in
      let headers = ["idempotency-key": "k1"]
      let first = try await node.ask("one", headers: headers)
      #expect(first.status == 200 && first.headers["x-perigee-replayed"] == nil, "\(first.text)")
      let again = try await node.ask("one", headers: headers)
      #expect(again.status == 200 && again.headers["x-perigee-replayed"] == "true")
      #expect(again.body == first.body)
      #expect(again.headers["x-perigee-request"] == first.headers["x-perigee-request"])
      let other = try await node.ask("two", headers: headers)
      #expect(other.status == 422 && other.text.contains("idempotency_key_reused"), "\(other.text)")
      let long = try await node.ask(
        "one", headers: ["idempotency-key": String(repeating: "k", count: 256)])
      #expect(long.status == 400)
    }
  }

  /// Many at once with one key: one is done, the others wait for its answer.
  @Test func manyWithOneKeyAreOne() async throws {
    try await serve { node in
      let answers = try await withThrowingTaskGroup { group in
        for _ in 0..<8 {
          group.addTask { try await node.ask("one", headers: ["idempotency-key": "k"]) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 200 })
      #expect(Set(answers.map { $0.headers["x-perigee-request"] }).count == 1)
    }
  }

  @Test func anAnswerIsFetchedLater() async throws {
    try await serve { node in
      let accepted = try await node.ask(headers: ["prefer": "respond-async"])
      #expect(accepted.status == 202 && accepted.headers["preference-applied"] == "respond-async")
      let path = try #require(accepted.headers["location"])
      var answer = try await node.get(path)
      for _ in 0..<100 where answer.status == 202 {
        try await Task.sleep(for: .milliseconds(50))
        answer = try await node.get(path)
      }
      #expect(answer.status == 200 && answer.text.contains("here"), "\(answer.text)")
      let done = "perigee_work_items{kind=\"waiting\",phase=\"answered\"}"
      #expect(try await node.value(done) == 1)
      #expect(try await node.value("perigee_work_ended_total{result=\"answered\"}") == 1)
      #expect(try await node.value("perigee_store_bytes") > 0)
      #expect(try await node.get("/v1/work/work_none").status == 404)
      let bad = try await node.ask(headers: ["x-perigee-wait": "soon"])
      #expect(bad.status == 400 && bad.text.contains("2h"), "\(bad.text)")
    }
  }

  /// No backend answers yet; the request that may wait does, the other fails.
  @Test func aRequestWaitsForABackend() async throws {
    let mock = try await MockBackend(name: "late")
    let port = mock.port
    await mock.stop()
    let fleet = TestFleet.make(
      uplinks: [], backends: [TestFleet.backend("late", port: port, at: .site("island"))])
    try await RunningNode.serve(fleet) { node in
      #expect(try await node.ask().status == 503)
      #expect(try await node.ask(headers: ["idempotency-key": "k"]).status == 503)
      async let waiting = node.ask(headers: ["x-perigee-wait": "2h", "idempotency-key": "w"])
      let impatient = try await node.ask(
        headers: ["x-perigee-wait": "2h", "x-stainless-read-timeout": "0.2"])
      #expect(impatient.status == 202, "\(impatient.text)")
      let back = try await MockBackend(name: "late", port: port)
      let answer = try await waiting
      #expect(answer.status == 200 && answer.text.contains("late"), "\(answer.text)")
      await back.stop()
    }
  }
}
