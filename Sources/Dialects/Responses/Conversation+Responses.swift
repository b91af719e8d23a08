/// OpenAI's responses: `POST /v1/responses` (OpenAI API reference, 2026).
extension Conversation {
  private static let responsesHints: Set<String> = sharedHints.union([
    "context_management", "include", "max_tool_calls", "top_logprobs", "truncation",
  ])

  /// Reads a request for a response.
  ///
  /// What the gateway keeps for the client (`store`, `background`) is none of a backend's business and
  /// is passed over.
  public init(responses object: JSONObject) throws(Untranslatable) {
    var fields = RequestFields(object)
    self.init(model: try fields.requiredText("model"))
    try refuseStored(&fields)
    temperature = try fields.number("temperature")
    topP = try fields.number("top_p")
    maxTokens = try fields.integer("max_output_tokens")
    isStream = try fields.bool("stream") ?? false
    user = try fields.text("user")
    for key in ["store", "background", "stream_options"] { _ = fields.take(key) }
    if let instructions = try fields.text("instructions") {
      turns.append(Turn(.system, [.text(instructions)]))
    }
    switch try fields.required("input") {
    case .string(let text): turns.append(Turn(.user, [.text(text)]))
    case .array(let items):
      for (index, item) in items.enumerated() {
        try read(item: item, at: "input[\(index)]")
      }
    default: throw Untranslatable("input", "It must be a string or an array of items.")
    }
    if var reasoning = try fields.object("reasoning") {
      effort = try reasoning.text("effort")
    }
    wantsReasoning = true
    try readResponsesTools(&fields)
    try readResponsesFormat(&fields)
    keep(fields.rest, documented: Self.responsesHints)
  }

  private func refuseStored(_ fields: inout RequestFields) throws(Untranslatable) {
    try fields.refuse(
      "previous_response_id",
      "No response with this id is kept here: send the conversation so far as 'input' items.")
    try fields.refuse(
      "conversation", "Conversations are not kept here: send them as 'input' items.")
    try fields.refuse(
      "prompt", "Prompts are not kept here: send them as 'instructions' and 'input'.")
  }

  private mutating func readResponsesTools(
    _ fields: inout RequestFields
  ) throws(Untranslatable) {
    for (index, value) in (try fields.array("tools") ?? []).enumerated() {
      let place = "tools[\(index)]"
      var tool = try RequestFields(value, at: place)
      let type = try tool.requiredText("type")
      guard type == "function" else {
        throw Untranslatable(
          place,
          "Tools of the type '\(type.prefix(40))' run at OpenAI, not at the backend that serves this "
            + "model. Use tools of the type 'function'.")
      }
      tools.append(
        Tool(
          name: try tool.requiredText("name"), description: try tool.text("description"),
          parameters: tool.take("parameters"), isStrict: try tool.bool("strict")))
    }
    parallelToolCalls = try fields.bool("parallel_tool_calls")
    guard let choice = fields.take("tool_choice") else { return }
    toolChoice = ToolChoice(word: choice) ?? choice["name"]?.text.map { .named($0) }
    if toolChoice == nil {
      throw Untranslatable(
        "tool_choice", "Use 'auto', 'none', 'required' or {\"type\":\"function\",\"name\":...}.")
    }
  }

  private mutating func readResponsesFormat(
    _ fields: inout RequestFields
  ) throws(Untranslatable) {
    guard var text = try fields.object("text") else { return }
    hints.append("verbosity", text.take("verbosity"))
    guard var wanted = try text.object("format") else { return }
    switch try wanted.text("type") {
    case "text", nil: break
    case "json_object": format = .jsonObject
    case "json_schema":
      format = .jsonSchema(
        name: try wanted.text("name") ?? "answer", schema: wanted.take("schema") ?? [:],
        description: try wanted.text("description"), isStrict: try wanted.bool("strict"))
    default:
      throw Untranslatable("text.format.type", "Use 'text', 'json_object' or 'json_schema'.")
    }
  }

  /// Writes a request for a response, which the backend is told not to keep unless asked to.
  public func responsesRequest() throws(Untranslatable) -> TranslatedRequest {
    guard stop.isEmpty else {
      throw Untranslatable(
        "stop", "The backend that serves this model speaks responses, which have no stop texts.")
    }
    var request: JSONObject = ["model": .string(model)]
    var rest = turns[...]
    if let first = rest.first, first.role == .system {
      request.append("instructions", .string(first.text))
      rest = rest.dropFirst()
    }
    request.append("input", .array(rest.flatMap(\.responsesItems)))
    request.append("max_output_tokens", maxTokens.map { .integer($0) })
    request.append("temperature", temperature)
    request.append("top_p", topP)
    if !tools.isEmpty { request.append("tools", .array(tools.map(\.responses))) }
    request.append("tool_choice", toolChoice?.responses)
    request.append("parallel_tool_calls", parallelToolCalls.map { .bool($0) })
    var text = JSONObject()
    text.append("format", format?.responses)
    var copy = self
    text.append("verbosity", hints["verbosity"])
    copy.hints["verbosity"] = nil
    if !text.members.isEmpty { request.append("text", .object(text)) }
    request.append("reasoning", effort.map { ["effort": .string($0)] })
    request.append("user", user.map { .string($0) })
    if isStream { request.append("stream", true) }
    request.append("store", hints["store"] ?? false)
    copy.hints["store"] = nil
    let left = copy.addRest(to: &request, accepting: Self.responsesHints)
    return TranslatedRequest(body: request, dropped: left)
  }
}

extension ToolChoice {
  /// As responses say it.
  var responses: JSONValue {
    if case .named(let name) = self { return ["type": "function", "name": .string(name)] }
    return chat
  }
}

extension Tool {
  /// As responses say it. `strict` is on there where nothing is said, and off in chat.
  var responses: JSONValue {
    var tool: JSONObject = ["type": "function", "name": .string(name)]
    tool.append("description", description.map { .string($0) })
    tool.append("parameters", parameters ?? ["type": "object", "properties": [:]])
    tool.append("strict", .bool(isStrict ?? false))
    return .object(tool)
  }
}

extension AnswerFormat {
  /// As responses say it.
  var responses: JSONValue {
    switch self {
    case .jsonObject: return ["type": "json_object"]
    case .jsonSchema(let name, let schema, let description, let isStrict):
      var wanted: JSONObject = ["type": "json_schema", "name": .string(name)]
      wanted.append("description", description.map { .string($0) })
      wanted.append("schema", schema)
      wanted.append("strict", isStrict.map { .bool($0) })
      return .object(wanted)
    }
  }
}
