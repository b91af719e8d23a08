import TestSupport
import Testing

@testable import Dialects

@Suite struct ConversationTests {
  static let families: [Family] = [.chat, .responses, .messages]

  @Test(arguments: families)
  func aConversationComesBackFromEveryFamilyAsItWas(_ family: Family) throws {
    var random = RandomValues(3)
    for _ in 0..<300 {
      var conversation = random.conversation()
      if family == .messages { conversation.wantsReasoning = false }
      let request = try conversation.request(in: family)
      #expect(request.dropped.isEmpty)
      var back = try Conversation(request.body, in: family)
      back.hints["store"] = nil
      back.wantsUsage = conversation.wantsUsage
      #expect(back == conversation)
    }
  }

  @Test(arguments: families, families)
  func chatComesBackThroughTwoOtherFamilies(_ first: Family, _ second: Family) throws {
    var random = RandomValues(4)
    for _ in 0..<150 {
      let chat = try random.conversation().chatRequest().body
      let there = try Conversation(chat: chat).request(in: first).body
      let across = try Conversation(there, in: first).request(in: second).body
      let back = try Conversation(across, in: second).chatRequest().body
      #expect(JSONValue.object(back).serialized == JSONValue.object(chat).serialized)
    }
  }

  private func chat(_ text: String, from family: Family) throws -> String {
    let object = try #require(try JSONValue.parse(text).object)
    return JSONValue.object(try Conversation(object, in: family).chatRequest().body).serialized
  }

