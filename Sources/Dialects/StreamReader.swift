/// Reads the events of a backend's stream, in one family's words.
public protocol StreamReader: Sendable {
  /// The steps that an event's data make.
  mutating func read(_ data: JSONValue) -> [AnswerEvent]
}

/// Writes the events of a client's stream, in one family's words.
public protocol StreamWriter: Sendable {
  /// Adds the events that a step makes to `out`.
  mutating func write(_ event: AnswerEvent, to out: inout [UInt8])
}

extension ChatStreamReader: StreamReader {}
extension ResponsesStreamReader: StreamReader {}
extension MessagesStreamReader: StreamReader {}
extension ChatStreamWriter: StreamWriter {}
extension CompletionStreamWriter: StreamWriter {}
extension ResponsesStreamWriter: StreamWriter {}
extension MessagesStreamWriter: StreamWriter {}

extension Family {
  /// A reader at the beginning of a stream in this family.
  public var streamReader: any StreamReader {
    switch self {
    case .chat, .completions: ChatStreamReader()
    case .responses: ResponsesStreamReader()
    case .messages: MessagesStreamReader()
    }
  }

  /// A writer at the beginning of a stream in this family; errors name `requestID`.
  public func streamWriter(_ frame: AnswerFrame, requestID: String) -> any StreamWriter {
    switch self {
    case .chat: ChatStreamWriter(frame)
    case .completions: CompletionStreamWriter(frame)
    case .responses: ResponsesStreamWriter(frame)
    case .messages: MessagesStreamWriter(frame, requestID: requestID)
    }
  }
}

extension StreamReader {
  /// The steps that an event's data make: JSON, or the `[DONE]` that completes a chat stream.
  public mutating func read(
    bytes: UnsafeRawBufferPointer
  ) throws(UnreadableAnswer) -> [AnswerEvent] {
    if bytes.count >= 6, bytes.prefix(6).elementsEqual("[DONE]".utf8) { return [.end] }
    do {
      return read(try JSONValue.parse(bytes))
    } catch {
      throw UnreadableAnswer("an event that is not JSON: \(error)")
    }
  }
}
