/// Messages and content blocks of Anthropic's messages.
extension Conversation {
  /// Reads a message. Results of tools, which are the user's there, become turns of their own.
  mutating func read(message value: JSONValue, at place: String) throws(Untranslatable) {
    var message = try RequestFields(value, at: place)
    let word = try message.requiredText("role")
    guard let role = Turn.Role(rawValue: word),
      role == .user || role == .assistant || role == .system
    else { throw Untranslatable("\(place).role", "Use 'user' or 'assistant'.") }
    var parts: [Part] = []
    for block in try Part.messages(message.take("content"), at: "\(place).content") {
      if let name = block.dropped { dropped.append(name) }
      guard let part = block.part else { continue }
      if case .toolResult = part {
        turns.append(Turn(.tool, [part]))
      } else {
        parts.append(part)
      }
    }
    if !parts.isEmpty { turns.append(Turn(role, parts)) }
  }
}

/// A content block that has been read.
struct MessagesBlock {
  /// What it holds, unless it was left out.
  var part: Part?
  /// The name of what was left out.
  var dropped: String?
}

extension Part {
  /// Reads content: a string, or an array of blocks.
  static func messages(
    _ content: JSONValue?, at place: String
  ) throws(Untranslatable) -> [MessagesBlock] {
    try self.content(
      content, at: place, of: "content blocks", text: { MessagesBlock(part: .text($0)) },
      piece: messages(block:at:))
  }

  private static func messages(
    block value: JSONValue, at place: String
  ) throws(Untranslatable) -> MessagesBlock {
    var block = try RequestFields(value, at: place)
    let hint = block.take("cache_control") == nil ? nil : "cache_control"
    switch try block.requiredText("type") {
    case "text":
      return MessagesBlock(part: .text(try block.requiredText("text")), dropped: hint)
    case "image":
      guard var source = try block.object("source") else { break }
      return MessagesBlock(
        part: .image(Image(url: try url(of: &source, at: place))), dropped: hint)
    case "document":
      guard var source = try block.object("source") else { break }
      let name = try block.text("title")
      return MessagesBlock(part: try document(&source, name: name, at: place), dropped: hint)
    case "tool_use":
      let call = ToolCall(
        id: try block.requiredText("id"), name: try block.requiredText("name"),
        arguments: (block.take("input") ?? [:]).serialized)
      return MessagesBlock(part: .toolCall(call), dropped: hint)
    case "tool_result":
      let content = try messages(block.take("content"), at: "\(place).content")
      let result = ToolResult(
        id: try block.requiredText("tool_use_id"), parts: content.compactMap(\.part),
        isError: try block.bool("is_error") ?? false)
      return MessagesBlock(part: .toolResult(result), dropped: hint)
    case "thinking", "redacted_thinking": return MessagesBlock(dropped: "thinking")
    default: break
    }
    throw Untranslatable(
      place,
      "Blocks of the types 'text', 'image', 'document', 'tool_use' and 'tool_result' can be "
        + "translated, no others.")
  }

  private static func url(
    of source: inout RequestFields, at place: String
  ) throws(Untranslatable) -> String {
    switch try source.requiredText("type") {
    case "base64":
      return DataURL.make(
        mediaType: try source.requiredText("media_type"), base64: try source.requiredText("data"))
    case "url": return try source.requiredText("url")
    default:
      throw Untranslatable("\(place).source", "Use a source of the type 'base64' or 'url'.")
    }
  }

  private static func document(
    _ source: inout RequestFields, name: String?, at place: String
  ) throws(Untranslatable) -> Part {
    switch try source.text("type") {
    case "text": return .text(try source.requiredText("data"))
    case "base64": return .file(File(name: name, url: try url(of: &source, at: place)))
    default:
      throw Untranslatable("\(place).source", "Use a source of the type 'base64' or 'text'.")
    }
  }
}

extension Turn {
  /// Which blocks are wanted.
  enum Blocks {
    case text, all
  }

  /// As messages say it.
  func messagesBlocks(_ wanted: Blocks) throws(Untranslatable) -> [JSONValue] {
    var blocks: [JSONValue] = []
    for part in parts {
      if wanted == .text {
        guard case .text = part else {
          throw Untranslatable("messages", "Instructions can be text only.")
        }
      }
      if let block = try part.messages() { blocks.append(block) }
    }
    return blocks
  }
}

extension Part {
  /// As messages say it; `nil` for empty text, which Anthropic refuses.
  fileprivate func messages() throws(Untranslatable) -> JSONValue? {
    switch self {
    case .text(""): return nil
    case .text(let text), .refusal(let text): return ["type": "text", "text": .string(text)]
    case .image(let image): return ["type": "image", "source": Self.source(image.url)]
    case .file(let file):
      guard DataURL(file.url)?.mediaType == "application/pdf" else {
        throw Untranslatable("messages", "Of files only PDF documents can be translated.")
      }
      var block: JSONObject = ["type": "document", "source": Self.source(file.url)]
      block.append("title", file.name.map { .string($0) })
      return .object(block)
    case .toolCall(let call):
      return [
        "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
        "input": try call.input(),
      ]
    case .toolResult(let result):
      var content: [JSONValue] = []
      for part in result.parts {
        if let block = try part.messages() { content.append(block) }
      }
      var block: JSONObject = ["type": "tool_result", "tool_use_id": .string(result.id)]
      if content.count == 1, let text = content[0]["text"] {
        block.append("content", text)
      } else if !content.isEmpty {
        block.append("content", .array(content))
      }
      if result.isError { block.append("is_error", true) }
      return .object(block)
    }
  }

  private static func source(_ url: String) -> JSONValue {
    guard let data = DataURL(url) else { return ["type": "url", "url": .string(url)] }
    return [
      "type": "base64", "media_type": .string(data.mediaType),
      "data": .string(String(data.base64)),
    ]
  }
}

extension ToolCall {
  /// The arguments as the object that messages want.
  func input() throws(Untranslatable) -> JSONValue {
    if arguments.allSatisfy(\.isWhitespace) { return [:] }
    guard let value = try? JSONValue.parse(arguments), value.object != nil else {
      throw Untranslatable(
        "messages", "The arguments of the call '\(id.prefix(60))' are not a JSON object.")
    }
    return value
  }
}
