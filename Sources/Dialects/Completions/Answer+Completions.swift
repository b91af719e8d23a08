/// Answers of older completions.
extension Answer {
  /// Writes a `text_completion`.
  public func completion(_ frame: AnswerFrame) -> JSONValue {
    var body = CompletionStreamWriter.frame(
      frame, [CompletionStreamWriter.choice(text, finish ?? .stop)])
    body.append("usage", usage?.chat)
    return .object(body)
  }
}

/// Writes the events of an older completion's stream.
public struct CompletionStreamWriter: Sendable {
  private let frame: AnswerFrame
  private var hasFinished = false
  private var usage: AnswerUsage?

  /// Creates a writer at a stream's beginning.
  public init(_ frame: AnswerFrame) { self.frame = frame }

  /// Adds the events that a step makes to `out`. What is no text has no place in this family.
  public mutating func write(_ event: AnswerEvent, to out: inout [UInt8]) {
    switch event {
    case .text(let text), .refusal(let text): choice(text, nil, to: &out)
    case .reasoning, .toolCall, .toolArguments: break
    case .finish(let reason):
      hasFinished = true
      choice("", reason, to: &out)
    case .usage(let count): usage = count
    case .end:
      if !hasFinished { choice("", .stop, to: &out) }
      if frame.wantsUsage, let usage {
        var body = Self.frame(frame, [])
        body.append("usage", usage.chat)
        ServerSentEvent.write(.object(body), to: &out)
      }
      out += "data: [DONE]\n\n".utf8
    case .failed(let error): ServerSentEvent.write(["error": error.openAI], to: &out)
    }
  }

  private func choice(_ text: String, _ reason: FinishReason?, to out: inout [UInt8]) {
    ServerSentEvent.write(
      .object(Self.frame(frame, [Self.choice(text, reason)])), to: &out)
  }

  fileprivate static func choice(_ text: String, _ reason: FinishReason?) -> JSONValue {
    [
      "index": 0, "text": .string(text), "logprobs": .null,
      "finish_reason": reason?.chat ?? .null,
    ]
  }

  fileprivate static func frame(_ frame: AnswerFrame, _ choices: [JSONValue]) -> JSONObject {
    [
      "id": .string("cmpl-\(frame.id)"), "object": "text_completion",
      "created": .integer(frame.createdSeconds), "model": .string(frame.model),
      "choices": .array(choices),
    ]
  }
}
