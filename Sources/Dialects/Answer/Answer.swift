/// A whole answer, apart from the family in which it comes; what the ``AnswerEvent``s of a stream add
/// up to.
public struct Answer: Sendable, Equatable {
  /// A piece of an answer.
  public enum Part: Sendable, Equatable {
    case text(String)
    case reasoning(String)
    case refusal(String)
    case toolCall(ToolCall)
  }

  /// What was said, in order.
  public var parts: [Part] = []
  /// Why the model stopped; `nil` while it goes on.
  public var finish: FinishReason?
  /// What was counted, where the backend said so.
  public var usage: AnswerUsage?
  /// Where each tool call is among ``parts``, by its index in the stream.
  private var callPlaces: [Int: Int] = [:]

  /// Creates an answer that says nothing yet.
  public init() {}

  /// Creates an answer from its pieces.
  public init(parts: [Part], finish: FinishReason?, usage: AnswerUsage? = nil) {
    self.parts = parts
    self.finish = finish
    self.usage = usage
  }

  /// Takes one step of a stream.
  public mutating func apply(_ event: AnswerEvent) {
    switch event {
    case .text(let more): add(.text(more))
    case .reasoning(let more): add(.reasoning(more))
    case .refusal(let more): add(.refusal(more))
    case .toolCall(let index, let id, let name):
      callPlaces[index] = parts.count
      parts.append(.toolCall(ToolCall(id: id, name: name, arguments: "")))
    case .toolArguments(let index, let more):
      guard let place = callPlaces[index], case .toolCall(var call) = parts[place] else { return }
      parts[place] = .text("")
      call.arguments += more
      parts[place] = .toolCall(call)
    case .finish(let reason): finish = reason
    case .usage(let count): usage = count
    case .end, .failed: break
    }
  }

  /// Lengthens the last part where it is of the same kind; taken out meanwhile, it grows in place.
  private mutating func add(_ part: Part) {
    switch (parts.last, part) {
    case (.text(var text), .text(let more)):
      parts.removeLast()
      text += more
      parts.append(.text(text))
    case (.reasoning(var text), .reasoning(let more)):
      parts.removeLast()
      text += more
      parts.append(.reasoning(text))
    case (.refusal(var text), .refusal(let more)):
      parts.removeLast()
      text += more
      parts.append(.refusal(text))
    default: parts.append(part)
    }
  }

  /// The answer as the events of a stream.
  public var events: [AnswerEvent] {
    var events: [AnswerEvent] = []
    var calls = 0
    for part in parts {
      switch part {
      case .text(let text): events.append(.text(text))
      case .reasoning(let text): events.append(.reasoning(text))
      case .refusal(let text): events.append(.refusal(text))
      case .toolCall(let call):
        events.append(.toolCall(index: calls, id: call.id, name: call.name))
        events.append(.toolArguments(index: calls, call.arguments))
        calls += 1
      }
    }
    if let finish { events.append(.finish(finish)) }
    if let usage { events.append(.usage(usage)) }
    return events + [.end]
  }

  /// All text, in one piece.
  public var text: String {
    parts.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
  }

  /// All reasoning, in one piece.
  public var reasoning: String {
    parts.reduce(into: "") { if case .reasoning(let text) = $1 { $0 += text } }
  }

  /// All words in which the model declined, in one piece.
  public var refusal: String {
    parts.reduce(into: "") { if case .refusal(let text) = $1 { $0 += text } }
  }

  /// The tool calls, in order.
  public var toolCalls: [ToolCall] {
    parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
  }
}
