import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite struct StartUpScanTests {
  @Test(arguments: [
    #"{"choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}"#,
    #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null}"#,
    #"{"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[],"refusal":null}}]}"#,
    #"{"choices":[{"delta":{}},{"delta":{"content":""}}]}"#,
    #"{"choices":[],"prompt_filter_results":[{"x":1}]}"#,
    #"{"choices":[{"index":0,"text":"","finish_reason":null,"logprobs":null}]}"#,
    #"{"type":"message_start","message":{"content":[],"usage":{"input_tokens":4}}}"#,
    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    #"{"type":"ping"}"#, #"{"type":"response.created","response":{"output":[]}}"#,
    #"{"type":"response.in_progress"}"#, #"{"type":"response.output_item.added"}"#,
  ])
  func isHeld(_ text: String) { #expect(StartUpScan.isStartUp(ByteBuffer(string: text))) }

  @Test(arguments: [
    #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
    #"{"choices":[{"delta":{"role":"assistant"}},{"delta":{"content":" "}}]}"#,
    #"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
    #"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
    #"{"choices":[{"text":"a"}]}"#, #"{"choices":[],"usage":{"prompt_tokens":1}}"#,
    #"{"type":"message_stop"}"#, #"{"type":"content_block_delta","delta":{"text":"a"}}"#,
    #"{"type":"response.output_text.delta","delta":"a"}"#, #"{"type":"response.completed"}"#,
    #"{"type":"error","error":{}}"#, #"{"type":"response.created","error":{"a":1}}"#,
    "{}", #"{"x":"y"}"#, #"{"choices":7}"#, "[DONE]", "[]", "", #"{"choices":[{"delta":"#,
  ])
  func isContent(_ text: String) { #expect(!StartUpScan.isStartUp(ByteBuffer(string: text))) }

  /// Bytes that were damaged do no harm, and never look like more than they are.
  @Test func survivesDamage() {
    let good = Array(
      #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
        .utf8)
    var random = Seeded(11)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...3, using: &random))
      _ = StartUpScan.isStartUp(ByteBuffer(bytes: bytes))
    }
  }
}
