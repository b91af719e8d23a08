/// OpenAI's chat completions: `POST /v1/chat/completions` (OpenAI API reference, 2026).
extension Conversation {
  /// Documented fields that the hub does not know, and `top_k`, which most model servers take.
  static let chatHints: Set<String> = sharedHints.union([
    "frequency_penalty", "logit_bias", "prediction", "presence_penalty", "seed", "store", "top_k",
    "top_logprobs",
  ])

  /// Reads a chat request.
  public init(chat object: JSONObject) throws(Untranslatable) {
    var fields = RequestFields(object)
    self.init(model: try fields.requiredText("model"))
    try Self.refuseOpenAI(&fields)
    try fields.refuse(
      "functions", unless: [[]], "Functions have been replaced by 'tools': use those.")
    try fields.refuse("function_call", "It has been replaced by 'tool_choice': use that.")
    try fields.refuse(
      "modalities", unless: [["text"]], "Answers in sound cannot be translated: ask for text.")
    try fields.refuse("audio", "Answers in sound cannot be translated: ask for text.")
    try fields.refuse(
      "web_search_options", "The backend that serves this model cannot search the web.")
    try readSampling(&fields)
    for (index, message) in try fields.requiredArray("messages").enumerated() {
      turns.append(try Turn(chat: message, at: "messages[\(index)]", dropped: &dropped))
    }
    let newer = try fields.integer("max_completion_tokens")
    maxTokens = try fields.integer("max_tokens") ?? newer
    effort = try fields.text("reasoning_effort")
    wantsReasoning = true
    try readChatTools(&fields)
    try readChatFormat(&fields)
    keep(fields.rest, documented: Self.chatHints)
  }

  /// What chat and older completions have in common and nobody else can do.
  static func refuseOpenAI(_ fields: inout RequestFields) throws(Untranslatable) {
    try fields.refuse(
      "n", unless: [1], "The backend that serves this model gives one answer: send n requests.")
    try fields.refuse(
      "logprobs", unless: [false],
      "Probabilities of tokens cannot be had through a translation: leave it out.")
  }

  /// What chat and older completions spell alike.
  mutating func readSampling(_ fields: inout RequestFields) throws(Untranslatable) {
    temperature = try fields.number("temperature")
    topP = try fields.number("top_p")
    user = try fields.text("user")
    isStream = try fields.bool("stream") ?? false
    if var options = try fields.object("stream_options") {
      wantsUsage = try options.bool("include_usage") ?? false
    }
    switch fields.take("stop") {
    case nil: break
    case .string(let text)?: stop = [text]
    case .array(let texts)?: stop = texts.compactMap(\.text)
    case _?: throw Untranslatable("stop", "It must be a string or an array of strings.")
    }
  }

  private mutating func readChatTools(_ fields: inout RequestFields) throws(Untranslatable) {
    for (index, value) in (try fields.array("tools") ?? []).enumerated() {
      let place = "tools[\(index)]"
      var tool = try RequestFields(value, at: place)
      guard try tool.text("type") == "function", var function = try tool.object("function") else {
        throw Untranslatable(place, "Only tools of the type 'function' can be translated.")
      }
      tools.append(
        Tool(
          name: try function.requiredText("name"), description: try function.text("description"),
          parameters: function.take("parameters"), isStrict: try function.bool("strict")))
    }
    parallelToolCalls = try fields.bool("parallel_tool_calls")
    guard let choice = fields.take("tool_choice") else { return }
    toolChoice = ToolChoice(word: choice) ?? choice["function"]?["name"]?.text.map { .named($0) }
    if toolChoice == nil {
      throw Untranslatable(
        "tool_choice", "Use 'auto', 'none', 'required' or {\"type\":\"function\",...}.")
    }
  }

  private mutating func readChatFormat(_ fields: inout RequestFields) throws(Untranslatable) {
    guard var wanted = try fields.object("response_format") else { return }
    switch try wanted.text("type") {
    case "text", nil: break
    case "json_object": format = .jsonObject
    case "json_schema":
      guard var schema = try wanted.object("json_schema") else {
        throw Untranslatable("response_format.json_schema", "It is missing.")
      }
      format = .jsonSchema(
        name: try schema.text("name") ?? "answer", schema: schema.take("schema") ?? [:],
        description: try schema.text("description"), isStrict: try schema.bool("strict"))
    default:
      throw Untranslatable(
        "response_format.type", "Use 'text', 'json_object' or 'json_schema'.")
    }
  }

  /// Writes a chat request.
  public func chatRequest() throws(Untranslatable) -> TranslatedRequest {
    var request: JSONObject = ["model": .string(model)]
    var left: [String] = []
    request.append("messages", .array(chatMessages(dropped: &left)))
    request.append("max_tokens", maxTokens.map { .integer($0) })
    request.append("temperature", temperature)
    request.append("top_p", topP)
    if !stop.isEmpty { request.append("stop", .array(stop.map { .string($0) })) }
    if !tools.isEmpty { request.append("tools", .array(tools.map(\.chat))) }
    request.append("tool_choice", toolChoice?.chat)
    request.append("parallel_tool_calls", parallelToolCalls.map { .bool($0) })
    request.append("response_format", format?.chat)
    request.append("reasoning_effort", effort.map { .string($0) })
    request.append("user", user.map { .string($0) })
    if isStream {
      request.append("stream", true)
      request.append("stream_options", ["include_usage": true])
    }
    left = addRest(to: &request, accepting: Self.chatHints) + left
    return TranslatedRequest(body: request, dropped: left)
  }

  /// Pictures that tools gave follow their results, since a `tool` message cannot hold any.
  private func chatMessages(dropped: inout [String]) -> [JSONValue] {
    var messages: [JSONValue] = []
    var pictures: [Part] = []
    for turn in turns {
      if turn.role != .tool, !pictures.isEmpty {
        messages.append(Turn(.user, pictures).chat)
        pictures = []
      }
      guard turn.role == .tool else {
        messages.append(turn.chat)
        continue
      }
      for case .toolResult(let result) in turn.parts {
        if result.isError { dropped.append("is_error") }
        messages.append(result.chat)
        pictures += result.parts.filter { if case .image = $0 { true } else { false } }
      }
    }
    if !pictures.isEmpty { messages.append(Turn(.user, pictures).chat) }
    return messages
  }
}

extension ToolChoice {
  /// The words of both of OpenAI's families.
  init?(word: JSONValue) {
    switch word.text {
    case "auto": self = .auto
    case "none": self = .none
    case "required": self = .required
    default: return nil
    }
  }

  /// As chat completions say it.
  var chat: JSONValue {
    switch self {
    case .auto: "auto"
    case .none: "none"
    case .required: "required"
    case .named(let name): ["type": "function", "function": ["name": .string(name)]]
    }
  }
}

extension Tool {
  /// As chat completions say it.
  var chat: JSONValue {
    var function: JSONObject = ["name": .string(name)]
    function.append("description", description.map { .string($0) })
    function.append("parameters", parameters)
    function.append("strict", isStrict.map { .bool($0) })
    return ["type": "function", "function": .object(function)]
  }
}

extension AnswerFormat {
  /// As chat completions say it.
  var chat: JSONValue {
    switch self {
    case .jsonObject: return ["type": "json_object"]
    case .jsonSchema(let name, let schema, let description, let isStrict):
      var wanted: JSONObject = ["name": .string(name)]
      wanted.append("description", description.map { .string($0) })
      wanted.append("schema", schema)
      wanted.append("strict", isStrict.map { .bool($0) })
      return ["type": "json_schema", "json_schema": .object(wanted)]
    }
  }
}
