/// Anthropic's messages: `POST /v1/messages` (Anthropic API reference, 2026).
extension Conversation {
  private static let messagesHints: Set<String> = [
    "cache_control", "container", "context_management", "diagnostics", "inference_geo",
    "service_tier", "speed", "thinking", "top_k",
  ]

  /// What a client that says nothing gets, since Anthropic demands a bound.
  public static let defaultMaxTokens = 4096

  /// Reads a request for a message.
  public init(messages object: JSONObject) throws(Untranslatable) {
    var fields = RequestFields(object)
    self.init(model: try fields.requiredText("model"))
    maxTokens = try fields.integer("max_tokens")
    temperature = try fields.number("temperature")
    topP = try fields.number("top_p")
    isStream = try fields.bool("stream") ?? false
    for value in try fields.array("stop_sequences") ?? [] {
      guard let text = value.text else {
        throw Untranslatable("stop_sequences", "It must be an array of strings.")
      }
      stop.append(text)
    }
    if var metadata = try fields.object("metadata") { user = try metadata.text("user_id") }
    try fields.refuse(
      "mcp_servers", unless: [[]], "MCP servers are reached from Anthropic, not from here.")
    wantsReasoning = Self.wantsThinking(object["thinking"])
    let system = try Part.messages(fields.take("system"), at: "system")
    if !system.isEmpty { turns.append(Turn(.system, system.compactMap(\.part))) }
    for (index, value) in try fields.requiredArray("messages").enumerated() {
      try read(message: value, at: "messages[\(index)]")
    }
    try readMessagesTools(&fields)
    if var output = try fields.object("output_config") {
      effort = try output.text("effort")
      if var wanted = try output.object("format") {
        format = .jsonSchema(
          name: "answer", schema: try wanted.required("schema"), description: nil, isStrict: true)
      }
    }
    keep(fields.rest, documented: Self.messagesHints)
  }

  private static func wantsThinking(_ value: JSONValue?) -> Bool {
    switch value?["type"]?.text {
    case nil, "disabled": false
    default: value?["display"]?.text != "omitted"
    }
  }

  private mutating func readMessagesTools(_ fields: inout RequestFields) throws(Untranslatable) {
    for (index, value) in (try fields.array("tools") ?? []).enumerated() {
      let place = "tools[\(index)]"
      var tool = try RequestFields(value, at: place)
      if let type = try tool.text("type"), type != "custom" {
        throw Untranslatable(
          place,
          "Tools of the type '\(type.prefix(40))' are Anthropic's own, which this model's backend "
            + "does not have. Use tools with a name and an input_schema.")
      }
      tools.append(
        Tool(
          name: try tool.requiredText("name"), description: try tool.text("description"),
          parameters: tool.take("input_schema"), isStrict: try tool.bool("strict")))
      if tool.take("cache_control") != nil { dropped.append("cache_control") }
    }
    guard var choice = try fields.object("tool_choice") else { return }
    if let isDisabled = try choice.bool("disable_parallel_tool_use") {
      parallelToolCalls = !isDisabled
    }
    switch try choice.requiredText("type") {
    case "auto": toolChoice = .auto
    case "any": toolChoice = .required
    case "none": toolChoice = ToolChoice.none
    case "tool": toolChoice = .named(try choice.requiredText("name"))
    default:
      throw Untranslatable("tool_choice.type", "Use 'auto', 'any', 'tool' or 'none'.")
    }
  }

  /// Writes a request for a message.
  public func messagesRequest() throws(Untranslatable) -> TranslatedRequest {
    var request: JSONObject = ["model": .string(model)]
    request.append("max_tokens", .integer(maxTokens ?? Self.defaultMaxTokens))
    var instructions: [JSONValue] = []
    for turn in turns where turn.role == .system || turn.role == .developer {
      instructions += try turn.messagesBlocks(.text)
    }
    if instructions.count == 1, let text = instructions[0]["text"] {
      request.append("system", text)
    } else if !instructions.isEmpty {
      request.append("system", .array(instructions))
    }
    request.append("messages", .array(try messagesOfTurns()))
    request.append("temperature", temperature)
    request.append("top_p", topP)
    if !stop.isEmpty { request.append("stop_sequences", .array(stop.map { .string($0) })) }
    if !tools.isEmpty { request.append("tools", .array(tools.map(\.messages))) }
    request.append("tool_choice", messagesToolChoice)
    request.append("output_config", try messagesOutput())
    request.append("metadata", user.map { ["user_id": .string($0)] })
    if isStream { request.append("stream", true) }
    let left = addRest(to: &request, accepting: ["top_k"])
    return TranslatedRequest(body: request, dropped: left)
  }

  /// Neighbours of one side are one message there, and what tools gave is the user's.
  private func messagesOfTurns() throws(Untranslatable) -> [JSONValue] {
    var messages: [(role: String, blocks: [JSONValue])] = []
    for turn in turns where turn.role != .system && turn.role != .developer {
      let role = turn.role == .assistant ? "assistant" : "user"
      let blocks = try turn.messagesBlocks(.all)
      if let last = messages.indices.last, messages[last].role == role {
        messages[last].blocks += blocks
      } else if !blocks.isEmpty {
        messages.append((role, blocks))
      }
    }
    return messages.map { role, blocks in
      let isText = blocks.count == 1 && blocks[0]["type"] == "text"
      let content = isText ? blocks[0]["text"] ?? "" : .array(blocks)
      return ["role": .string(role), "content": content]
    }
  }

  private var messagesToolChoice: JSONValue? {
    guard !tools.isEmpty, toolChoice != nil || parallelToolCalls != nil else { return nil }
    var choice: JSONObject =
      switch toolChoice {
      case .auto, nil: ["type": "auto"]
      case ToolChoice.none?: ["type": "none"]
      case .required: ["type": "any"]
      case .named(let name): ["type": "tool", "name": .string(name)]
      }
    if let parallelToolCalls, toolChoice != ToolChoice.none {
      choice.append("disable_parallel_tool_use", .bool(!parallelToolCalls))
    }
    return .object(choice)
  }

  private func messagesOutput() throws(Untranslatable) -> JSONValue? {
    var output = JSONObject()
    output.append("effort", effort.map { .string($0) })
    switch format {
    case nil: break
    case .jsonObject:
      throw Untranslatable(
        "response_format",
        "The backend that serves this model speaks messages, which take a schema only: use "
          + "'json_schema'.")
    case .jsonSchema(_, let schema, _, _):
      output.append("format", ["type": "json_schema", "schema": schema])
    }
    return output.members.isEmpty ? nil : .object(output)
  }
}

extension Tool {
  /// As messages say it.
  var messages: JSONValue {
    var tool: JSONObject = ["name": .string(name)]
    tool.append("description", description.map { .string($0) })
    tool.append("input_schema", parameters ?? ["type": "object", "properties": [:]])
    tool.append("strict", isStrict.map { .bool($0) })
    return .object(tool)
  }
}
