import Decisions
import Links
import NIOCore
import NIOHTTP1
import NIOPosix
import Orbits
import Testing

@testable import Gateway

/// Bad input: each gets a precise error, and the next request goes on.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RefusalTests {
  @Test(arguments: [
    ("", 400, "invalid_json"), ("{", 400, "invalid_json"),
    ("{}", 400, "missing_required_parameter"),
    (#"{"model":3}"#, 400, "invalid_type"), (#"{"model":"nobody"}"#, 404, "model_not_found"),
    (#"{"model":"test-model","stream":"yes"}"#, 400, "invalid_type"),
    (#"{"model":"test-model"} trailing"#, 400, "invalid_json"),
  ])
  func badBodies(_ body: String, _ status: Int, _ code: String) async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", body)
      let response = try await client.response()
      #expect(response.status == status)
      #expect(response["content-type"] == "application/json")
      #expect(response.text.contains(#""code":"\#(code)""#))
      #expect(response.text.contains(#""type":"invalid_request_error""#))
      try await client.post("/v1/chat/completions", Rig.body())
      #expect(try await client.response().status == 200)
      #expect(rig.router.told.refusals.map(\.status) == [status])
      #expect(rig.router.told.records.count == 1)
    }
  }

  @Test func pathsAndMethods() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.post("/v1/files", "some body")
      let missing = try await client.response()
      #expect(missing.status == 404 && missing.text.contains("unknown_url"))
      try await client.get("/v1/chat/completions")
      let wrong = try await client.response()
      #expect(wrong.status == 405 && wrong["allow"] == "POST")
      try await client.get("/v1/models", method: "DELETE")
      #expect(try await client.response()["allow"] == "GET, HEAD")
      #expect(
        rig.router.told.refusals.map(\.fault) == [
          .callerNotFound, .callerNotFound, .callerNotFound,
        ])
      #expect(rig.router.told.refusals[0].endpoint == "/v1/work")
    }
  }

  @Test func oversizedBodies() async throws {
    try await Rig.run(Script.good, configure: { $0.limits.maxBodyBytes = 1000 }) { rig in
      let big = String(repeating: "x", count: 1001)
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", big)
      let declared = try await client.response()
      #expect(declared.status == 413 && declared.text.contains("1000 bytes"))
      #expect(declared["connection"] == "close")
      await client.waitForClose()
      let other = try await rig.client()
      try await other.write(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
          + "3e9\r\n\(big)\r\n")
      #expect(try await other.response().status == 413)
      #expect(try await rig.chat().status == 200)
      #expect(rig.router.told.refusals.map(\.fault) == [.callerTooLarge, .callerTooLarge])
    }
  }

  @Test func aRefusedExpectationCloses() async throws {
    try await Rig.run(Script.good, configure: { $0.limits.maxBodyBytes = 1000 }) { rig in
      let client = try await rig.client()
      try await client.write(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n"
          + "expect: 100-continue\r\n\r\n")
      let response = try await client.response()
      #expect(response.status == 413 && response["connection"] == "close")
    }
  }

  @Test func truncatedBodiesAreJustGone() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.write(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 500\r\n\r\n{\"mod"
      )
      await client.close()
      #expect(try await rig.chat().status == 200)
      #expect(rig.backends[0].seen.requests.count == 1)
      #expect(rig.router.told.records.count == 1)
    }
  }

  @Test func malformedHTTP() async throws {
    try await Rig.run(Script.good) { rig in
      for text in [
        "garbage\r\n\r\n", "GET / HTTP/3.0\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nbad header\r\n\r\n",
        "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n"
          + "content-length: 2\r\n\r\nab",
        "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      ] {
        let client = try await rig.client()
        try await client.write(text)
        let response = try await client.response()
        #expect(response.status == 400, "\(text)")
        #expect(response.text.contains("malformed_http"))
        await client.waitForClose()
      }
      let client = try await rig.client()
      try await client.get(
        "/v1/models", headers: ["x-long: \(String(repeating: "y", count: 70_000))"])
      let response = try await client.response()
      #expect(response.status == 431 && response.text.contains("headers_too_large"))
      #expect(try await rig.chat().status == 200)
    }
  }

  @Test func slowRequests() async throws {
    try await Rig.run(Script.good, configure: { $0.timeouts.requestHead = .seconds(1) }) {
      rig in
      let silent = try await rig.client()
      let half = try await rig.client()
      try await half.write(
        "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{")
      #expect(try await half.response().status == 408)
      await silent.waitForClose()
      #expect(rig.router.told.refusals.map(\.fault) == [.callerTooSlow])
    }
  }

  @Test func idleConnectionsClose() async throws {
    try await Rig.run(Script.good, configure: { $0.timeouts.keepAlive = .milliseconds(150) }) {
      rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body())
      _ = try await client.response()
      await client.waitForClose()
    }
  }

  @Test func keys() async throws {
    try await Rig.run(Script.good, configure: { $0.keys = [Secret("right"), Secret("also")] }) {
      rig in
      let wrong = try await rig.chat(headers: ["authorization: Bearer wrong"])
      #expect(wrong.status == 401 && wrong.text.contains("invalid_api_key"))
      #expect(!wrong.text.contains("wrong"))
      #expect(try await rig.chat().status == 401)
      #expect(try await rig.chat(headers: ["authorization: Bearer also"]).status == 200)
      #expect(try await rig.chat(headers: ["x-api-key: right"]).status == 200)
      let client = try await rig.client()
      for (path, status) in [("/metrics", 401), ("/", 200), ("/health", 200), ("/v1/models", 401)] {
        try await client.get(path)
        #expect(try await client.response().status == status, "\(path)")
      }
      #expect(rig.backends[0].seen.requests.allSatisfy { $0.head.headers["authorization"].isEmpty })
    }
  }

  @Test func webPages() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.get("/api/state", headers: ["origin: http://evil.example"])
      #expect(try await client.response().status == 403)
      try await client.write("GET /v1/models HTTP/1.1\r\nhost: evil.example\r\n\r\n")
      #expect(try await client.response().status == 421)
    }
  }

  @Test func tooManyRequestsAndConnections() async throws {
    let sign = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
    defer { sign.succeed() }
    try await Rig.run(
      [.waitFor(sign.futureResult)] + Script.good,
      configure: {
        $0.limits.maxRequestsInFlight = 1
        $0.limits.maxConnections = 2
      }
    ) { rig in
      let first = try await rig.client()
      try await first.post("/v1/chat/completions", Rig.body())
      #expect(try await rig.eventually { rig.router.told.begun == 1 })
      let second = try await rig.client()
      try await second.post("/v1/chat/completions", Rig.body())
      let refused = try await second.response()
      #expect(refused.status == 503 && refused["retry-after"] == "1")
      #expect(refused.text.contains("own_overloaded"))
      let third = try await rig.client()
      await third.waitForClose()
      sign.succeed()
      #expect(try await first.response().status == 200)
      await second.close()
      try await first.post("/v1/chat/completions", Rig.body())
      #expect(try await first.response().status == 200)
    }
  }

  @Test func bodiesTogetherAreBounded() async throws {
    try await Rig.run(Script.good, configure: { $0.limits.maxBufferedBytes = 1500 }) { rig in
      let held = try await rig.client()
      try await held.write(
        "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2000\r\n\r\n"
          + String(repeating: " ", count: 1400))
      try await Task.sleep(for: .milliseconds(100))
      #expect(
        try await rig.chat(extra: ",\"p\":\"\(String(repeating: "x", count: 200))\"").status == 503)
      await held.close()
      try await Task.sleep(for: .milliseconds(100))
      #expect(try await rig.chat().status == 200)
    }
  }

  @Test func offLoopbackNeedsKeysAndTLS() async throws {
    await #expect(
      throws: GatewayStartError.unprotected(host: "0.0.0.0", missingKeys: true, missingTLS: true)
    ) {
      try await Rig.run(Script.good, configure: { $0.host = "0.0.0.0" }) { _ in }
    }
    await #expect(
      throws: GatewayStartError.unprotected(host: "0.0.0.0", missingKeys: false, missingTLS: true)
    ) {
      try await Rig.run(
        Script.good,
        configure: {
          $0.host = "0.0.0.0"
          $0.keys = [Secret("k")]
        }
      ) { _ in }
    }
    await #expect(throws: GatewayStartError.self) {
      try await Rig.run(
        Script.good,
        configure: { $0.tls = .init(certificateChainPath: "/nowhere", privateKeyPath: "/nowhere") }
      ) { _ in }
    }
  }
}
