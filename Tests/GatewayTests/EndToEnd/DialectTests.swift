import Decisions
import Dialects
import Foundation
import Links
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// Every family in, every dialect out, byte by byte.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DialectTests {
  typealias Step = MockBackend.Step

  private static let chatStream: [Step] =
    [Script.streamHead]
    + [
      #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
      #"{"choices":[{"index":0,"delta":{"content":"hi"}}]}"#,
      #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
      #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}"#, "[DONE]",
    ].map { Script.chunk("data: \($0)\n\n") } + [Script.lastChunk]

  private static func message(stream: Bool = false, _ extra: String = "") -> String {
    #"{"model":"test-model","max_tokens":9,"messages":[{"role":"user","content":"hello"}],"stream":\#(stream)\#(extra)}"#
  }

  private static func response(stream: Bool = false, _ extra: String = "") -> String {
    #"{"model":"test-model","input":"hello","stream":\#(stream)\#(extra)}"#
  }

  @Test func messagesOverChat() async throws {
    try await Rig.ask("/v1/messages", Self.message("" + #","top_k":4"#), Script.good) {
      response, rig in
      #expect(response.status == 200)
      let id = try #require(response["request-id"])
      #expect(response["x-request-id"] == id)
      #expect(response["x-perigee-dialect"] == "chat")
      #expect(
        response.text
          == #"{"id":"msg_\#(id.dropFirst(4))","type":"message","role":"assistant","model":"test-model","#
          + #""content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","stop_sequence":null,"#
          + #""usage":{"input_tokens":3,"output_tokens":4}}"#)
      let sent = try #require(rig.backends[0].seen.requests.first)
      #expect(sent.head.uri == "/v1/chat/completions")
      #expect(
        sent.text
          == #"{"model":"theirs","messages":[{"role":"user","content":"hello"}],"max_tokens":9,"top_k":4}"#
      )
      let record = try await rig.record()
      #expect(record?.usage == AnswerUsage(input: 3, output: 4))
    }
  }

  @Test func messagesStreamOverChat() async throws {
    try await Rig.ask("/v1/messages", Self.message(stream: true), Self.chatStream) {
      response, rig in
      #expect(response.isComplete)
      let names = response.text.split(separator: "\n").filter { $0.hasPrefix("event: ") }
      #expect(
        names.map { String($0.dropFirst(7)) } == [
          "message_start", "content_block_start", "content_block_delta", "content_block_stop",
          "message_delta", "message_stop",
        ])
      #expect(response.text.contains(#""usage":{"input_tokens":5,"output_tokens":6}"#))
      let sent = rig.backends[0].seen.requests.first?.text ?? ""
      #expect(sent.contains(#""stream":true,"stream_options":{"include_usage":true}"#))
      let record = try await rig.record()
      #expect(record?.usage == AnswerUsage(input: 5, output: 6))
      #expect(record?.fault == nil)
    }
  }

  @Test func responsesOverChat() async throws {
    let whole = try await Rig.ask("/v1/responses", Self.response(), Script.good)
    #expect(whole.text.contains(#""object":"response""#))
    #expect(whole.text.contains(#""text":"hi""#))
    let stream = try await Rig.ask("/v1/responses", Self.response(stream: true), Self.chatStream)
    #expect(stream.isComplete)
    let numbers = stream.text.split(separator: "\n").compactMap { line in
      line.hasPrefix("data: ")
        ? AnswerScan.sequenceNumber(of: ByteBuffer(string: String(line.dropFirst(6)))) : nil
    }
    #expect(numbers == Array(0..<numbers.count) && numbers.count == 9)
    #expect(stream.text.contains("event: response.completed\n"))
  }

  @Test func olderCompletionsOverChatWhereTheBackendHasNone() async throws {
    let body = #"{"model":"test-model","prompt":"hello"}"#
    try await Rig.ask("/v1/completions", body, Script.good) { response, rig in
      #expect(response.text.contains(#""text":"hi""#))
      #expect(rig.backends[0].seen.requests.first?.head.uri == "/v1/chat/completions")
    }
    try await Rig.ask("/v1/completions", body, Script.good, apis: [.chat, .completions]) { _, rig in
      #expect(rig.backends[0].seen.requests.first?.head.uri == "/v1/completions")
      #expect(
        rig.backends[0].seen.requests.first?.text == #"{"model":"theirs","prompt":"hello"}"#)
    }
  }

  @Test func chatOverMessages() async throws {
    let answer =
      #"{"id":"msg_1","type":"message","content":[{"type":"text","text":"hi"}],"stop_reason":"max_tokens","#
      + #""usage":{"input_tokens":3,"cache_read_input_tokens":2,"output_tokens":4}}"#
    try await Rig.run(
      Script.response(answer),
      router: {
        var endpoint = $0[0].endpoint
        endpoint.authorization = Secret("their-key")
        return TestRouter([("b0", endpoint)], apis: ["b0": [.messages]])
      }
    ) { rig in
      let response = try await rig.chat(extra: #","seed":1"#)
      #expect(response.status == 200)
      #expect(response.text.contains(#""finish_reason":"length""#))
      #expect(response["x-perigee-dropped"] == "seed")
      let sent = try #require(rig.backends[0].seen.requests.first)
      #expect(sent.head.uri == "/v1/messages")
      #expect(sent.head.headers.first(name: "x-api-key") == "their-key")
      #expect(sent.head.headers.first(name: "anthropic-version") == "2023-06-01")
      #expect(!sent.head.headers.contains(name: "authorization"))
      #expect(
        sent.text
          == #"{"model":"test-model","max_tokens":4096,"messages":[{"role":"user","content":"hello"}]}"#
      )
      let record = try await rig.record()
      #expect(record?.usage == AnswerUsage(input: 5, output: 4, cachedInput: 2))
    }
  }

  @Test func chatStreamOverResponses() async throws {
    let events = [
      #"{"type":"response.created","response":{"status":"in_progress","error":null}}"#,
      #"{"type":"response.output_text.delta","delta":"hi"}"#,
      #"{"type":"response.completed","response":{"usage":{"input_tokens":5,"output_tokens":6}}}"#,
    ]
    let steps = [Script.streamHead] + events.map { Script.chunk("data: \($0)\n\n") }
    let body = Rig.body(stream: true)
    try await Rig.ask(
      "/v1/chat/completions", body, steps + [Script.lastChunk], apis: [.responses]
    ) { response, rig in
      #expect(response.isComplete)
      #expect(response.text.contains(#""delta":{"role":"assistant","content":"hi"}"#))
      #expect(response.text.contains(#""choices":[],"usage":{"prompt_tokens":5,"#))
      #expect(response.text.hasSuffix("data: [DONE]\n\n"))
      let sent = rig.backends[0].seen.requests.first
      #expect(sent?.head.uri == "/v1/responses")
      #expect(sent?.text.contains(#""store":false"#) == true)
      let record = try await rig.record()
      #expect(record?.fault == nil)
    }
  }

  @Test func usageIsAskedForAndHiddenFromWhoDidNot() async throws {
    let body = #" {"model":"test-model","stream":true,"messages":[]}"#
    try await Rig.ask(
      "/v1/chat/completions", body, Script.stream(2), apis: [.chat]
    ) { response, rig in
      #expect(
        response.text == Script.event(0) + Script.event(1) + "data: [DONE]\n\n")
      #expect(
        rig.backends[0].seen.requests.first?.text
          == #" {"stream_options":{"include_usage":true},"model":"theirs","stream":true,"messages":[]}"#
      )
      let record = try await rig.record()
      #expect(record?.usage == AnswerUsage(input: 5, output: 6))
    }
    let options =
      #"{"stream_options":{"x":1,"include_usage":false},"model":"test-model","stream":true}"#
    try await Rig.ask("/v1/chat/completions", options, Script.stream(1)) { response, rig in
      #expect(!response.text.contains("usage"))
      #expect(
        rig.backends[0].seen.requests.first?.text
          == #"{"stream_options":{"x":1,"include_usage":true},"model":"theirs","stream":true}"#)
    }
  }

  @Test func messagesPassThroughAndAreCounted() async throws {
    let events = [
      #"{"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":6}}"#,
      #"{"type":"message_stop"}"#,
    ].map { "event: x\ndata: \($0)\n\n" }
    let steps = [Script.streamHead] + events.map(Script.chunk) + [Script.lastChunk]
    try await Rig.ask(
      "/v1/messages", Self.message(stream: true), steps, apis: [.messages]
    ) { response, rig in
      #expect(response.text == events.joined())
      let sent = rig.backends[0].seen.requests.first?.text
      #expect(sent == Self.message(stream: true).replacing("test-model", with: "theirs"))
      let record = try await rig.record()
      #expect(record?.usage == AnswerUsage(input: 5, output: 6))
    }
  }

  @Test func whatCannotBeSaidIsRefusedInTheClientsWords() async throws {
    let body = Self.message(#","tools":[{"type":"bash_20250124","name":"bash"}]"#)
    try await Rig.ask("/v1/messages", body, Script.good) { response, rig in
      #expect(response.status == 400)
      #expect(response.text.hasPrefix(#"{"type":"error","error":{"type":"invalid_request_error","#))
      #expect(rig.backends[0].seen.requests.isEmpty)
      let record = try await rig.record()
      #expect(record?.fault == .callerUnsupported)
    }
    let response = try await Rig.ask(
      "/v1/responses", Self.response(#","previous_response_id":"resp_1""#), Script.good)
    #expect(response.status == 400)
    #expect(response.text.contains(#""param":"previous_response_id""#))
  }

  @Test func aBackendThatUnderstandsComesAfterOneThatDoesNot() async throws {
    try await Rig.run(
      Script.good, Script.good,
      router: {
        TestRouter(
          [("b0", $0[0].endpoint), ("b1", $0[1].endpoint)], apis: ["b0": [.messages]])
      }
    ) { rig in
      let response = try await rig.chat(extra: #","n":2"#)
      #expect(response.status == 200)
      #expect(response["x-perigee-backend"] == "b1")
      #expect(rig.backends[0].seen.requests.isEmpty)
    }
  }

  @Test func aBackendsErrorComesInTheClientsWords() async throws {
    let error = #"{"error":{"message":"too long","type":"invalid_request_error","code":"context"}}"#
    let steps = Script.response(error, status: "400 Bad Request")
    let response = try await Rig.ask("/v1/messages", Self.message(), steps)
    #expect(response.status == 400)
    let id = try #require(response["request-id"])
    #expect(
      response.text
        == #"{"type":"error","error":{"type":"invalid_request_error","message":"too long"},"request_id":"\#(id)"}"#
    )
    let overloaded = Script.response(
      #"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#,
      status: "529 Overloaded")
    let chat = try await Rig.ask("/v1/chat/completions", Rig.body(), overloaded, apis: [.messages])
    #expect(chat.status == 503)
    #expect(chat.text.contains(#"{"error":{"message":"busy","type":"server_error""#))
  }

  @Test(arguments: [
    ("/v1/messages", DialectTests.message(stream: true), "event: error\ndata: {\"type\":\"error\""),
    ("/v1/responses", DialectTests.response(stream: true), "event: response.failed\n"),
    ("/v1/completions", #"{"model":"test-model","prompt":"a","stream":true}"#, "data: {\"error\""),
  ])
  func aBrokenStreamEndsWithTheFamilysError(
    _ path: String, _ body: String, _ ending: String
  ) async throws {
    let response = try await Rig.ask(path, body, Script.brokenStream(2, .reset))
    #expect(!response.isComplete)
    #expect(response.text.contains(ending))
    #expect(response.text.contains("stream_interrupted") || path == "/v1/messages")
    #expect(!response.text.contains("message_stop") && !response.text.contains("completed"))
  }

  @Test func anErrorOfTheBackendWithinAStreamBreaksIt() async throws {
    let steps =
      Script.brokenStream(1) + [
        Script.chunk("data: {\"error\":{\"message\":\"gone\"}}\n\n"), Script.lastChunk,
      ]
    try await Rig.ask("/v1/messages", Self.message(stream: true), steps) { response, rig in
      #expect(response.text.contains("event: error\n"))
      #expect(response.text.contains("gone"))
      let record = try await rig.record()
      #expect(record?.fault == .providerErrorEvent)
    }
  }

  @Test func heartbeatsAreWhatTheFamilyPassesOver() async throws {
    try await Rig.run(
      [.wait(milliseconds: 400)] + Self.chatStream,
      configure: { $0.heartbeat = .milliseconds(100) }
    ) { rig in
      let client = try await rig.client()
      try await client.post("/v1/messages", Self.message(stream: true))
      let response = try await client.response()
      #expect(response.text.hasPrefix("event: ping\ndata: {\"type\": \"ping\"}\n\n"))
      #expect(response.isComplete)
    }
  }
}
