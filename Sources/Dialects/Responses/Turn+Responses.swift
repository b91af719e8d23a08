/// Items of responses.
extension Conversation {
  /// Reads an input item.
  ///
  /// A function call belongs to the turn in which the model said so, as chat and messages have it.
  mutating func read(item value: JSONValue, at place: String) throws(Untranslatable) {
    var item = try RequestFields(value, at: place)
    switch try item.text("type") ?? "message" {
    case "message": try readMessage(&item, at: place)
    case "function_call":
      let call = ToolCall(
        id: try item.requiredText("call_id"), name: try item.requiredText("name"),
        arguments: try item.text("arguments") ?? "")
      addToAssistant([.toolCall(call)])
    case "function_call_output":
      let id = try item.requiredText("call_id")
      let parts = try Part.responses(item.take("output"), at: "\(place).output")
      turns.append(Turn(.tool, [.toolResult(ToolResult(id: id, parts: parts))]))
    case "reasoning": dropped.append("reasoning")
    case "item_reference":
      throw Untranslatable(
        place, "Items are not kept here: send the item itself instead of its id.")
    case let type:
      throw Untranslatable(
        place, "Items of the type '\(type.prefix(40))' cannot be had with this model's backend.")
    }
  }

  private mutating func readMessage(
    _ item: inout RequestFields, at place: String
  ) throws(Untranslatable) {
    guard let role = Turn.Role(rawValue: try item.requiredText("role")), role != .tool else {
      throw Untranslatable("\(place).role", "Use 'system', 'developer', 'user' or 'assistant'.")
    }
    let parts = try Part.responses(item.take("content"), at: "\(place).content")
    if role == .assistant, let last = turns.last, last.role == .assistant,
      last.parts.contains(where: { if case .toolCall = $0 { true } else { false } })
    {
      addToAssistant(parts)
    } else {
      turns.append(Turn(role, parts))
    }
  }

  private mutating func addToAssistant(_ parts: [Part]) {
    if let last = turns.indices.last, turns[last].role == .assistant {
      turns[last].parts += parts
    } else {
      turns.append(Turn(.assistant, parts))
    }
  }
}

extension Turn {
  /// As responses say it: a message, and an item for each call and result.
  var responsesItems: [JSONValue] {
    var items: [JSONValue] = []
    let isAssistant = role == .assistant
    if let content = Part.responses(parts, isAnswer: isAssistant) {
      items.append(["role": .string(role.rawValue), "content": content])
    }
    for part in parts {
      switch part {
      case .toolCall(let call):
        items.append([
          "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
          "arguments": .string(call.arguments),
        ])
      case .toolResult(let result):
        items.append([
          "type": "function_call_output", "call_id": .string(result.id),
          "output": Part.responses(result.parts, isAnswer: false) ?? "",
        ])
      default: break
      }
    }
    return items
  }
}

extension Part {
  /// Reads the content of an item: a string, or an array of parts.
  static func responses(_ content: JSONValue?, at place: String) throws(Untranslatable) -> [Part] {
    try self.content(content, at: place, of: "parts", text: Part.text, piece: responses(part:at:))
  }

  private static func responses(
    part value: JSONValue, at place: String
  ) throws(Untranslatable) -> Part {
    var part = try RequestFields(value, at: place)
    switch try part.requiredText("type") {
    case "input_text", "output_text", "text": return .text(try part.requiredText("text"))
    case "refusal": return .refusal(try part.requiredText("refusal"))
    case "input_image":
      guard let url = try part.text("image_url") else { break }
      return .image(Image(url: url, detail: try part.text("detail")))
    case "input_file":
      guard let data = try part.text("file_data") else { break }
      return .file(File(name: try part.text("filename"), url: data))
    default: break
    }
    throw Untranslatable(
      place,
      "Parts of the types 'input_text', 'output_text', 'refusal', 'input_image' (with 'image_url') "
        + "and 'input_file' (with 'file_data') can be translated, no others.")
  }

  /// The content of an item: a string where that says it all; `nil` where there is none.
  static func responses(_ parts: [Part], isAnswer: Bool) -> JSONValue? {
    let values = parts.compactMap { $0.responses(isAnswer: isAnswer) }
    if values.isEmpty { return nil }
    if values.count == 1, case .string(let text)? = values[0]["text"] { return .string(text) }
    return .array(values)
  }

  private func responses(isAnswer: Bool) -> JSONValue? {
    switch self {
    case .text(let text):
      return ["type": isAnswer ? "output_text" : "input_text", "text": .string(text)]
    case .refusal(let text): return ["type": "refusal", "refusal": .string(text)]
    case .image(let image):
      var part: JSONObject = ["type": "input_image", "image_url": .string(image.url)]
      part.append("detail", image.detail.map { .string($0) })
      return .object(part)
    case .file(let file):
      var part: JSONObject = ["type": "input_file"]
      part.append("filename", file.name.map { .string($0) })
      part.append("file_data", .string(file.url))
      return .object(part)
    case .toolCall, .toolResult: return nil
    }
  }
}
