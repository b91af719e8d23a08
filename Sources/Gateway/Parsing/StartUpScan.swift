import Dialects
import NIOCore

/// Tells a stream's start-up events from its content.
///
/// Backends say that a stream has begun before there is a token: a chunk with the role and no text
/// (OpenAI's chat completions), `message_start` and `ping` (Anthropic's messages), `response.created` and
/// what belongs to it (OpenAI's responses). None of it is an answer yet, so another backend can still take
/// over. What is not known to be start-up counts as content.
enum StartUpScan {
  /// Whether the event with these data brings no content, and is not the end of a stream either.
  static func isStartUp(_ data: ByteBuffer) -> Bool {
    data.withUnsafeReadableBytes { text in
      var scanner = JSONScanner(text)
      return (try? event(&scanner)) ?? false
    }
  }

  private static let types: [StaticString] = [
    "message_start", "content_block_start", "ping", "response.created", "response.queued",
    "response.in_progress", "response.output_item.added", "response.content_part.added",
  ]

  private static func event(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
    var isKnown = false
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "choices"), scanner.byte == UInt8(ascii: "[") {
        scanner.position += 1
        var isFirstChoice = true
        while try scanner.nextElement(&isFirstChoice) {
          guard try choice(&scanner) else { return false }
        }
        isKnown = true
      } else if scanner.matches(key, "type"), scanner.byte == UInt8(ascii: "\"") {
        let type = try scanner.string()
        guard types.contains(where: { scanner.matches(type, $0) }) else { return false }
        isKnown = true
      } else if scanner.matches(key, "usage") || scanner.matches(key, "error") {
        guard try isEmpty(&scanner) else { return false }
      } else {
        try scanner.skipValue(depth: 1)
      }
    }
    return isKnown
  }

  private static func choice(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
    guard scanner.byte == UInt8(ascii: "{") else { return false }
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "delta"), scanner.byte == UInt8(ascii: "{") {
        guard try delta(&scanner) else { return false }
      } else if scanner.matches(key, "text") || scanner.matches(key, "finish_reason") {
        guard try isEmpty(&scanner) else { return false }
      } else {
        try scanner.skipValue(depth: 3)
      }
    }
    return true
  }

  /// Whatever a delta holds but the role is content, unless it is empty.
  private static func delta(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "role") {
        try scanner.skipValue(depth: 4)
      } else {
        guard try isEmpty(&scanner) else { return false }
      }
    }
    return true
  }

  /// Passes a value and says whether it is `null`, `""`, `[]` or `{}`.
  private static func isEmpty(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
    let start = scanner.position
    let first = scanner.byte
    try scanner.skipValue(depth: 5)
    switch first {
    case UInt8(ascii: "n"): return true
    case UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "{"):
      return scanner.position - start == 2
    default: return false
    }
  }
}
