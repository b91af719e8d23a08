import Decisions
import Dialects
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// What is no conversation: counting tokens, embeddings, the list of models, heartbeats.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EndpointsTests {
  @Test func aFullGatewayIsOverloadedInAnthropicsWords() {
    #expect(APIShape.anthropic.status(.overloaded).code == 529)
    #expect(
      APIShape.anthropic.errorBody(.overloaded, request: "r").contains(
        #""type":"overloaded_error""#))
    #expect(APIShape.openAI.status(.overloaded).code == 503)
  }

  private static func counted(_ response: RawClient.Response) -> Int? {
    AnswerScan(ByteBuffer(string: #"{"usage":\#(response.text)}"#))?.inputTokens
  }

  @Test func tokensAreCountedWhereTheBackendCanAndElseEstimated() async throws {
    let path = "/v1/messages/count_tokens"
    let body = #"{"model":"test-model","messages":[{"role":"user","content":"hello there"}]}"#
    try await Rig.ask(path, body, Script.response(#"{"tokens":[1,2,3]}"#)) { response, rig in
      #expect(Self.counted(response) == 3 + 4)
      #expect(response["x-perigee-estimate"] == nil)
      #expect(rig.backends[0].seen.requests.first?.head.uri == "/tokenize")
      #expect(
        rig.backends[0].seen.requests.first?.text.contains(#""content":"hello there""#) == true)
    }
    let missing = Script.response("<p>no</p>", status: "404 Not Found", type: "text/html")
    try await Rig.ask(path, body, missing) { response, rig in
      #expect(response.status == 200)
      #expect(Self.counted(response) == 3 + 4)
      #expect(response["x-perigee-estimate"] == "input_tokens")
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.answered])
    }
    let dead = try await Rig.ask(path, body, [.reset])
    #expect(dead.status == 200 && dead["x-perigee-estimate"] == "input_tokens")
    let native = try await Rig.ask(
      path, body, Script.response(#"{"input_tokens":11}"#), apis: [.messages])
    #expect(native.text == #"{"input_tokens":11}"#)
  }

  @Test func embeddingsComeInTheEncodingThatWasAskedFor() async throws {
    let floats =
      #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1.25]}],"model":"e"}"#
    let base64 = floats.replacing("[0.5,-1.25]", with: "\"AAAAPwAAoL8=\"")
    for (given, asked, wanted) in [
      (floats, #","encoding_format":"base64""#, base64), (floats, "", floats),
      (base64, #","encoding_format":"float""#, floats),
      (base64, #","encoding_format":"base64""#, base64),
    ] {
      let response = try await Rig.ask(
        "/v1/embeddings", #"{"model":"test-model","input":"a"\#(asked)}"#, Script.response(given))
      #expect(response.text == wanted)
    }
    let refused = try await Rig.ask(
      "/v1/embeddings", #"{"model":"test-model","input":"a"}"#, Script.good, apis: [.messages])
    #expect(refused.status == 400)
  }

  @Test func modelsAreListedInBothShapes() async throws {
    try await Rig.run(Script.good) { rig in
      let client = try await rig.client()
      try await client.write(
        "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nanthropic-version: 2026-10-21\r\n\r\n")
      let list = try await client.response()
      #expect(
        list.text.hasPrefix(
          #"{"data":[{"type":"model","id":"test-model","display_name":"test-model","created_at":"2026-01-01T00:00:00"#
        ))
      #expect(
        list.text.hasSuffix(#""has_more":false,"first_id":"test-model","last_id":"org/other"}"#))
      try await client.write(
        "GET /v1/models/nobody HTTP/1.1\r\nhost: localhost\r\nanthropic-version: 1\r\n\r\n")
      let missing = try await client.response()
      #expect(missing.status == 404)
      #expect(missing.text.contains(#""type":"not_found_error""#))
      await client.close()
    }
  }
}
