/// What a request's body asks for, as far as it matters for asking again from the middle of its answer.
struct AskedRequest {
  /// A whole number in the body.
  struct Number {
    var value: Int
    var place: Range<Int>
    /// The least it may be lowered to.
    var floor: Int
  }

  /// Where the text so far goes.
  enum Opening: Equatable {
    /// Before the `]` of `messages`.
    case message(at: Int)
    /// Before the closing quote of `prompt`, or of the last message's content.
    case text(at: Int)
  }

  /// The place of the model's name.
  var model: Range<Int>?
  var opening: Opening?
  /// Limits on the answer's length.
  var limits: [Number] = []
  /// Sequences that end the answer, in UTF-8.
  var stops: [[UInt8]] = []
  /// Whether the stream is to end with a chunk that counts.
  var wantsUsage = false
  /// The places of the values of the flags that say how the last message is to be read.
  var continueFlag: Range<Int>?
  var promptFlag: Range<Int>?
  /// What it asks for that can't be continued.
  var obstacle: Obstacle?
  /// Where the body's closing brace is.
  var end = 0
  private var isContinuing = false
  private var lastMessage = LastMessage()

  private struct LastMessage {
    var isAssistant = false
    /// Where its content's closing quote is.
    var contentEnd: Int?
    /// Where the closing bracket of `messages` is, once a message has been seen.
    var listEnd: Int?
  }

  /// Reads the body of a request of `form`; throws what is no JSON.
  init(_ body: UnsafeRawBufferPointer, _ form: StreamedAnswer.Form) throws(Obstacle) {
    var scanner = JSONScanner(body)
    do {
      try read(&scanner, form)
    } catch {
      throw .request("is not JSON: \(error)")
    }
    if form == .chat { settleOpening() }
    if opening == nil, obstacle == nil {
      obstacle = .request("has no \(form == .chat ? "`messages`" : "`prompt` that is one text")")
    }
  }

  /// A trailing message of the assistant's is gone on with where the request says so; elsewhere whether
  /// the answer went on with it is the backend's way, which is not known here.
  private mutating func settleOpening() {
    guard lastMessage.isAssistant else {
      opening = lastMessage.listEnd.map(Opening.message)
      return
    }
    if !isContinuing { obstacle = .request("ends with a message of the assistant's") }
    opening = lastMessage.contentEnd.map(Opening.text)
  }

  private mutating func read(
    _ scanner: inout JSONScanner, _ form: StreamedAnswer.Form
  ) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let start = scanner.position
      let name = scanner.value(of: key)
      switch name {
      case "messages" where form == .chat: try readMessages(&scanner)
      case "stop": try readStops(&scanner)
      case "stream_options": try readStreamOptions(&scanner)
      case "max_tokens", "max_completion_tokens", "n_predict", "min_tokens":
        if let value = try scanner.integer() {
          let floor = name == "min_tokens" ? 0 : 1
          limits.append(Number(value: value, place: start..<scanner.position, floor: floor))
        }
      default:
        try scanner.skipValue(depth: 1)
        note(name, start..<scanner.position, scanner.text, form)
      }
    }
    end = scanner.position - 1
    try scanner.finish()
  }

  /// Notes a member whose value says all at a glance.
  private mutating func note(
    _ name: String, _ place: Range<Int>, _ text: UnsafeRawBufferPointer, _ form: StreamedAnswer.Form
  ) {
    let value = String(decoding: UnsafeRawBufferPointer(rebasing: text[place]), as: UTF8.self)
    switch name {
    case "model": model = place
    case "prompt" where form == .completions:
      if value.hasPrefix("\"") { opening = .text(at: place.upperBound - 1) }
    case "continue_final_message":
      continueFlag = place
      isContinuing = value == "true"
    case "add_generation_prompt": promptFlag = place
    default:
      if Self.isObstacle(name, value) {
        obstacle = name == "n" || name == "best_of" ? .severalAnswers : .asked(name)
      }
    }
  }

  /// Whether a field makes an answer that does not survive a seam: several answers at once, more than
  /// text, text bound to a grammar (which would begin anew), or text that repeats the prompt.
  private static func isObstacle(_ name: String, _ value: String) -> Bool {
    if ["null", "false", "[]", "{}", "\"\""].contains(value) { return false }
    switch name {
    case "n", "best_of": return value != "1"
    case "logprobs", "top_logprobs", "prompt_logprobs", "echo", "suffix", "audio", "grammar",
      "json_schema", "structured_outputs", "return_token_ids", "return_tokens_as_token_ids":
      return true
    case "response_format": return !value.contains("\"text\"") || value.contains("json")
    case "modalities": return value.contains("audio") || value.contains("image")
    case "tool_choice": return value != "\"auto\"" && value != "\"none\""
    default: return name.hasPrefix("guided_")
    }
  }
}

extension AskedRequest {
  private mutating func readMessages(_ scanner: inout JSONScanner) throws(JSONFault) {
    guard scanner.byte == UInt8(ascii: "[") else { return try scanner.skipValue(depth: 1) }
    scanner.position += 1
    var isFirst = true
    while try scanner.nextElement(&isFirst) {
      lastMessage = LastMessage(listEnd: 0)
      if scanner.byte == UInt8(ascii: "{") {
        try readMessage(&scanner)
      } else {
        try scanner.skipValue(depth: 2)
      }
    }
    if lastMessage.listEnd != nil { lastMessage.listEnd = scanner.position - 1 }
  }

  private mutating func readMessage(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let isText = scanner.byte == UInt8(ascii: "\"")
      if scanner.matches(key, "role"), isText {
        let role = try scanner.string()
        lastMessage.isAssistant = scanner.matches(role, "assistant")
      } else {
        try scanner.skipValue(depth: 3)
        if isText, scanner.matches(key, "content") {
          lastMessage.contentEnd = scanner.position - 1
        }
      }
    }
  }

  private mutating func readStops(_ scanner: inout JSONScanner) throws(JSONFault) {
    if scanner.byte == UInt8(ascii: "\"") { return try readStop(&scanner) }
    guard scanner.byte == UInt8(ascii: "[") else { return try scanner.skipValue(depth: 1) }
    scanner.position += 1
    var isFirst = true
    while try scanner.nextElement(&isFirst) {
      if scanner.byte == UInt8(ascii: "\"") {
        try readStop(&scanner)
      } else {
        try scanner.skipValue(depth: 2)
      }
    }
  }

  private mutating func readStop(_ scanner: inout JSONScanner) throws(JSONFault) {
    let stop = scanner.value(of: try scanner.string())
    if !stop.isEmpty { stops.append(Array(stop.utf8)) }
  }

  private mutating func readStreamOptions(_ scanner: inout JSONScanner) throws(JSONFault) {
    guard scanner.byte == UInt8(ascii: "{") else { return try scanner.skipValue(depth: 1) }
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "include_usage") {
        wantsUsage = scanner.byte == UInt8(ascii: "t")
      }
      try scanner.skipValue(depth: 2)
    }
  }
}
