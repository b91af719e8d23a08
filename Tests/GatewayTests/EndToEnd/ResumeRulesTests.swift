import Decisions
import Dialects
import Fleet
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Who goes on with a stream that broke from its text, when, and who is told what.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ResumeRulesTests {
  private func middle(
    continuing: Set<String> = ["b0", "b1"], more: String = "", headers: [String] = [],
    usage: Bool = true, accounts: (any AccountKeeper)? = nil,
    _ check: (RawClient.Response, SeenAnswer, Rig) async throws -> Void
  ) async throws {
    let backends = Breaking.Pair(later: Breaking.model)
    try await Rig.run(
      responding: [backends.respond, backends.respond], accounts: accounts,
      router: { backends in
        TestRouter(
          backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) },
          continuing: continuing)
      }
    ) { rig in
      let client = try await rig.client()
      let cut = Breaking.bytes(Breaking.model.stream(for: [])).count / 2
      try await client.post(
        "/v1/chat/completions", Breaking.body(cut, usage: usage, more), headers: headers)
      let response = try await client.response()
      try await check(response, SeenAnswer(body: response.text), rig)
    }
  }

  @Test func theClientAndTheRecordAreTold() async throws {
    try await middle { response, seen, rig in
      #expect(response.text.contains(": perigee: resumed on b1 over leo after "))
      #expect(seen.resumed == 1)
      let record = try #require(try await rig.record())
      #expect(record.chosen?.backend == "b0" && record.fault == nil && record.status == 200)
      #expect(record.attempts.map(\.path.backend) == ["b0", "b1"])
      #expect(record.resumes == 1 && record.heldMs == 0)
      #expect(record.attempts[0].fault != nil && record.attempts[1].fault == nil)
      #expect(record.usage == AnswerUsage(input: 7, output: 4))
      let asked = rig.backends[1].seen.requests.first?.text ?? ""
      #expect(asked.contains("\"continue_final_message\":true,\"add_generation_prompt\":false"))
      #expect(asked.hasPrefix("{\"model\":\"test-model\",\"messages\":[{\"role\":\"user\""))
    }
  }

  /// Each attempt is billed for what its own backend did, not for the sum that the client is told.
  @Test(arguments: [true, false]) func eachAttemptIsBilledForItsOwnWork(usage: Bool) async throws {
    let price = PathPrice(
      tokens: TokenPrices(input: 100, output: 1000, perRequest: 1), perGigabyte: 0)
    let keeper = TestKeeper([:], price: price)
    try await middle(usage: usage, accounts: keeper) { response, seen, rig in
      #expect(seen.isDone && response.isComplete)
      let record = try #require(try await rig.record())
      #expect(record.attempts.count == 2)
      let used = keeper.told.used.map(\.usage)
      #expect(used.map(\.requests) == [0, 1])

      let asked = try #require(rig.backends[1].seen.requests.first?.body)
      let own = try #require(
        SeenAnswer(body: Breaking.model.stream(for: Array(asked)).joined()).usage)
      #expect(used[1].inputTokens == own["prompt_tokens"])
      #expect(used[1].outputTokens == own["completion_tokens"])
      #expect(used[1].inputTokens > 7, "the continuation reads what was said before, too")

      let mark = try #require(response.text.firstRange(of: " over leo after "))
      let events = Int(response.text[mark.upperBound...].prefix { $0.isNumber })
      #expect(used[0].inputTokens == 7 && used[0].outputTokens == events)

      let dollars = used.map {
        Double($0.inputTokens) * 1e-4 + Double($0.outputTokens) * 1e-3 + 1
      }
      #expect(used.map(\.cost) == dollars.map { Money(dollars: $0) })
      #expect(record.cost?.total == used[0].cost + used[1].cost)
      #expect(record.cost?.isEstimated == true, "nobody counted what the broken one did")
      let total = try #require(record.cost?.total)
      #expect(response.text.contains(": perigee: cost-usd=\(total) estimated\n\n"))
    }
  }

  @Test func onlyBackendsThatGoOnAreAsked() async throws {
    try await middle(continuing: ["b0"]) { response, seen, rig in
      #expect(seen.units == Breaking.model.units && seen.isDone)
      #expect(rig.backends[1].seen.requests.isEmpty && rig.backends[0].seen.requests.count == 2)
    }
    try await middle(continuing: []) { response, seen, rig in
      #expect(!response.isComplete && seen.error != nil && !seen.isDone)
      #expect(rig.backends[1].seen.requests.isEmpty)
    }
  }

  @Test func whatMayNotBeDoneTwiceIsNot() async throws {
    try await middle(headers: ["x-perigee-unsafe: true"]) { response, seen, rig in
      #expect(!response.isComplete && seen.error != nil)
      #expect(rig.backends[1].seen.requests.isEmpty && rig.backends[0].seen.requests.count == 1)
    }
  }

  @Test func theReasonIsTold() async throws {
    try await middle(more: #","logprobs":true"#) { response, seen, rig in
      #expect(!response.isComplete)
      #expect(seen.error?.contains("`logprobs`") == true)
      #expect(rig.backends[1].seen.requests.isEmpty)
    }
  }

  /// A backend that refuses to go on, and one that fails within its stream.
  @Test func refusalsAndErrorsWithinAreBreaksToo() async throws {
    let model = Breaking.model
    let events = model.stream(for: [])
    let error = "data: {\"error\":{\"message\":\"out of memory\"}}\n\n"
    let broken = Breaking.bytes(Array(events.prefix(4)) + [error])
    try await Rig.run(
      responding: [
        { _ in [.writeBytes(broken)] },
        { _ in Script.response(#"{"error":{"message":"no prefill"}}"#, status: "400 Bad Request") },
        { [.writeBytes(Breaking.bytes(model.stream(for: $0.body)))] },
      ],
      router: { backends in
        TestRouter(
          backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) },
          continuing: ["b0", "b1", "b2"])
      }
    ) { rig in
      let response = try await rig.chat(stream: true)
      let seen = SeenAnswer(body: response.text)
      #expect(seen.units == model.units && seen.isDone && response.isComplete)
      let record = try await rig.record()
      #expect(
        record?.attempts.map(\.fault) == [
          .providerErrorEvent, .providerRefused, .providerDiverged, nil,
        ])
    }
  }

  /// A backend that falls silent within its answer, behind a link that is known to be down.
  @Test func aLinkThatIsDownIsLeftAtOnce() async throws {
    let model = Breaking.model
    let begun = Breaking.bytes(model.stream(for: [])).prefix(700)
    try await Rig.run(
      responding: [
        { _ in [.writeBytes(Array(begun)), .wait(milliseconds: 60_000)] },
        { [.writeBytes(Breaking.bytes(model.stream(for: $0.body)))] },
      ],
      router: { backends in
        TestRouter(
          [("b0/leo", backends[0].endpoint), ("b1/geo", backends[1].endpoint)],
          continuing: ["b0", "b1"])
      }
    ) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      _ = try await client.partialResponse { $0.text.contains("content") }
      rig.router.change { $0.down = ["leo"] }
      let response = try await client.response()
      let seen = SeenAnswer(body: response.text)
      #expect(seen.units == model.units && seen.isDone && response.isComplete)
      #expect(try await rig.record()?.attempts.map(\.fault) == [.linkOutage, nil])
    }
  }

  /// What is said in another family's words goes on in them: one message, one beginning, one end.
  @Test func otherFamiliesSeeOneStreamToo() async throws {
    let backends = Breaking.Pair(later: Breaking.model)
    let cut = Breaking.bytes(Breaking.model.stream(for: [])).count / 2
    try await Rig.run(
      responding: [backends.respond, backends.respond],
      router: { backends in
        TestRouter(
          backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) },
          apis: ["b0": [.chat], "b1": [.chat]], continuing: ["b0", "b1"])
      }
    ) { rig in
      let client = try await rig.client()
      try await client.post(
        "/v1/messages",
        #"{"model":"test-model","max_tokens":50,"stream":true,"case":\#(cut),"#
          + #""messages":[{"role":"user","content":"hi"}]}"#)
      let response = try await client.response()
      let text = response.text
      #expect(response.isComplete && rig.router.told.records.first?.attempts.count == 2, "\(text)")
      #expect(text.components(separatedBy: "event: message_start").count == 2, "\(text)")
      #expect(text.components(separatedBy: "event: message_stop").count == 2, "\(text)")
      #expect(text.contains("日") && text.contains("\"stop_reason\":\"end_turn\""), "\(text)")
    }
  }
}
