/// Reads the chunks of a chat completion's stream.
public struct ChatStreamReader: Sendable {
  /// The calls that have begun, by the backend's index, and how much of their arguments has come.
  private var calls: [Int: Int] = [:]

  /// Creates a reader at a stream's beginning.
  public init() {}

  /// The steps that an event's data make.
  public mutating func read(_ data: JSONValue) -> [AnswerEvent] {
    if data["error"] != nil {
      return [.failed(AnswerError(data) ?? AnswerError(message: "The backend failed."))]
    }
    var events: [AnswerEvent] = []
    if let choice = data["choices"]?.array?.first(where: { ($0["index"]?.integer ?? 0) == 0 }) {
      if let delta = choice["delta"] { read(delta: delta, into: &events) }
      if let reason = FinishReason(chat: choice) { events.append(.finish(reason)) }
    }
    if let usage = AnswerUsage(openAI: data["usage"]) { events.append(.usage(usage)) }
    return events
  }

  private mutating func read(delta: JSONValue, into events: inout [AnswerEvent]) {
    if let text = delta["reasoning_content"]?.text ?? delta["reasoning"]?.text, !text.isEmpty {
      events.append(.reasoning(text))
    }
    if let text = delta["content"]?.text, !text.isEmpty { events.append(.text(text)) }
    if let text = delta["refusal"]?.text, !text.isEmpty { events.append(.refusal(text)) }
    for (place, fragment) in (delta["tool_calls"]?.array ?? []).enumerated() {
      let index = fragment["index"]?.integer ?? place
      let call: Int
      if let known = calls[index] {
        call = known
      } else {
        call = calls.count
        calls[index] = call
        events.append(
          .toolCall(
            index: call, id: fragment["id"]?.text ?? "call_\(call)",
            name: fragment["function"]?["name"]?.text ?? ""))
      }
      if let more = fragment["function"]?["arguments"]?.text, !more.isEmpty {
        events.append(.toolArguments(index: call, more))
      }
    }
  }
}

/// Writes the chunks of a chat completion's stream.
public struct ChatStreamWriter: Sendable {
  private let frame: AnswerFrame
  private var hasBegun = false
  private var hasFinished = false
  private var usage: AnswerUsage?

  /// Creates a writer at a stream's beginning.
  public init(_ frame: AnswerFrame) { self.frame = frame }

  /// Adds the events that a step makes to `out`.
  public mutating func write(_ event: AnswerEvent, to out: inout [UInt8]) {
    switch event {
    case .text(let text): chunk(["content": .string(text)], to: &out)
    case .reasoning(let text):
      if frame.wantsReasoning { chunk(["reasoning_content": .string(text)], to: &out) }
    case .refusal(let text): chunk(["refusal": .string(text)], to: &out)
    case .toolCall(let index, let id, let name):
      call(
        [
          "index": .integer(index), "id": .string(id), "type": "function",
          "function": ["name": .string(name), "arguments": ""],
        ], to: &out)
    case .toolArguments(let index, let text):
      call(
        ["index": .integer(index), "function": ["arguments": .string(text)]], to: &out)
    case .finish(let reason): finish(reason, to: &out)
    case .usage(let count): usage = count
    case .end:
      if !hasFinished { finish(.stop, to: &out) }
      if frame.wantsUsage, let usage { write([], usage: usage.chat, to: &out) }
      out += "data: [DONE]\n\n".utf8
    case .failed(let error): ServerSentEvent.write(["error": error.openAI], to: &out)
    }
  }

  private mutating func finish(_ reason: FinishReason, to out: inout [UInt8]) {
    hasFinished = true
    chunk([:], reason, to: &out)
  }

  private mutating func call(_ fragment: JSONValue, to out: inout [UInt8]) {
    chunk(["tool_calls": [fragment]], to: &out)
  }

  /// The first one says whose turn it is.
  private mutating func chunk(
    _ delta: JSONObject, _ reason: FinishReason? = nil, to out: inout [UInt8]
  ) {
    var delta = delta
    if !hasBegun { delta.members.insert(.init("role", "assistant"), at: 0) }
    hasBegun = true
    let choice: JSONValue = [
      "index": 0, "delta": .object(delta), "logprobs": .null,
      "finish_reason": reason?.chat ?? .null,
    ]
    write([choice], usage: nil, to: &out)
  }

  private func write(_ choices: [JSONValue], usage: JSONValue?, to out: inout [UInt8]) {
    var chunk: JSONObject = [
      "id": .string("chatcmpl-\(frame.id)"), "object": "chat.completion.chunk",
      "created": .integer(frame.createdSeconds), "model": .string(frame.model),
      "choices": .array(choices),
    ]
    chunk.append("usage", usage)
    ServerSentEvent.write(.object(chunk), to: &out)
  }
}