  @Test func messagesBecomeChat() throws {
    let request = #"""
      {"model":"m","max_tokens":100,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
      "messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]},
      {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"I look."},
      {"type":"tool_use","id":"toolu_1","name":"look","input":{"at":1.50}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"a dish"}]},
      {"type":"text","text":"And?"}]}],
      "tools":[{"name":"look","description":"Looks","input_schema":{"type":"object"}}],
      "tool_choice":{"type":"any","disable_parallel_tool_use":true},"stop_sequences":["END"],
      "top_k":40,"temperature":0.5,"metadata":{"user_id":"u1"},"x_future":[1]}
      """#
    #expect(
      try chat(request, from: .messages)
        == #"{"model":"m","messages":[{"role":"system","content":"Be brief."},"#
        + #"{"role":"user","content":[{"type":"text","text":"What is this?"},"#
        + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]},"#
        + #"{"role":"assistant","content":"I look.","tool_calls":[{"id":"toolu_1","type":"function","#
        + #""function":{"name":"look","arguments":"{\"at\":1.50}"}}]},"#
        + #"{"role":"tool","tool_call_id":"toolu_1","content":"a dish"},"#
        + #"{"role":"user","content":"And?"}],"max_tokens":100,"temperature":0.5,"stop":["END"],"#
        + #""tools":[{"type":"function","function":{"name":"look","description":"Looks","#
        + #""parameters":{"type":"object"}}}],"tool_choice":"required","parallel_tool_calls":false,"#
        + #""user":"u1","top_k":40,"x_future":[1]}"#)
  }

  @Test func responsesBecomeChat() throws {
    let request = #"""
      {"model":"m","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]},
      {"type":"reasoning","id":"rs_1","summary":[]},
      {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
      {"type":"function_call_output","call_id":"c1","output":"42"}],
      "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},
      "reasoning":{"effort":"high"},"max_output_tokens":9,"store":true,"truncation":"auto","stream":true,
      "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}]}
      """#
    #expect(
      try chat(request, from: .responses)
        == #"{"model":"m","messages":[{"role":"system","content":"Be brief."},"#
        + #"{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":"#
        + #"[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},"#
        + #"{"role":"tool","tool_call_id":"c1","content":"42"}],"max_tokens":9,"#
        + #""tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"},"#
        + #""strict":false}}],"response_format":{"type":"json_schema","json_schema":{"name":"n","#
        + #""schema":{"type":"object"},"strict":true}},"reasoning_effort":"high","stream":true,"#
        + #""stream_options":{"include_usage":true},"verbosity":"low"}"#)
    #expect(
      try chat(#"{"model":"m","input":"Hi"}"#, from: .responses)
        == #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#)
  }

  @Test func picturesThatToolsGaveFollowTheirResultsInChat() throws {
    let picture = Part.image(Image(url: "data:image/png;base64,AA=="))
    var conversation = Conversation(model: "m")
    conversation.turns = [
      Turn(.tool, [.toolResult(ToolResult(id: "1", parts: [.text("see"), picture]))]),
      Turn(.tool, [.toolResult(ToolResult(id: "2", parts: [.text("two")], isError: true))]),
      Turn(.user, [.text("?")]),
    ]
    let request = try conversation.chatRequest()
    let roles = request.body["messages"]?.array?.compactMap { $0["role"]?.text }
    #expect(roles == ["tool", "tool", "user", "user"])
    #expect(request.dropped == ["is_error"])
  }

  @Test func whatDoesNotChangeTheAskingIsDroppedByName() throws {
    let chat: JSONObject = [
      "model": "m", "messages": [["role": "user", "content": "hi"]], "seed": 7, "top_k": 3,
      "logit_bias": [:], "x_new": true,
    ]
    let request = try Conversation(chat: chat).messagesRequest()
    #expect(request.dropped == ["seed", "logit_bias"])
    #expect(request.body["top_k"] == 3)
    #expect(request.body["x_new"] == true)
    #expect(request.body["max_tokens"] == .integer(Conversation.defaultMaxTokens))
  }

  @Test(arguments: [
    (Family.chat, Family.messages, "n", #"{"model":"m","messages":[],"n":2}"#),
    (.chat, .messages, "logprobs", #"{"model":"m","messages":[],"logprobs":true}"#),
    (.chat, .messages, "model", #"{"messages":[]}"#),
    (.chat, .messages, "messages", #"{"model":"m"}"#),
    (.messages, .chat, "messages", #"{"model":"m","messages":"hi"}"#),
    (.chat, .responses, "stop", #"{"model":"m","messages":[],"stop":"x"}"#),
    (
      .chat, .messages, "response_format",
      #"{"model":"m","messages":[],"response_format":{"type":"json_object"}}"#
    ),
    (
      .chat, .messages, "messages[0].content[0]",
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio"}]}]}"#
    ),
    (.chat, .messages, "messages[0].role", #"{"model":"m","messages":[{"role":"robot"}]}"#),
    (.completions, .chat, "prompt", #"{"model":"m","prompt":[1,2]}"#),
    (.completions, .chat, "echo", #"{"model":"m","prompt":"a","echo":true}"#),
    (
      .responses, .chat, "previous_response_id",
      #"{"model":"m","input":"a","previous_response_id":"resp_1"}"#
    ),
    (.responses, .chat, "tools[0]", #"{"model":"m","input":"a","tools":[{"type":"web_search"}]}"#),
    (.responses, .chat, "input[0]", #"{"model":"m","input":[{"type":"item_reference","id":"x"}]}"#),
    (
      .messages, .chat, "tools[0]",
      #"{"model":"m","messages":[],"tools":[{"type":"bash_20250124","name":"bash"}]}"#
    ),
    (
      .messages, .chat, "messages[0].content[0]",
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"server_tool_use"}]}]}"#
    ),
    (.messages, .completions, "model", #"{"model":"m","messages":[]}"#),
  ])
  func whatWouldChangeTheAnswerIsRefusedByItsPlace(
    _ family: Family, _ dialect: Family, _ place: String, _ text: String
  ) throws {
    let object = try #require(try JSONValue.parse(text).object)
    do throws(Untranslatable) {
      _ = try Conversation(object, in: family).request(in: dialect)
      Issue.record("\(text) was not refused")
    } catch {
      #expect(error.field == place, "\(error)")
      #expect(!error.message.isEmpty)
    }
  }

  @Test(arguments: Family.allCases)
  func damagedRequestsAreReadOrRefusedAndNothingElse(_ family: Family) throws {
    var random = RandomValues(5)
    for _ in 0..<400 {
      let source = family == .completions ? Family.chat : family
      let whole = JSONValue.object(try random.conversation().request(in: source).body).bytes
      let bytes = random.damaged(whole)
      bytes.withUnsafeBytes { text in
        _ = try? Translation(
          text, from: family, to: .chat, upstreamModel: "u", requestID: "req_1",
          createdSeconds: 1)
      }
    }
  }
}
