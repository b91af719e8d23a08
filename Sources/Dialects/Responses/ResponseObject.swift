/// The `response` object, which answers and many events of a stream hold.
struct ResponseObject {
  let frame: AnswerFrame

  /// The response's id.
  var id: String { "resp_\(frame.id)" }

  /// What a request may say and a response repeats, and what it says where the request does not.
  private static let repeated: [(key: String, standard: JSONValue)] = [
    ("background", false), ("instructions", .null), ("max_output_tokens", .null),
    ("metadata", [:]), ("parallel_tool_calls", true), ("previous_response_id", .null),
    ("reasoning", ["effort": .null, "summary": .null]), ("service_tier", "default"),
    ("temperature", .null), ("text", ["format": ["type": "text"]]),
    ("tool_choice", "auto"), ("tools", []), ("top_p", .null), ("truncation", "disabled"),
    ("user", .null),
  ]

  /// The object while the answer is under way, or once it is over.
  func json(
    status: String, output: [JSONValue], usage: AnswerUsage? = nil, error: AnswerError? = nil,
    incomplete: String? = nil
  ) -> JSONValue {
    var object: JSONObject = [
      "id": .string(id), "object": "response", "created_at": .integer(frame.createdSeconds),
      "status": .string(status),
      "error": error.map {
        ["code": .string($0.code ?? "server_error"), "message": .string($0.message)]
      } ?? .null,
      "incomplete_details": incomplete.map { ["reason": .string($0)] } ?? .null,
      "model": .string(frame.model), "output": .array(output),
      "usage": usage?.responses ?? .null,
      // Who keeps a response says so; translating keeps none.
      "store": false,
    ]
    for (key, standard) in Self.repeated {
      object.append(key, frame.request[key] ?? standard)
    }
    return .object(object)
  }

  /// The object of a complete answer, or of one that was cut short.
  func json(_ answer: Answer) -> JSONValue {
    let reason = answer.finish?.incompleteReason
    return json(
      status: reason == nil ? "completed" : "incomplete",
      output: items(answer.parts, status: "completed"), usage: answer.usage, incomplete: reason)
  }

  /// The output items that these parts make. Texts and refusals that follow each other are one message.
  func items(_ parts: [Answer.Part], status: String) -> [JSONValue] {
    var groups: [[Answer.Part]] = []
    for part in parts {
      if part.isMessage, let last = groups.last?.last, last.isMessage {
        groups[groups.count - 1].append(part)
      } else if case .reasoning = part, !frame.wantsReasoning {
        continue
      } else {
        groups.append([part])
      }
    }
    return groups.enumerated().map { item($0.element, at: $0.offset, status: status) }
  }

  /// The id of the item at a place of the output.
  func itemID(_ prefix: String, _ index: Int) -> String { "\(prefix)_\(frame.id)_\(index)" }

  private func item(_ parts: [Answer.Part], at index: Int, status: String) -> JSONValue {
    switch parts.first {
    case .reasoning(let text)?: return reasoning(text, at: index)
    case .toolCall(let call)?: return self.call(call, at: index, status: status)
    default: return message(parts.map(\.content), at: index, status: status)
    }
  }

  func message(_ content: [JSONValue], at index: Int, status: String) -> JSONValue {
    [
      "id": .string(itemID("msg", index)), "type": "message", "status": .string(status),
      "role": "assistant", "content": .array(content),
    ]
  }

  func reasoning(_ text: String?, at index: Int) -> JSONValue {
    let content: [JSONValue] =
      text.map { [["type": "reasoning_text", "text": .string($0)]] } ?? []
    return [
      "id": .string(itemID("rs", index)), "type": "reasoning", "summary": [],
      "content": .array(content),
    ]
  }

  func call(_ call: ToolCall, at index: Int, status: String) -> JSONValue {
    [
      "id": .string(itemID("fc", index)), "type": "function_call", "status": .string(status),
      "call_id": .string(call.id), "name": .string(call.name),
      "arguments": .string(call.arguments),
    ]
  }
}

extension Answer.Part {
  /// Whether it is part of a message item.
  var isMessage: Bool {
    switch self {
    case .text, .refusal: true
    case .reasoning, .toolCall: false
    }
  }

  /// The part as content of a message item.
  var content: JSONValue {
    switch self {
    case .refusal(let text): ["type": "refusal", "refusal": .string(text)]
    case .text(let text), .reasoning(let text):
      ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    case .toolCall: .null
    }
  }
}

extension FinishReason {
  /// Why a response is incomplete; `nil` where it is not.
  var incompleteReason: String? {
    switch self {
    case .length: "max_output_tokens"
    case .contentFilter: "content_filter"
    case .stop, .stopSequence, .toolCalls: nil
    }
  }
}
