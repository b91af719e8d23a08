import Decisions
import Dialects
import Links
import NIOHTTP1
import Orbits
import Testing

@testable import Gateway

/// Requests that are answered, or refused, without anything going wrong behind the gateway.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AnswerTests {
  @Test func passesAnAnswerThrough() async throws {
    try await Rig.run(
      Script.response(Script.completion, headers: ["server: x", "x-ratelimit-limit-requests: 9"])
    ) { rig in
      let response = try await rig.chat(headers: ["authorization: Bearer client-key"])
      #expect(response.status == 200)
      #expect(response.text == Script.completion)
      #expect(response["content-type"] == "application/json")
      #expect(response["x-perigee-backend"] == "b0")
      #expect(response["x-perigee-uplink"] == "leo")
      #expect(response["x-perigee-predicted-ms"] == "12.3")
      #expect(response["x-perigee-actual-ms"].flatMap { Double($0) } != nil)
      #expect(response["x-perigee-attempts"] == "1")
      #expect(response["x-ratelimit-limit-requests"] == "9")
      #expect(response["server"] == nil)
      let request = try #require(rig.backends[0].seen.requests.first)
      #expect(request.text == Rig.body())
      #expect(request.head.uri == "/v1/chat/completions")
      #expect(request.head.headers["accept-encoding"] == ["identity"])
      #expect(request.head.headers["authorization"].isEmpty)
      let record = try #require(try await rig.record())
      #expect(response["x-request-id"] == record.facts.id)
      #expect(request.head.headers["x-request-id"] == [record.facts.id])
      #expect(record.usage == AnswerUsage(input: 3, output: 4))
      #expect(record.status == 200)
      #expect(record.fault == nil)
      #expect(record.chosen == PathID(backend: "b0", uplink: "leo"))
      #expect(record.attempts.count == 1)
      #expect(record.attempts[0].bytesUp > request.body.count)
      #expect(record.attempts[0].bytesDown > Script.completion.utf8.count)
      let times = [
        record.facts.arrival, record.attempts[0].started, record.attempts[0].connected,
        record.attempts[0].firstByte, record.attempts[0].ended, record.ended,
      ].compactMap { $0 }
      #expect(times.count == 6 && times == times.sorted())
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.answered])
    }
  }

  @Test func keepsConnectionsOnBothSides() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      for _ in 0..<5 {
        try await client.post("/v1/chat/completions", Rig.body())
        #expect(try await client.response().status == 200)
      }
      #expect(rig.backends[0].seen.connections == 1)
      #expect(rig.router.told.records.count == 5)
      #expect(rig.router.told.records.dropFirst().allSatisfy { $0.attempts[0].reusedConnection })
    }
  }

  @Test func doesNotReuseWhatTheBackendIsAboutToClose() async throws {
    let script = Script.response(Script.completion, headers: ["keep-alive: timeout=1, max=100"])
    try await Rig.run(script) { rig in
      for _ in 0..<3 {
        let response = try await rig.chat()
        #expect(response.status == 200)
      }
      #expect(rig.backends[0].seen.connections == 3)
    }
  }

  @Test func doesNotKeepWhatTheBackendCloses() async throws {
    try await Rig.run(Script.response(Script.completion, headers: ["connection: close"])) { rig in
      for _ in 0..<3 {
        let response = try await rig.chat()
        #expect(response.status == 200)
      }
      #expect(rig.backends[0].seen.connections >= 3)
    }
  }

  /// Short ones leave in one piece with their head, long ones behind it.
  @Test func answersOfAllSizes() async throws {
    let sizes = [2, 16_383, 16_384, 16_385, 70_000, 262_143, 262_144, 262_145, 400_000]
    let counter = Counter()
    try await Rig.run(responding: [
      { _ in
        let padding = String(repeating: "y", count: sizes[(counter.next() - 1) % sizes.count])
        return Script.response("{\"x\":\"\(padding)\"}")
      }
    ]) { rig in
      let client = try await rig.client()
      for size in sizes {
        try await client.post("/v1/chat/completions", Rig.body())
        let response = try await client.response()
        #expect(response.isComplete && response.body.count == size + 8)
      }
    }
  }

  /// A long answer over a connection that closes after it reaches a client that reads late.
  @Test func longAnswersReachSlowClients() async throws {
    let body = "{\"x\":\"\(String(repeating: "y", count: 6_000_000))\"}"
    try await Rig.run(Script.response(body)) { rig in
      for fields in [[], ["connection: close"]] {
        let client = try await rig.client(isReading: false)
        try await client.post("/v1/chat/completions", Rig.body(), headers: fields)
        _ = try await rig.record()
        try await Task.sleep(for: .milliseconds(100))
        try await client.startReading()
        let response = try await client.response()
        #expect(response.isComplete && response.body.count == body.utf8.count)
        await client.close()
      }
    }
  }

  @Test func answersPipelinedRequestsInOrder() async throws {
    try await Rig.run(responding: [{ Script.response("{\"n\":\($0.body.count)}") }]) { rig in
      let client = try await rig.client()
      var all = ""
      let bodies = (0..<5).map { Rig.body(",\"pad\":\"\(String(repeating: "x", count: $0))\"") }
      for body in bodies {
        all +=
          "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
          + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
      }
      try await client.write(all)
      for body in bodies {
        #expect(try await client.response().text == "{\"n\":\(body.utf8.count)}")
      }
    }
  }

  @Test func speaksHTTP10() async throws {
    try await Rig.run(responding: [
      { $0.text.contains("\"stream\":true") ? Script.stream(2) : Script.good }
    ]) { rig in
      for stream in [false, true] {
        let client = try await rig.client()
        let body = Rig.body(stream: stream)
        try await client.write(
          "POST /v1/chat/completions HTTP/1.0\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
        let response = try await client.response()
        #expect(response.status == 200)
        #expect(response["connection"] == "close")
        #expect(response["transfer-encoding"] == nil)
        if stream { #expect(response.text.hasSuffix("data: [DONE]\n\n")) }
        await client.waitForClose()
      }
    }
  }

  @Test func takesChunkedBodiesAndExpectations() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.write(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n"
          + "expect: 100-continue\r\n\r\n")
      let goOn = try await client.partialResponse { $0.status == 100 }
      #expect(goOn.isComplete)
      let body = Rig.body()
      let half = body.utf8.count / 2
      try await client.write("\(String(half, radix: 16))\r\n\(body.prefix(half))\r\n")
      let rest = body.utf8.count - half
      try await client.write("\(String(rest, radix: 16))\r\n\(body.dropFirst(half))\r\n0\r\n\r\n")
      #expect(try await client.response().status == 200)
      #expect(rig.backends[0].seen.requests.first?.text == body)
      #expect(
        rig.backends[0].seen.requests.first?.head.headers["content-length"]
          == ["\(body.utf8.count)"])
    }
  }

  @Test func splicesTheBackendsModelName() async throws {
    try await Rig.run(
      Script.good,
      router: { TestRouter([("b0", $0[0].endpoint)], renames: ["b0": "gguf/\"tiny\""]) }
    ) { rig in
      _ = try await rig.chat()
      let seen = rig.backends[0].seen.requests.first?.text
      #expect(
        seen == Rig.body().replacing("\"test-model\"", with: #""gguf/\"tiny\"""#))
    }
  }

  @Test func sendsTheBackendsKeyAndPath() async throws {
    try await Rig.run(
      Script.good,
      router: { backends in
        let endpoint = Endpoint(
          host: "127.0.0.1", port: backends[0].port, hostHeader: "api.example",
          basePath: "/openai/v7/", authorization: Secret("backend-key"))
        return TestRouter([("b0", endpoint)])
      }
    ) { rig in
      _ = try await rig.chat(headers: [
        "authorization: Bearer client-key", "x-api-key: client-key", "cookie: a=b",
        "traceparent: 00-1-2-03", "x-forwarded-for: 1.2.3.4",
      ])
      let head = try #require(rig.backends[0].seen.requests.first?.head)
      #expect(head.uri == "/openai/v7/chat/completions")
      #expect(head.headers["host"] == ["api.example"])
      #expect(head.headers["authorization"] == ["Bearer backend-key"])
      #expect(head.headers["traceparent"] == ["00-1-2-03"])
      for name in ["x-api-key", "cookie", "x-forwarded-for"] {
        #expect(!head.headers.contains(name: name))
      }
    }
  }

  @Test func takesTheClientsDeadline() async throws {
    try await Rig.run(Script.good) { rig in
      _ = try await rig.chat(headers: ["x-stainless-read-timeout: 7.5"])
      _ = try await rig.chat(headers: ["x-stainless-timeout: 3"])
      _ = try await rig.chat(headers: ["x-stainless-read-timeout: NOT_GIVEN"])
      let patience = rig.router.told.facts.map { $0.deadline.seconds(since: $0.arrival) }
      #expect(patience == [7.5, 3, 600])
    }
  }

  @Test func listsModels() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.get("/v1/models")
      let list = try await client.response()
      #expect(
        list.text.hasPrefix(
          #"{"object":"list","data":[{"id":"test-model","object":"model","created":1767225600,"#))
      try await client.get("/v1/models/org%2Fother")
      #expect(try await client.response().text.contains(#""id":"org/other""#))
      try await client.get("/v1/models/none")
      let missing = try await client.response()
      #expect(missing.status == 404)
      #expect(missing.text.contains("model_not_found"))
      try await client.get("/v1/models", method: "HEAD")
      let head = try await client.response(isHead: true)
      #expect(head.status == 200 && head["content-length"] == list["content-length"])
      try await client.get("/health")
      #expect(try await client.response().text == #"{"status":"ok"}"#)
    }
  }

  @Test func reachesTheControlPlane() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.get("/metrics?x=1&y")
      let metrics = try await client.response()
      #expect(metrics.text == "GET /metrics ?x=1&y 0")
      #expect(metrics["x-request-id"]?.hasPrefix("req_") == true)
      try await client.post("/api/thing", "12345")
      #expect(try await client.response().text == "POST /api/thing ? 5")
      try await client.get("/page", method: "HEAD")
      #expect(try await client.response(isHead: true)["content-length"] == "13")
      try await client.get("/stream")
      #expect(try await client.response().text == "data: 0\n\ndata: 1\n\ndata: 2\n\n")
      try await client.get("/fail")
      let failed = try await client.response()
      #expect(failed.status == 500)
      #expect(!failed.text.contains("Failure"))
      try await client.get("/stream?endless")
      #expect(
        try await client.partialResponse { $0.body.count == 27 }.isComplete == false)
      await client.close()
    }
  }
}
