import Dialects
import NIOCore

/// What the gateway reads of a backend's JSON: that it is JSON, whether it is an error, and what it
/// counted.
struct AnswerScan: Equatable {
  /// Whether it has a top-level `error` other than `null`.
  var isError = false
  /// `usage.prompt_tokens` and `usage.completion_tokens`.
  var usage: TokenUsage?

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
        usage = try Self.usage(&scanner)
      } else if scanner.matches(key, "error") {
        isError = scanner.byte != UInt8(ascii: "n")
        try scanner.skipValue(depth: 1)
      } else {
        try scanner.skipValue(depth: 1)
      }
    }
    try scanner.finish()
  }

  /// Embeddings count no completion tokens: that is an output of 0.
  private static func usage(_ scanner: inout JSONScanner) throws(JSONFault) -> TokenUsage? {
    var input: Int?
    var output = 0
    try scanner.enterObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "prompt_tokens") {
        input = try scanner.integer()
      } else if scanner.matches(key, "completion_tokens") {
        output = try scanner.integer() ?? 0
      } else {
        try scanner.skipValue(depth: 2)
      }
    }
    return input.map { TokenUsage(input: $0, output: output) }
  }
}
