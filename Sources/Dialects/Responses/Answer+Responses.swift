/// Whole answers of responses.
extension Answer {
  /// Reads a `response`.
  public init(responses value: JSONValue) throws(UnreadableAnswer) {
    guard let items = value["output"]?.array else {
      throw UnreadableAnswer("a response without output")
    }
    if value["status"]?.text == "failed" {
      throw UnreadableAnswer("the response failed: \(value["error"]?["message"]?.text ?? "")")
    }
    self.init()
    for item in items { try read(item: item) }
    finish = FinishReason(responses: value, hasCalls: !toolCalls.isEmpty)
    usage = AnswerUsage(openAI: value["usage"])
  }

  private mutating func read(item: JSONValue) throws(UnreadableAnswer) {
    switch item["type"]?.text {
    case "message":
      for part in item["content"]?.array ?? [] {
        if let text = part["text"]?.text { parts.append(.text(text)) }
        if let text = part["refusal"]?.text { parts.append(.refusal(text)) }
      }
    case "reasoning":
      let texts = item["content"]?.array ?? item["summary"]?.array ?? []
      let text = texts.compactMap { $0["text"]?.text }.joined(separator: "\n")
      if !text.isEmpty { parts.append(.reasoning(text)) }
    case "function_call":
      guard let id = item["call_id"]?.text, let name = item["name"]?.text else {
        throw UnreadableAnswer("a function call without call_id or name")
      }
      parts.append(
        .toolCall(
          ToolCall(id: id, name: name, arguments: item["arguments"]?.text ?? "")))
    default: break
    }
  }

  /// Writes a `response`.
  public func responses(_ frame: AnswerFrame) -> JSONValue {
    ResponseObject(frame: frame).json(self)
  }
}

extension FinishReason {
  /// Reads a response's status.
  init(responses value: JSONValue, hasCalls: Bool) {
    switch value["incomplete_details"]?["reason"]?.text {
    case "content_filter": self = .contentFilter
    case _?: self = .length
    case nil: self = hasCalls ? .toolCalls : .stop
    }
  }
}
