import Dialects
import NIOCore

/// What the gateway needs to know of an inference request's body. The rest is passed on unread, so
/// that fields the gateway has never heard of reach the backend.
struct InferenceBody: Equatable {
  /// The model named.
  var model: String
  /// Where the model's name stands in the body, quotes included.
  var modelRange: Range<Int>
  /// Whether a stream is asked for.
  var stream = false
  /// The most tokens that the answer may have; `nil` where nothing says, or nothing that counts.
  var maximumTokens: Int?
  /// The tier of service that is asked for; `nil` where none is.
  var serviceTier: String?
  /// Where the value of `stream_options` stands in the body; `nil` where there is none.
  var streamOptionsRange: Range<Int>?
  /// Where their key begins.
  var streamOptionsStart = 0
  /// Whether `stream_options` ask for the usage.
  var includesUsage = false
  /// Whether embeddings are asked for in base64.
  var wantsBase64 = false

  /// Why a body cannot be routed.
  enum Flaw: Error, Equatable {
    case notJSON(JSONFault, line: Int)
    case noModel
    case wrongType(field: String, expected: String)
    case duplicate(field: String)
  }

  /// Reads `body`, one pass, nothing copied but the model's name.
  static func scan(_ body: ByteBuffer) throws(Flaw) -> InferenceBody {
    let result: Result<InferenceBody, Flaw> = body.withUnsafeReadableBytes { text in
      var reader = Reader(scanner: JSONScanner(text))
      do {
        return .success(try reader.read())
      } catch let flaw as Flaw {
        return .failure(flaw)
      } catch let fault as JSONFault {
        return .failure(.notJSON(fault, line: fault.line(in: text)))
      } catch {
        return .failure(.noModel)
      }
    }
    return try result.get()
  }

  private struct Reader {
    var scanner: JSONScanner
    var model: (name: String, range: Range<Int>)?
    var stream: Bool?
    var maximumTokens: Int?
    var serviceTier: String?
    var streamOptionsRange: Range<Int>?
    var streamOptionsStart = 0
    var includesUsage = false
    var wantsBase64 = false

    mutating func read() throws -> InferenceBody {
      try scanner.enterObject()
      var isFirst = true
      while let key = try scanner.nextKey(&isFirst) { try readValue(of: key) }
      try scanner.finish()
      guard let model, !model.name.isEmpty else { throw Flaw.noModel }
      return InferenceBody(
        model: model.name, modelRange: model.range, stream: stream ?? false,
        maximumTokens: maximumTokens, serviceTier: serviceTier,
        streamOptionsRange: streamOptionsRange, streamOptionsStart: streamOptionsStart,
        includesUsage: includesUsage,
        wantsBase64: wantsBase64)
    }

    private mutating func readValue(of key: JSONScanner.Token) throws {
      if scanner.matches(key, "model") {
        try readModel()
      } else if scanner.matches(key, "stream") {
        try readStream()
      } else if scanner.matches(key, "max_tokens") || scanner.matches(key, "max_completion_tokens")
        || scanner.matches(key, "max_output_tokens")
      {
        try readMaximum()
      } else if scanner.matches(key, "service_tier") {
        try readTier()
      } else if scanner.matches(key, "stream_options") {
        streamOptionsStart = key.content.lowerBound - 1
        try readStreamOptions()
      } else if scanner.matches(key, "encoding_format") {
        try readEncoding()
      } else {
        try scanner.skipValue(depth: 1)
      }
    }

    /// A second `model` is refused: the backend might heed the other one.
    private mutating func readModel() throws {
      if model != nil { throw Flaw.duplicate(field: "model") }
      guard scanner.byte == UInt8(ascii: "\"") else {
        try scanner.skipValue(depth: 1)
        throw Flaw.wrongType(field: "model", expected: "a string")
      }
      let start = scanner.position
      let token = try scanner.string()
      model = (scanner.value(of: token), start..<scanner.position)
    }

    /// Only a hint for routing: what is no count is the backend's to refuse. Of two the smaller bounds.
    private mutating func readMaximum() throws {
      guard let count = try scanner.integer(), count > 0 else { return }
      maximumTokens = min(count, maximumTokens ?? count)
    }

    private mutating func readTier() throws {
      guard scanner.byte == UInt8(ascii: "\"") else { return try scanner.skipValue(depth: 1) }
      serviceTier = scanner.value(of: try scanner.string())
    }

    private mutating func readStreamOptions() throws {
      if streamOptionsRange != nil { throw Flaw.duplicate(field: "stream_options") }
      let start = scanner.position
      defer { streamOptionsRange = start..<scanner.position }
      guard scanner.byte == UInt8(ascii: "{") else { return try scanner.skipValue(depth: 1) }
      try scanner.enterObject()
      var isFirst = true
      while let key = try scanner.nextKey(&isFirst) {
        if scanner.matches(key, "include_usage") {
          includesUsage = scanner.byte == UInt8(ascii: "t")
        }
        try scanner.skipValue(depth: 2)
      }
    }

    private mutating func readEncoding() throws {
      guard scanner.byte == UInt8(ascii: "\"") else { return try scanner.skipValue(depth: 1) }
      let word = try scanner.string()
      wantsBase64 = scanner.matches(word, "base64")
    }

    private mutating func readStream() throws {
      if stream != nil { throw Flaw.duplicate(field: "stream") }
      switch scanner.byte {
      case UInt8(ascii: "t"):
        try scanner.literal("true")
        stream = true
      case UInt8(ascii: "f"):
        try scanner.literal("false")
        stream = false
      case UInt8(ascii: "n"):
        try scanner.literal("null")
        stream = false
      default:
        try scanner.skipValue(depth: 1)
        throw Flaw.wrongType(field: "stream", expected: "true or false")
      }
    }
  }
}
