import TestSupport
import Testing

@testable import Dialects

@Suite struct AnswerTests {
  static let families: [Family] = [.chat, .responses, .messages]
  static let frame = AnswerFrame(id: "1", model: "m", createdSeconds: 7, wantsUsage: true)

  @Test(arguments: families)
  func aWholeAnswerComesBackFromEveryFamilyAsItWas(_ family: Family) throws {
    var random = RandomValues(6)
    for _ in 0..<300 {
      let answer = Self.sayable(random.answer(), in: family)
      #expect(try Answer(answer.body(in: family, Self.frame), in: family).events == answer.events)
    }
  }

  /// Responses do not say that tools are wanted apart from calling them.
  private static func sayable(_ answer: Answer, in family: Family) -> Answer {
    var answer = answer
    if family == .responses { answer.usage?.cacheWrites = 0 }
    if family == .responses { answer.usage?.reasoning = 0 }
    return answer
  }

  /// Takes a stream's text apart into the data of its events.
  static func data(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").compactMap { event in
      event.split(separator: "\n").last { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }
  }

  private static func read(_ bytes: [UInt8], _ family: Family) throws -> [AnswerEvent] {
    var reader = family.streamReader
    return try data(bytes).flatMap { data in
      try Array(data.utf8).withUnsafeBytes { try reader.read(bytes: $0) }
    }
  }

  @Test(arguments: families, [false, true])
  func aStreamComesBackFromEveryFamilyAsItWas(_ family: Family, mixed: Bool) throws {
    var random = RandomValues(7)
    for _ in 0..<200 {
      let answer = Self.sayable(random.answer(), in: family)
      var writer = family.streamWriter(Self.frame, requestID: "req_1")
      var out: [UInt8] = []
      for step in random.steps(of: answer, mixed: mixed) { writer.write(step, to: &out) }
      let steps = try Self.read(out, family)
      #expect(steps.last == .end)
      #expect(steps.filter { $0 == .end }.count == 1)
      var back = Answer()
      for step in steps { back.apply(step) }
      #expect(back.events == answer.events)
    }
  }

  @Test func aResponsesNumbersRiseWithoutGapsAndItsItemsAreTheAnswer() throws {
    var random = RandomValues(8)
    for _ in 0..<200 {
      let answer = random.answer()
      var writer = ResponsesStreamWriter(Self.frame)
      var out: [UInt8] = []
      for step in random.steps(of: answer, mixed: true) { writer.write(step, to: &out) }
      let events = try Self.data(out).map { try JSONValue.parse($0) }
      #expect(events.map { $0["sequence_number"]?.integer } == Array(0..<events.count))
      #expect(events.first?["type"] == "response.created")
      let last = try #require(events.last?["response"])
      let whole = answer.responses(Self.frame)
      #expect(last.serialized == whole.serialized)
      var done: [Int: JSONValue] = [:]
      for event in events where event["type"] == "response.output_item.done" {
        done[event["output_index"]?.integer ?? -1] = event["item"]
      }
      #expect(last["output"]?.array == done.sorted { $0.key < $1.key }.map(\.value))
    }
  }

  @Test func aMessagesBlocksOpenAndCloseInOrder() throws {
    var random = RandomValues(9)
    for _ in 0..<200 {
      var writer = MessagesStreamWriter(Self.frame, requestID: "req_1")
      var out: [UInt8] = []
      for step in random.steps(of: random.answer(), mixed: true) { writer.write(step, to: &out) }
      let events = try Self.data(out).map { try JSONValue.parse($0) }
      let types = events.compactMap { $0["type"]?.text }
      #expect(types.first == "message_start")
      #expect(types.suffix(2) == ["message_delta", "message_stop"])
      var open: Int?
      var next = 0
      for event in events {
        switch event["type"]?.text {
        case "content_block_start":
          #expect(open == nil && event["index"]?.integer == next)
          open = next
          next += 1
        case "content_block_delta": #expect(event["index"]?.integer == open)
        case "content_block_stop":
          #expect(event["index"]?.integer == open)
          open = nil
        default: #expect(open == nil)
        }
      }
    }
  }

