import Decisions
import Dialects
import Links
import NIOCore
import Orbits
import Testing

@testable import Gateway

/// Backends that lie, hang, reset or refuse: before the first byte of an answer the next one is tried.
@Suite(.serialized, .timeLimit(.minutes(2))) struct FailoverTests {
  typealias Step = MockBackend.Step

  static let failures: [(name: String, steps: [Step], fault: Fault)] = [
    ("reset before the head", [.reset], .linkReset),
    ("close before the head", [.close], .linkReset),
    (
      "half a head", [.write("HTTP/1.1 200 OK\r\ncont"), .wait(milliseconds: 10), .close],
      .providerTruncated
    ),
    ("500", Script.response("{\"error\":{}}", status: "500 Oops"), .providerError),
    ("503 without a body", Script.response("", status: "503 No"), .providerError),
    ("429", Script.response("{\"error\":{}}", status: "429 Slow"), .providerRateLimited),
    ("401", Script.response("{\"error\":{}}", status: "401 No"), .providerRefused),
    ("404 in HTML", Script.response("<p>", status: "404 No", type: "text/html"), .providerRefused),
    ("408", Script.response("{}", status: "408 Slow"), .providerError),
    (
      "redirect", Script.response("", status: "302 Found", headers: ["location: /"]),
      .providerBadAnswer
    ),
    ("HTML", Script.response("<html>", type: "text/html"), .providerBadAnswer),
    ("not JSON", Script.response("hello"), .providerBadAnswer),
    ("half JSON", Script.response("{\"id\":"), .providerBadAnswer),
    ("garbage", [.write("\u{1}\u{2}garbage\r\n\r\n")], .providerBadAnswer),
    (
      "body cut short",
      [
        .write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":1}"), .wait(milliseconds: 10),
        .close,
      ], .providerTruncated
    ),
    (
      "body reset",
      [
        .write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":1}"), .wait(milliseconds: 30),
        .reset,
      ], .linkReset
    ),
    (
      "chunks cut short",
      [
        .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), Script.chunk("{\"a\":1}"),
        .wait(milliseconds: 10), .close,
      ], .providerTruncated
    ),
    (
      "bad chunk size", [.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n")],
      .providerBadAnswer
    ),
    (
      "length too short", [.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{\"a\":1}")],
      .providerBadAnswer
    ),
    ("gzip", Script.response("{}", headers: ["content-encoding: gzip"]), .providerBadAnswer),
    ("hang", Script.hang, .providerTimeout),
    (
      "hang in the body",
      [.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"), .wait(milliseconds: 60_000)],
      .providerStalled
    ),
    (
      "too large", Script.response("{\"a\":\"\(String(repeating: "x", count: 9000))\"}"),
      .providerTooLarge
    ),
  ]

  @Test(arguments: failures.indices)
  func theNextCandidateAnswers(_ index: Int) async throws {
    let failure = Self.failures[index]
    try await Rig.run(failure.steps, Script.good, configure: Self.impatient) { rig in
      let response = try await rig.chat()
      #expect(response.status == 200, "\(failure.name)")
      #expect(response.text == Script.completion)
      #expect(response["x-perigee-backend"] == "b1")
      #expect(response["x-perigee-attempts"] == "2")
      let record = try #require(try await rig.record())
      #expect(record.attempts.map(\.fault) == [failure.fault, nil], "\(failure.name)")
      #expect(record.chosen?.backend == "b1")
      #expect(record.fault == nil)
      #expect(
        rig.router.told.outcomes.map(\.outcome.ending) == [.failed(failure.fault), .answered])
      #expect(rig.router.told.begun == 2)
    }
  }

  static func impatient(_ configuration: inout GatewayConfiguration) {
    configuration.timeouts.firstByte = .milliseconds(200)
    configuration.timeouts.idle = .milliseconds(200)
    configuration.limits.maxResponseBytes = 8000
  }

  static let streamFailures: [(name: String, steps: [Step], fault: Fault)] = [
    ("JSON for a stream", Script.good, .providerBadAnswer),
    ("reset after the head", [Script.streamHead, .wait(milliseconds: 20), .reset], .linkReset),
    (
      "close after the head", [Script.streamHead, .wait(milliseconds: 20), .close],
      .providerTruncated
    ),
    ("clean end without events", [Script.streamHead, Script.lastChunk], .providerTruncated),
    (
      "half an event, clean end",
      [Script.streamHead, Script.chunk("data: {\"id\""), Script.lastChunk], .providerTruncated
    ),
    (
      "comments only, then close",
      [Script.streamHead, Script.chunk(": hi\n\n"), .wait(milliseconds: 20), .close],
      .providerTruncated
    ),
    (
      "an error event",
      [Script.streamHead, Script.chunk("data: {\"error\":{\"message\":\"no\"}}\n\n")],
      .providerErrorEvent
    ),
    ("garbage event", [Script.streamHead, Script.chunk("data: hello\n\n")], .providerBadAnswer),
    ("hang after the head", [Script.streamHead, .wait(milliseconds: 60_000)], .providerTimeout),
    ("500", Script.response("{\"error\":{}}", status: "500 Oops"), .providerError),
    ("403", Script.response("{\"error\":{}}", status: "403 No"), .providerRefused),
    (
      "an event too long",
      [Script.streamHead, Script.chunk("data: \(String(repeating: "x", count: 5000))")],
      .providerTooLarge
    ),
  ]

  @Test(arguments: streamFailures.indices)
  func theNextCandidateStreams(_ index: Int) async throws {
    let failure = Self.streamFailures[index]
    try await Rig.run(
      failure.steps, Script.stream(3),
      configure: {
        Self.impatient(&$0)
        $0.limits.maxEventBytes = 4000
      }
    ) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response.status == 200, "\(failure.name)")
      #expect(response.isComplete)
      #expect(
        response.text
          == (0..<3).map(Script.event).joined() + Script.usageEvent + "data: [DONE]\n\n")
      #expect(response["x-perigee-backend"] == "b1")
      let record = try #require(try await rig.record())
      #expect(record.attempts.map(\.fault) == [failure.fault, nil], "\(failure.name)")
      #expect(record.usage == AnswerUsage(input: 5, output: 6))
      #expect(record.events == 5)
    }
  }

  @Test func refusedAndGonePaths() async throws {
    try await Rig.run(
      Script.good,
      router: { backends in
        TestRouter([
          ("closed", Endpoint(host: "127.0.0.1", port: 1)), ("gone", nil),
          ("nameless", Endpoint(host: "no-such-host.invalid", port: 80)),
          ("b0", backends[0].endpoint),
        ])
      }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 200 && response["x-perigee-attempts"] == "4")
      let record = try #require(try await rig.record())
      #expect(record.attempts.map(\.fault) == [.linkRefused, .linkNoPath, .linkUnreachable, nil])
    }
  }

  /// Nothing goes out over another uplink than was decided.
  @Test func sourceAddressesThatCannotBeBound() async throws {
    try await Rig.run(
      Script.good,
      router: { backends in
        func from(_ address: String) -> Endpoint {
          Endpoint(host: "127.0.0.1", port: backends[0].port, localAddress: address)
        }
        return TestRouter([
          ("nonsense", from("wan0")), ("foreign", from("192.0.2.77")), ("own", from("127.0.0.9")),
        ])
      }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 200 && response["x-perigee-backend"] == "own")
      let attempts = try #require(try await rig.record()).attempts
      #expect(attempts.map(\.fault) == [.linkUnreachable, .linkUnreachable, nil])
      #expect(attempts[0].detail?.contains("'wan0'") == true)
      #expect(rig.backends[0].seen.connections == 1)
    }
  }

  @Test func aStaleConnectionIsNoFailureOfThePath() async throws {
    let counter = Counter()
    let respond = { @Sendable (_: MockBackend.Request) -> [Step] in
      counter.next() == 2 ? [.close] : Script.good
    }
    try await Rig.run(responding: [respond]) { rig in
      let client = try await rig.client()
      for _ in 0..<2 {
        try await client.post("/v1/chat/completions", Rig.body())
        #expect(try await client.response().status == 200)
      }
      #expect(rig.backends[0].seen.connections == 2)
      #expect(rig.router.told.records.last?.attempts.map(\.fault) == [.linkReset, nil])
      #expect(
        rig.router.told.outcomes.map(\.outcome.ending) == [.answered, .cancelled, .answered])
    }
  }

  @Test func callersFaultsPassThrough() async throws {
    let body =
      #"{"error":{"message":"bad temperature","type":"invalid_request_error","param":"temperature","code":null}}"#
    for stream in [false, true] {
      try await Rig.run(Script.response(body, status: "422 No"), Script.good) { rig in
        let response = try await rig.chat(stream: stream)
        #expect(response.status == 422)
        #expect(response.text == body)
        #expect(response["x-perigee-backend"] == "b0")
        #expect(try await rig.record()?.fault == .callerRejected)
        #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.answered])
      }
    }
  }

  @Test func aConnectionIsNotReusedAfterBytesNobodyAskedFor() async throws {
    let smuggled = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    try await Rig.run(Script.good + [.write(smuggled)]) { rig in
      let client = try await rig.client()
      for _ in 0..<4 {
        try await client.post("/v1/chat/completions", Rig.body())
        #expect(try await client.response().text == Script.completion)
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(rig.backends[0].seen.connections == 4)
    }
  }

  @Test func informationalResponsesAndCloseDelimitedBodies() async throws {
    let early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
    let old = "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n" + Script.completion
    for steps in [[.write(early)] + Script.good, [.write(old), .close]] {
      try await Rig.run(steps) { rig in
        let response = try await rig.chat()
        #expect(response.status == 200 && response.text == Script.completion)
      }
    }
  }
}
