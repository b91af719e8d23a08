/// Whole answers of messages.
extension Answer {
  /// Reads a message.
  public init(messages value: JSONValue) throws(UnreadableAnswer) {
    guard let blocks = value["content"]?.array else {
      throw UnreadableAnswer("a message without content")
    }
    self.init()
    for block in blocks {
      switch block["type"]?.text {
      case "text": parts.append(.text(block["text"]?.text ?? ""))
      case "thinking": parts.append(.reasoning(block["thinking"]?.text ?? ""))
      case "tool_use":
        guard let id = block["id"]?.text, let name = block["name"]?.text else {
          throw UnreadableAnswer("a tool_use block without id or name")
        }
        let input = block["input"] ?? [:]
        parts.append(.toolCall(ToolCall(id: id, name: name, arguments: input.serialized)))
      default: break
      }
    }
    finish = FinishReason(messages: value)
    usage = AnswerUsage(messages: value["usage"])
  }

  /// Writes a message.
  public func messages(_ frame: AnswerFrame) -> JSONValue {
    var content: [JSONValue] = []
    for part in parts {
      switch part {
      case .text(let text), .refusal(let text):
        content.append(["type": "text", "text": .string(text)])
      case .reasoning(let text):
        guard frame.wantsReasoning else { continue }
        content.append(["type": "thinking", "thinking": .string(text), "signature": ""])
      case .toolCall(let call):
        content.append([
          "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
          "input": call.inputAsWritten,
        ])
      }
    }
    var message = Self.messagesFrame(frame)
    message["content"] = .array(content)
    let reason = messagesFinish
    message["stop_reason"] = reason.messages
    message["stop_sequence"] = reason.messagesStopSequence
    message["usage"] = (usage ?? AnswerUsage(input: 0, output: 0)).messages
    return .object(message)
  }

  /// A message that says nothing yet. Its usage has to be there, though nobody knows it yet.
  static func messagesFrame(_ frame: AnswerFrame) -> JSONObject {
    [
      "id": .string("msg_\(frame.id)"), "type": "message", "role": "assistant",
      "model": .string(frame.model), "content": [], "stop_reason": .null, "stop_sequence": .null,
      "usage": AnswerUsage(input: 0, output: 0).messages,
    ]
  }

  /// A backend that was told which tool to call says that it stopped, as OpenAI does; messages say why.
  var messagesFinish: FinishReason {
    let reason = finish ?? .stop
    return reason == .stop && !toolCalls.isEmpty ? .toolCalls : reason
  }
}

extension ToolCall {
  /// The arguments as an object. Where the model wrote none, what it wrote stands in a member that no
  /// schema has, so that the call is not taken for one without arguments.
  fileprivate var inputAsWritten: JSONValue {
    (try? input()) ?? ["unparsed_arguments": .string(arguments)]
  }
}

extension FinishReason {
  /// Reads `stop_reason` and `stop_sequence`.
  init?(messages value: JSONValue) {
    switch value["stop_reason"]?.text {
    case nil: return nil
    case "max_tokens", "model_context_window_exceeded": self = .length
    case "stop_sequence": self = value["stop_sequence"]?.text.map { .stopSequence($0) } ?? .stop
    case "tool_use": self = .toolCalls
    case "refusal": self = .contentFilter
    default: self = .stop
    }
  }

  /// As messages say it.
  var messages: JSONValue {
    switch self {
    case .stop: "end_turn"
    case .stopSequence: "stop_sequence"
    case .length: "max_tokens"
    case .toolCalls: "tool_use"
    case .contentFilter: "refusal"
    }
  }

  /// The text that ended the answer, or `null`.
  var messagesStopSequence: JSONValue {
    if case .stopSequence(let text) = self { .string(text) } else { .null }
  }
}
