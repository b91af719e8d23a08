/// Whole answers of chat completions.
extension Answer {
  /// Reads a `chat.completion`.
  public init(chat value: JSONValue) throws(UnreadableAnswer) {
    guard let choice = value["choices"]?.array?.first, let message = choice["message"] else {
      throw UnreadableAnswer("a chat completion without a choice")
    }
    self.init()
    if let text = message["reasoning_content"]?.text ?? message["reasoning"]?.text, !text.isEmpty {
      parts.append(.reasoning(text))
    }
    for text in Self.texts(message["content"]) where !text.isEmpty { parts.append(.text(text)) }
    if let text = message["refusal"]?.text, !text.isEmpty { parts.append(.refusal(text)) }
    for (index, call) in (message["tool_calls"]?.array ?? []).enumerated() {
      guard let name = call["function"]?["name"]?.text else {
        throw UnreadableAnswer("a tool call without a name")
      }
      parts.append(
        .toolCall(
          ToolCall(
            id: call["id"]?.text ?? "call_\(index)", name: name,
            arguments: call["function"]?["arguments"]?.text ?? "")))
    }
    finish = FinishReason(chat: choice)
    usage = AnswerUsage(openAI: value["usage"])
  }

  private static func texts(_ content: JSONValue?) -> [String] {
    if let text = content?.text { return [text] }
    return (content?.array ?? []).compactMap { $0["text"]?.text }
  }

  /// Writes a `chat.completion`.
  public func chat(_ frame: AnswerFrame) -> JSONValue {
    var message: JSONObject = ["role": "assistant"]
    let hasText = parts.contains { if case .text = $0 { true } else { false } }
    let calls = toolCalls.map(\.chat)
    message.append("content", hasText || calls.isEmpty ? .string(text) : .null)
    message.append("refusal", refusal.isEmpty ? .null : .string(refusal))
    if frame.wantsReasoning, !reasoning.isEmpty {
      message.append("reasoning_content", .string(reasoning))
    }
    if !calls.isEmpty { message.append("tool_calls", .array(calls)) }
    var body: JSONObject = [
      "id": .string("chatcmpl-\(frame.id)"), "object": "chat.completion",
      "created": .integer(frame.createdSeconds), "model": .string(frame.model),
      "choices": [
        [
          "index": 0, "message": .object(message), "logprobs": .null,
          "finish_reason": (finish ?? .stop).chat,
        ]
      ],
    ]
    body.append("usage", usage?.chat)
    return .object(body)
  }
}

extension FinishReason {
  /// Reads a choice's `finish_reason`, and vLLM's `stop_reason`, which names the text that ended it.
  init?(chat choice: JSONValue) {
    switch choice["finish_reason"]?.text {
    case nil: return nil
    case "length": self = .length
    case "tool_calls", "function_call": self = .toolCalls
    case "content_filter": self = .contentFilter
    case "stop": self = choice["stop_reason"]?.text.map { .stopSequence($0) } ?? .stop
    default: self = .stop
    }
  }

  /// As chat completions say it.
  var chat: JSONValue {
    switch self {
    case .stop, .stopSequence: "stop"
    case .length: "length"
    case .toolCalls: "tool_calls"
    case .contentFilter: "content_filter"
    }
  }
}
