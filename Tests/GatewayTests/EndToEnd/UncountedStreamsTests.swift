import Decisions
import Fleet
import Testing

@testable import Gateway

/// Backends that refuse to be asked for a stream's usage.
@Suite(.serialized, .timeLimit(.minutes(2))) struct UncountedStreamsTests {
  /// Refuses `stream_options`, as servers do that know no such field; else streams three tokens.
  @Sendable private static func strict(_ request: MockBackend.Request) -> [MockBackend.Step] {
    if request.text.contains("stream_options") || request.text.contains(",}")
      || request.text.contains(",,") || request.text.contains("{,")
    {
      return Script.response(
        #"{"error":{"message":"extra fields not permitted"}}"#, status: "400 Bad Request")
    }
    return [Script.streamHead] + (0..<3).map { Script.chunk(Script.event($0)) }
      + [Script.chunk("data: [DONE]\n\n"), Script.lastChunk]
  }

  private static let plain =
    #"{"model":"test-model","messages":[{"role":"user","content":"hi"}],"stream":true}"#

  /// A request in each way that its options can stand in it.
  private static let asked = [
    plain,
    plain.replacing(
      #""stream":true"#, with: #""stream":true, "stream_options" : {"include_usage":true} "#),
    plain.replacing("{\"model", with: #"{ "stream_options": {"include_usage":true} ,"model"#),
    plain.replacing(
      #","stream":true"#,
      with: #","stream_options":{"include_usage":true,"x":[1,"}"]},"stream":true"#),
    plain.replacing(#","stream":true"#, with: #","stream_options":null,"stream":true"#),
  ]

  private func post(_ path: String, _ body: String, uncounting: Set<String>) async throws -> (
    RawClient.Response, RequestRecord?
  ) {
    let price = PathPrice(tokens: TokenPrices(input: 1, output: 2), perGigabyte: 0)
    var result = (RawClient.Response(), RequestRecord?.none)
    try await Rig.run(
      responding: [Self.strict], accounts: TestKeeper(["app": .everything], price: price),
      router: { TestRouter([("b0", $0[0].endpoint)], uncounting: uncounting) }
    ) { rig in
      let client = try await rig.client()
      try await client.post(path, body, headers: ["authorization: Bearer key-app"])
      result = (try await client.response(), try await rig.record())
      await client.close()
    }
    return result
  }

  @Test(arguments: asked) func theyAreNotAsked(_ body: String) async throws {
    let (response, record) = try await post("/v1/chat/completions", body, uncounting: ["b0"])
    #expect(response.status == 200 && response.isComplete, "\(response.text)")
    #expect(record?.usage == nil)
    #expect(record?.cost?.isEstimated == true && record?.cost?.tokens != .zero)
    #expect(response.text.contains("estimated"))
  }

  @Test func norIfTheClientSpeaksAnotherFamily() async throws {
    let body =
      #"{"model":"test-model","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"stream":true}"#
    let (response, record) = try await post("/v1/messages", body, uncounting: ["b0"])
    #expect(response.status == 200 && response.isComplete, "\(response.text)")
    #expect(record?.cost?.isEstimated == true)
  }

  @Test func withoutTheSwitchTheyRefuse() async throws {
    let (response, _) = try await post("/v1/chat/completions", Self.plain, uncounting: [])
    #expect(response.status == 400)
  }
}