  private func stream(_ chunks: [String], to family: Family) throws -> String {
    var reader = ChatStreamReader()
    var writer = family.streamWriter(Self.frame, requestID: "req_1")
    var out: [UInt8] = []
    for chunk in chunks {
      let steps = try Array(chunk.utf8).withUnsafeBytes { try reader.read(bytes: $0) }
      for step in steps { writer.write(step, to: &out) }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static let chunks = [
    #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
    #"{"choices":[{"index":0,"delta":{"content":"Hi"}}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
    #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}"#,
    "[DONE]",
  ]

  @Test func chatBecomesMessages() throws {
    #expect(
      try stream(Self.chunks, to: .messages) == """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",\
        "model":"m","content":[],"stop_reason":null,"stop_sequence":null,\
        "usage":{"input_tokens":0,"output_tokens":0}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},\
        "usage":{"input_tokens":2,"cache_read_input_tokens":1,"output_tokens":2}}

        event: message_stop
        data: {"type":"message_stop"}


        """)
  }

  @Test func chatBecomesOlderCompletions() throws {
    let head =
      #"data: {"id":"cmpl-1","object":"text_completion","created":7,"model":"m","choices":"#
    #expect(
      try stream(Self.chunks, to: .completions)
        == head + #"[{"index":0,"text":"Hi","logprobs":null,"finish_reason":null}]}"# + "\n\n"
        + head + #"[{"index":0,"text":"","logprobs":null,"finish_reason":"length"}]}"# + "\n\n"
        + head + #"[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"#
        + #""prompt_tokens_details":{"cached_tokens":1}}}"# + "\n\ndata: [DONE]\n\n")
  }

  @Test func anIncompleteResponseEndsAsOne() throws {
    let events = Self.data(Array(try stream(Self.chunks, to: .responses).utf8))
    let last = try JSONValue.parse(try #require(events.last))
    #expect(last["type"] == "response.incomplete")
    #expect(last["response"]?["incomplete_details"]?["reason"] == "max_output_tokens")
    #expect(last["response"]?["usage"]?["total_tokens"] == 5)
  }

  @Test func anErrorWithinAStreamIsInTheClientsWords() throws {
    let chunks = [Self.chunks[1], #"{"error":{"message":"gone","code":500}}"#]
    #expect(
      try stream(chunks, to: .chat).hasSuffix(
        #"data: {"error":{"message":"gone","type":"server_error","param":null,"code":"500"}}"#
          + "\n\n"))
    #expect(
      try stream(chunks, to: .messages).hasSuffix(
        "event: error\n"
          + #"data: {"type":"error","error":{"type":"api_error","message":"gone"},"request_id":"req_1"}"#
          + "\n\n"))
    let responses = Self.data(Array(try stream(chunks, to: .responses).utf8))
    let last = try JSONValue.parse(try #require(responses.last))
    #expect(last["type"] == "response.failed")
    #expect(last["response"]?["error"] == ["code": "500", "message": "gone"])
  }

  @Test func callsWithoutArgumentsAndBadArgumentsAreHonest() throws {
    let call = { Answer.Part.toolCall(ToolCall(id: "1", name: "f", arguments: $0)) }
    let answer = Answer(parts: [call(""), call("{\"a\":")], finish: .stop)
    let message = answer.messages(Self.frame)
    #expect(message["stop_reason"] == "tool_use")
    #expect(
      message["content"]?.array?.map { $0["input"] } == [
        [:], ["unparsed_arguments": "{\"a\":"],
      ])
  }

  @Test func stopTextsAreNamedWhereTheBackendNamesThem() throws {
    let body = try JSONValue.parse(
      #"{"choices":[{"message":{"content":"a"},"finish_reason":"stop","stop_reason":"END"}]}"#)
    let message = try Answer(chat: body).messages(Self.frame)
    #expect(message["stop_reason"] == "stop_sequence")
    #expect(message["stop_sequence"] == "END")
  }

  @Test func errorsAreReadInEveryFamily() throws {
    for (text, message) in [
      (#"{"error":{"message":"a","type":"t","code":"c","param":"p"}}"#, "a"),
      (#"{"type":"error","error":{"type":"api_error","message":"b"}}"#, "b"),
      (#"{"error":"c"}"#, "c"), (#"{"detail":"d"}"#, "d"),
    ] {
      #expect(AnswerError(try JSONValue.parse(text))?.message == message)
    }
    #expect(AnswerError(["ok": true]) == nil)
  }

  @Test(arguments: families)
  func damagedEventsNeverTrap(_ family: Family) throws {
    var random = RandomValues(10)
    for _ in 0..<100 {
      var writer = family.streamWriter(Self.frame, requestID: "req_1")
      var out: [UInt8] = []
      for step in random.steps(of: random.answer(), mixed: true) { writer.write(step, to: &out) }
      var reader = family.streamReader
      var other = Family.messages.streamWriter(Self.frame, requestID: "req_1")
      for data in Self.data(out) {
        let bytes = random.oneIn(3) ? random.damaged(Array(data.utf8)) : Array(data.utf8)
        let steps = bytes.withUnsafeBytes { try? reader.read(bytes: $0) }
        for step in steps ?? [] { other.write(step, to: &out) }
      }
    }
  }

  /// Whatever a backend counts, sums of it neither shrink nor overflow.
  @Test(arguments: [(Int.max, AnswerUsage.mostTokens), (Int.min, 0), (-5, 0), (12, 12)])
  func countsAreBelievedWithinBounds(_ told: Int, _ believed: Int) throws {
    var usage = AnswerUsage(input: told, output: told, cachedInput: told)
    #expect(usage.input == believed && usage.output == believed && usage.cachedInput == believed)
    usage.input = told
    usage.output = told
    #expect(usage.input == believed && usage.output == believed)
    var reader = Family.messages.streamReader
    var read: AnswerUsage?
    for data in [
      #"{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":\#(told)}}"#,
      #"{"type":"message_stop"}"#,
    ] {
      for case .usage(let usage) in try Array(data.utf8).withUnsafeBytes({
        try reader.read(bytes: $0)
      }) {
        read = usage
      }
    }
    #expect(read?.input == 3 && read?.output == believed)
  }
}
