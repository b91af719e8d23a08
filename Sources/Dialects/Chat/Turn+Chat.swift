/// Messages of chat completions.
extension Turn {
  /// Reads a message that stands at `place`.
  init(chat value: JSONValue, at place: String, dropped: inout [String]) throws(Untranslatable) {
    var message = try RequestFields(value, at: place)
    let word = try message.requiredText("role")
    guard let role = Role(rawValue: word) else {
      throw Untranslatable(
        "\(place).role", "Use 'system', 'developer', 'user', 'assistant' or 'tool'.")
    }
    if try message.text("name") != nil { dropped.append("name") }
    var parts = try Part.chat(message.take("content"), at: "\(place).content")
    if role == .tool {
      let id = try message.requiredText("tool_call_id")
      self.init(.tool, [.toolResult(ToolResult(id: id, parts: parts))])
      return
    }
    if let refusal = try message.text("refusal") { parts.append(.refusal(refusal)) }
    try message.refuse(
      "audio", "Answers in sound cannot be translated: send the answer's text instead.")
    for (index, value) in (try message.array("tool_calls") ?? []).enumerated() {
      parts.append(
        .toolCall(try ToolCall(chat: value, at: "\(place).tool_calls[\(index)]")))
    }
    self.init(role, parts)
  }

  /// As chat completions say it. Many servers of that family know no `developer`, and OpenAI takes `system`
  /// for it.
  var chat: JSONValue {
    let role = self.role == .developer ? Role.system : self.role
    var message: JSONObject = ["role": .string(role.rawValue)]
    let calls = parts.compactMap { part -> JSONValue? in
      if case .toolCall(let call) = part { call.chat } else { nil }
    }
    message.append("content", Part.chat(parts) ?? (calls.isEmpty ? "" : .null))
    for case .refusal(let text) in parts { message["refusal"] = .string(text) }
    if !calls.isEmpty { message.append("tool_calls", .array(calls)) }
    return .object(message)
  }
}

extension ToolResult {
  /// As chat completions say it, without pictures.
  var chat: JSONValue {
    let texts = parts.filter { if case .text = $0 { true } else { false } }
    return [
      "role": "tool", "tool_call_id": .string(id), "content": Part.chat(texts) ?? "",
    ]
  }
}

extension ToolCall {
  /// Reads a call of chat completions.
  init(chat value: JSONValue, at place: String) throws(Untranslatable) {
    var call = try RequestFields(value, at: place)
    let id = try call.requiredText("id")
    guard var function = try call.object("function") else {
      throw Untranslatable(place, "Only calls of functions can be translated.")
    }
    self.init(
      id: id, name: try function.requiredText("name"),
      arguments: try function.text("arguments") ?? "")
  }

  /// As chat completions say it.
  var chat: JSONValue {
    [
      "id": .string(id), "type": "function",
      "function": ["name": .string(name), "arguments": .string(arguments)],
    ]
  }
}

extension Part {
  /// Reads a message's content: a string, or an array of parts.
  static func chat(_ content: JSONValue?, at place: String) throws(Untranslatable) -> [Part] {
    try self.content(content, at: place, of: "parts", text: Part.text, piece: chat(part:at:))
  }

  private static func chat(part value: JSONValue, at place: String) throws(Untranslatable) -> Part {
    var part = try RequestFields(value, at: place)
    switch try part.requiredText("type") {
    case "text": return .text(try part.requiredText("text"))
    case "refusal": return .refusal(try part.requiredText("refusal"))
    case "image_url":
      guard var image = try part.object("image_url") else { break }
      return .image(
        Image(url: try image.requiredText("url"), detail: try image.text("detail")))
    case "file":
      guard var file = try part.object("file"), let data = try file.text("file_data") else { break }
      return .file(File(name: try file.text("filename"), url: data))
    default: break
    }
    throw Untranslatable(
      place,
      "Parts of the types 'text', 'refusal', 'image_url' and 'file' (with 'file_data') can be "
        + "translated, no others.")
  }

  /// The content of a message: a string where that says it all; `nil` where there is none.
  static func chat(_ parts: [Part]) -> JSONValue? {
    let values = parts.compactMap(\.chat)
    if values.isEmpty { return nil }
    if values.count == 1, case .string(let text)? = values[0]["text"] { return .string(text) }
    return .array(values)
  }

  private var chat: JSONValue? {
    switch self {
    case .text(let text): return ["type": "text", "text": .string(text)]
    case .image(let image):
      var source: JSONObject = ["url": .string(image.url)]
      source.append("detail", image.detail.map { .string($0) })
      return ["type": "image_url", "image_url": .object(source)]
    case .file(let file):
      var source = JSONObject()
      source.append("filename", file.name.map { .string($0) })
      source.append("file_data", .string(file.url))
      return ["type": "file", "file": .object(source)]
    case .refusal, .toolCall, .toolResult: return nil
    }
  }
}
