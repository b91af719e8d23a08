import Decisions
import Dialects
import Fleet
import Testing

@testable import Gateway

/// Tokens of a cache, and of thinking: read of each family, told in each, and billed.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CachedTokensTests {
  typealias Step = MockBackend.Step

  static let families: [Family] = [.chat, .responses, .messages]

  /// What a backend counts: 100 tokens of a prompt, 60 of them cached, and 50 of an answer. Messages write 30
  /// to the cache too; the others think for 20.
  private static func usage(_ family: Family) -> String {
    switch family {
    case .messages:
      #"{"input_tokens":10,"cache_creation_input_tokens":30,"cache_read_input_tokens":60,"#
        + #""output_tokens":50}"#
    case .responses:
      #"{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":50,"#
        + #""output_tokens_details":{"reasoning_tokens":20},"total_tokens":150}"#
    default:
      #"{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens":50,"#
        + #""completion_tokens_details":{"reasoning_tokens":20},"total_tokens":150}"#
    }
  }

  private static func whole(_ family: Family) -> [Step] {
    let usage = usage(family)
    return switch family {
    case .messages:
      Script.response(
        #"{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","#
          + #""text":"hi"}],"stop_reason":"end_turn","usage":\#(usage)}"#)
    case .responses:
      Script.response(
        #"{"id":"r","object":"response","status":"completed","output":[{"type":"message","#
          + #""role":"assistant","content":[{"type":"output_text","text":"hi"}]}],"usage":\#(usage)}"#
      )
    default:
      Script.response(
        #"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"#
          + #""finish_reason":"stop"}],"usage":\#(usage)}"#)
    }
  }

  private static func stream(_ family: Family) -> [Step] {
    let usage = usage(family)
    let events =
      switch family {
      case .messages:
        [
          #"{"type":"message_start","message":{"id":"m","usage":\#(usage)}}"#,
          #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
          #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}"#,
          #"{"type":"content_block_stop","index":0}"#,
          #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":50}}"#,
          #"{"type":"message_stop"}"#,
        ]
      case .responses:
        [
          #"{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"hi"}"#,
          #"{"type":"response.completed","response":{"id":"r","status":"completed","output":[],"usage":\#(usage)}}"#,
        ]
      default:
        [
          #"{"id":"c","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}"#,
          #"{"id":"c","choices":[],"usage":\#(usage)}"#, "[DONE]",
        ]
      }
    let chunks = events.map { event in
      let name = event.dropFirst(#"{"type":""#.count).prefix { $0 != "\"" }
      return Script.chunk(
        event.hasPrefix(#"{"type":"#)
          ? "event: \(name)\ndata: \(event)\n\n" : "data: \(event)\n\n")
    }
    return [Script.streamHead] + chunks + [Script.lastChunk]
  }

  private static func ask(_ family: Family, stream: Bool) -> (path: String, body: String) {
    let rest = #""stream":\#(stream),"messages":[{"role":"user","content":"hello"}]}"#
    return switch family {
    case .messages: ("/v1/messages", #"{"model":"test-model","max_tokens":99,"# + rest)
    case .responses:
      ("/v1/responses", #"{"model":"test-model","input":"hello","stream":\#(stream)}"#)
    default: ("/v1/chat/completions", Rig.body(stream: stream))
    }
  }

  @Test(arguments: families, families)
  func allAreToldAndBilled(_ client: Family, _ backend: Family) async throws {
    let prices = TokenPrices(input: 1, output: 2, cachedInput: 0.1, cacheWrite: 1.25)
    let keeper = TestKeeper(
      ["app": .everything], price: PathPrice(tokens: prices, perGigabyte: 0))
    let isWritten = backend == .messages
    for stream in [false, true] {
      try await Rig.run(
        stream ? Self.stream(backend) : Self.whole(backend), accounts: keeper,
        router: { TestRouter([("b0", $0[0].endpoint)], apis: ["b0": [backend]]) }
      ) { rig in
        let (path, body) = Self.ask(client, stream: stream)
        let connection = try await rig.client()
        try await connection.post(path, body, headers: ["authorization: Bearer key-app"])
        let text = try await connection.response().text
        await connection.close()
        var told = [#""input_tokens":100"#, #""cached_tokens":60"#]
        if client == .chat { told[0] = #""prompt_tokens":100"# }
        if client == .messages {
          told = [#""input_tokens":\#(isWritten ? 10 : 40)"#, #""cache_read_input_tokens":60"#]
        }
        if isWritten {
          told.append(
            client == .messages
              ? #""cache_creation_input_tokens":30"# : #""cache_write_tokens":30"#)
        } else if client != .messages {
          told.append(#""reasoning_tokens":20"#)
        }
        for words in told { #expect(text.contains(words), "\(words) in \(text)") }
        let record = try #require(try await rig.record())
        #expect(
          record.usage
            == AnswerUsage(
              input: 100, output: 50, cachedInput: 60, cacheWrites: isWritten ? 30 : nil,
              reasoning: isWritten ? nil : 20))
        // 40 fresh ones, or 10 and 30 that were written; 60 cached; 50 of the answer.
        let nanodollars = (isWritten ? 10_000 + 37_500 : 40_000) + 6_000 + 100_000
        #expect(record.cost == Cost(tokens: Money(nanodollars: Int64(nanodollars)), bytes: .zero))
        let used = try #require(keeper.told.used.last?.usage)
        #expect(used.cachedInputTokens == 60 && used.cacheWriteTokens == (isWritten ? 30 : 0))
        #expect(used.reasoningTokens == (isWritten ? 0 : 20))
      }
    }
  }
}
