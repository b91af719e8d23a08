import Decisions
import Links
import Orbits
import Testing

@testable import Gateway

/// Requests that no candidate answers: what the client is told, and who is to blame.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ExhaustionTests {
  typealias Step = MockBackend.Step

  @Test func whenAllFailTheLastErrorIsToldAsItIs() async throws {
    let body =
      #"{"error":{"message":"slow down","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#
    try await Rig.run(
      [.reset], Script.response(body, status: "429 Slow", headers: ["retry-after: 7"])
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 429)
      #expect(response.text == body)
      #expect(response["retry-after"] == "7")
      #expect(response["x-perigee-attempts"] == "2")
      #expect(try await rig.record()?.fault == .providerRateLimited)
    }
  }

  /// A backend that does not accept the gateway's key must not look like a gateway that does not accept
  /// the client's.
  @Test(arguments: ["401 No", "402 Pay", "403 No", "404 None", "405 Never"])
  func aRefusalOfTheGatewayIsNotPassedOn(_ status: String) async throws {
    let body = #"{"error":{"message":"Incorrect API key sk-12","code":"invalid_api_key"}}"#
    for stream in [false, true] {
      try await Rig.run([.reset], Script.response(body, status: status)) { rig in
        let response = try await rig.chat(stream: stream)
        #expect(response.status == 502)
        #expect(response.text.contains(#""type":"upstream_error""#))
        #expect(response.text.contains(#""code":"provider_refused""#))
        #expect(response.text.contains("b1 over leo: refused with status \(status.prefix(3))"))
        #expect(response.text.contains("check the key and the model name"))
        #expect(!response.text.contains("sk-12") && !response.text.contains("invalid_api_key"))
        #expect(response["www-authenticate"] == nil)
        #expect(try await rig.record()?.fault == .providerRefused)
        #expect(rig.router.told.outcomes.last?.outcome.ending == .failed(.providerRefused))
      }
    }
  }

  /// The body that came before the break is whole JSON, and still not for the client.
  @Test func aRefusalCutShortIsNotPassedOn() async throws {
    let cut: [Step] = [
      .write("HTTP/1.1 401 No\r\ncontent-length: 99\r\n\r\n{\"error\":{}}"),
      .wait(milliseconds: 20), .close,
    ]
    try await Rig.run(cut) { rig in
      let response = try await rig.chat()
      #expect(response.status == 502)
    }
  }

  /// It is a matter of the client's patience, and says nothing about the path.
  @Test(arguments: [false, true])
  func theClientsDeadlineIsNotHeldAgainstThePath(_ stream: Bool) async throws {
    try await Rig.run(Script.hang, Script.good) { rig in
      let response = try await rig.chat(
        stream: stream, headers: ["x-stainless-read-timeout: 0.3"])
      #expect(response.status == 504)
      #expect(response.text.contains(#""code":"caller_deadline""#))
      #expect(response.text.contains("b0 over leo: the client's deadline passed"))
      let record = try #require(try await rig.record())
      #expect(record.fault == .callerDeadline)
      #expect(record.attempts.map(\.fault) == [.callerDeadline])
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.cancelled])
    }
  }

  @Test func whenAllFailTheOthersAreAccountedFor() async throws {
    let rejected = [
      TestRouter.scored("far", reason: "no satellite in view"),
      TestRouter.scored("ill", reason: "unhealthy: connection refused"),
    ]
    try await Rig.run(
      [.reset],
      router: { TestRouter([("b0", $0[0].endpoint)], rejected: rejected) }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 503)
      #expect(response.text.contains("far over leo: no satellite in view"))
      #expect(response.text.contains("ill over leo: unhealthy: connection refused"))
    }
  }

  @Test(arguments: [
    ([Step.reset], 503, "link_reset"), (Script.hang, 504, "caller_deadline"),
    (Script.response("<html>", status: "500 Oops", type: "text/html"), 502, "provider_error"),
    (Script.response("hello"), 502, "provider_bad_answer"),
  ])
  func whenAllFailTheErrorIsOurs(_ steps: [Step], _ status: Int, _ code: String) async throws {
    try await Rig.run(steps) { rig in
      let response = try await rig.chat(headers: ["x-stainless-read-timeout: 0.3"])
      #expect(response.status == status)
      #expect(response["retry-after"] == "1")
      #expect(response.text.contains("\"code\":\"\(code)\""))
      #expect(response.text.contains("b0 over leo"))
      #expect(try await rig.record()?.status == status)
    }
  }

  @Test func withoutAPathTheForecastSaysWhenToRetry() async throws {
    let retryAt = SystemClock.now().adding(seconds: 42)
    let rejected = [TestRouter.scored("far", reason: "no satellite in view")]
    try await Rig.run(
      Script.good, router: { _ in TestRouter([], rejected: rejected, retryAt: retryAt) }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 503)
      let seconds = try #require(response["retry-after"].flatMap { Int($0) })
      #expect((30...42).contains(seconds))
      #expect(response.text.contains("no satellite in view"))
      #expect(response.text.contains("link_no_path"))
      let record = try #require(try await rig.record())
      #expect(record.fault == .linkNoPath && record.attempts.isEmpty)
    }
  }
}
