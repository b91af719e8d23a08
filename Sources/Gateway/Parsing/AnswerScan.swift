import Dialects
import NIOCore

/// What the gateway reads of a backend's JSON: that it is JSON, whether it is an error, and what it
/// counted.
struct AnswerScan: Equatable {
  /// Whether it has a top-level `error` other than `null`.
  var isError = false
  /// Tokens of the prompt, those from and for a cache included; `nil` where it does not say.
  var inputTokens: Int?
  /// Tokens of the answer; `nil` where it does not say.
  var outputTokens: Int?

  /// Tokens of the prompt that came from a cache, and that were written to one.
  var cachedInput: Int?
  var cacheWrites: Int?
  /// Tokens of the answer that were spent on thinking.
  var reasoning: Int?

  /// What was counted. Embeddings count no tokens of an answer: that is an output of 0.
  var usage: AnswerUsage? {
    inputTokens.map {
      AnswerUsage(
        input: $0, output: outputTokens ?? 0, cachedInput: cachedInput, cacheWrites: cacheWrites,
        reasoning: reasoning)
    }
  }

  /// Reads `json`; `nil` when it is not one JSON object.
  init?(_ json: ByteBuffer) {
    let result: AnswerScan? = json.withUnsafeReadableBytes { text in
      try? AnswerScan(scanner: JSONScanner(text))
    }
    guard let result else { return nil }
    self = result
  }

  private init(scanner text: JSONScanner) throws(JSONFault) {
    var scanner = text
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "usage"), scanner.byte == UInt8(ascii: "{") {
        try readUsage(&scanner)
      } else if scanner.matches(key, "error") {
        isError = scanner.byte != UInt8(ascii: "n")
        try scanner.skipValue(depth: 1)
      } else if scanner.byte == UInt8(ascii: "{"),
        scanner.matches(key, "message") || scanner.matches(key, "response")
      {
        try readWrapped(&scanner)
      } else {
        try scanner.skipValue(depth: 1)
      }
    }
    try scanner.finish()
  }

  /// The events of messages and responses that count hold a whole answer.
  private mutating func readWrapped(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "usage"), scanner.byte == UInt8(ascii: "{") {
        try readUsage(&scanner)
      } else {
        try scanner.skipValue(depth: 2)
      }
    }
  }

  /// Chat counts `prompt_tokens`, responses `input_tokens`; messages count those of a cache apart.
  private mutating func readUsage(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "prompt_tokens") || scanner.matches(key, "input_tokens") {
        countInput(try scanner.integer())
      } else if scanner.matches(key, "completion_tokens") || scanner.matches(key, "output_tokens") {
        outputTokens = try scanner.integer()
      } else if scanner.matches(key, "cache_read_input_tokens") {
        cachedInput = try scanner.integer()
        countInput(cachedInput)
      } else if scanner.matches(key, "cache_creation_input_tokens") {
        cacheWrites = try scanner.integer()
        countInput(cacheWrites)
      } else if scanner.byte == UInt8(ascii: "{"), Self.areDetails(scanner, key) {
        try readDetails(&scanner)
      } else {
        try scanner.skipValue(depth: 3)
      }
    }
  }

  private static func areDetails(_ scanner: JSONScanner, _ key: JSONScanner.Token) -> Bool {
    scanner.matches(key, "prompt_tokens_details") || scanner.matches(key, "input_tokens_details")
      || scanner.matches(key, "completion_tokens_details")
      || scanner.matches(key, "output_tokens_details")
  }

  private mutating func countInput(_ count: Int?) {
    guard let count else { return }
    inputTokens = (inputTokens ?? 0) &+ count
  }

  /// OpenAI's families say what of the tokens was cached, and what was thought, in objects of their own.
  private mutating func readDetails(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "cached_tokens") {
        cachedInput = try scanner.integer()
      } else if scanner.matches(key, "cache_write_tokens") {
        cacheWrites = try scanner.integer()
      } else if scanner.matches(key, "reasoning_tokens") {
        reasoning = try scanner.integer()
      } else {
        try scanner.skipValue(depth: 4)
      }
    }
  }
}

/// Looks at one member of an event, and at no more of the event than it takes.
extension AnswerScan {
  /// The value of a top-level `type`.
  static func type(of event: ByteBuffer) -> String? {
    find("type", in: event) { scanner throws(JSONFault) in
      guard scanner.byte == UInt8(ascii: "\"") else { return nil }
      return scanner.value(of: try scanner.string())
    }
  }

  /// The value of a top-level `sequence_number`.
  static func sequenceNumber(of event: ByteBuffer) -> Int? {
    find("sequence_number", in: event) { scanner throws(JSONFault) in try scanner.integer() }
  }

  /// The `id` of the `response` that an event of a response's stream holds.
  static func responseID(of event: ByteBuffer) -> String? {
    find("response", in: event) { scanner throws(JSONFault) in
      guard scanner.byte == UInt8(ascii: "{") else { return nil }
      var inner = scanner
      guard try inner.enter("id"), inner.byte == UInt8(ascii: "\"") else { return nil }
      return inner.value(of: try inner.string())
    }
  }

  /// Whether an event of chat holds no choices, as the one that tells the usage does.
  static func hasNoChoices(_ event: ByteBuffer) -> Bool {
    let isEmpty: Bool? = find("choices", in: event) { scanner throws(JSONFault) in
      guard scanner.byte == UInt8(ascii: "[") else { return false }
      scanner.position += 1
      scanner.skipWhitespace()
      return scanner.byte == UInt8(ascii: "]")
    }
    return isEmpty ?? false
  }

  private static func find<Value>(
    _ name: StaticString, in event: ByteBuffer,
    _ read: (inout JSONScanner) throws(JSONFault) -> Value?
  ) -> Value? {
    event.withUnsafeReadableBytes { text in
      var scanner = JSONScanner(text)
      do throws(JSONFault) {
        return try scanner.enter(name) ? try read(&scanner) : nil
      } catch {
        return nil
      }
    }
  }
}
