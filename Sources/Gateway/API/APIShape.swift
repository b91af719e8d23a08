import Decisions
import Dialects
import NIOCore
import NIOHTTP1

/// How a family of inference APIs words its errors and keeps its streams alive.
enum APIShape: Sendable {
  /// OpenAI's: errors as `{"error": {...}}`.
  case openAI
  /// OpenAI's responses: the same, but events are named and numbered.
  case responses
  /// Anthropic's: errors as `{"type": "error", ...}`, and events are named.
  case anthropic

  var isAnthropic: Bool { self == .anthropic }

  /// The shape of a family; of none, OpenAI's.
  init(_ family: Family?) {
    switch family {
    case .messages: self = .anthropic
    case .responses: self = .responses
    case .chat, .completions, nil: self = .openAI
    }
  }

  /// The status that says what an error is.
  func status(_ error: APIError) -> HTTPResponseStatus {
    guard self == .anthropic, error.fault == .ownOverloaded else { return error.status }
    return .custom(code: 529, reasonPhrase: "Overloaded")
  }

  /// The body of an error response.
  func errorBody(_ error: APIError, request: String) -> String {
    let type =
      isAnthropic
      ? AnswerError.anthropicType(status: Int(status(error).code)) : error.fault.errorType
    return AnswerError(message: error.message, type: type, code: error.code, param: error.param)
      .body(isAnthropic: isAnthropic, request: request).serialized
  }

  /// The event that ends a stream that has failed; the last one that went out was `number`.
  func errorEvent(_ error: APIError, request: String, after number: Int?) -> ByteBuffer {
    switch self {
    case .openAI: return ByteBuffer(string: "data: \(errorBody(error, request: request))\n\n")
    case .anthropic:
      return ByteBuffer(string: "event: error\ndata: \(errorBody(error, request: request))\n\n")
    case .responses:
      let data: JSONValue = [
        "type": "error", "code": .string(error.code), "message": .string(error.message),
        "param": .optional(error.param), "sequence_number": .integer((number ?? -1) + 1),
      ]
      return ByteBuffer(string: "event: error\ndata: \(data.serialized)\n\n")
    }
  }

  /// What clients pass over, with a note for people.
  func comment(_ text: String) -> ByteBuffer { ByteBuffer(string: ": \(text)\n\n") }

  /// What clients pass over, sent while there is nothing to send.
  func heartbeat(_ text: String) -> ByteBuffer {
    guard self == .anthropic else { return comment(text) }
    return ByteBuffer(string: "event: ping\ndata: {\"type\": \"ping\"}\n\n")
  }
}

extension Family {
  /// Whether an event, by its data, is the one that completes a stream of this family.
  func isTerminal(_ data: ByteBuffer) -> Bool {
    switch self {
    case .chat, .completions: data.isDone
    case .messages: AnswerScan.type(of: data) == "message_stop"
    case .responses:
      switch AnswerScan.type(of: data) {
      case "response.completed", "response.incomplete", "response.failed": true
      default: false
      }
    }
  }
}

extension ByteBuffer {
  /// Whether it is the `[DONE]` that completes a stream of chat.
  fileprivate var isDone: Bool {
    let word: StaticString = "[DONE]"
    return withUnsafeReadableBytes { bytes in
      guard bytes.count >= 6 else { return false }
      for index in 0..<6 where bytes[index] != word.utf8Start[index] { return false }
      return bytes.dropFirst(6).allSatisfy { $0 == UInt8(ascii: " ") }
    }
  }
}
