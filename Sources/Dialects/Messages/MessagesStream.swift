/// Reads the events of a message's stream. Their names stand in their data too.
public struct MessagesStreamReader: Sendable {
  private var input: AnswerUsage?
  /// The tool call of each open block: its index, and whether any of its arguments has come.
  private var calls: [Int: (index: Int, hasArguments: Bool)] = [:]
  private var begun = 0

  /// Creates a reader at a stream's beginning.
  public init() {}

  /// The steps that an event's data make.
  public mutating func read(_ data: JSONValue) -> [AnswerEvent] {
    switch data["type"]?.text {
    case "message_start":
      input = AnswerUsage(messages: data["message"]?["usage"])
      return []
    case "content_block_start": return begin(data)
    case "content_block_delta": return delta(data)
    case "content_block_stop":
      let block = data["index"]?.integer ?? 0
      guard let call = calls.removeValue(forKey: block), !call.hasArguments else { return [] }
      return [.toolArguments(index: call.index, "{}")]
    case "message_delta":
      var events: [AnswerEvent] = []
      if let delta = data["delta"], let reason = FinishReason(messages: delta) {
        events.append(.finish(reason))
      }
      if let usage = usage(data["usage"]) { events.append(.usage(usage)) }
      return events
    case "message_stop": return [.end]
    case "error":
      return [.failed(AnswerError(data) ?? AnswerError(message: "The backend failed."))]
    default: return []
    }
  }

  private mutating func begin(_ data: JSONValue) -> [AnswerEvent] {
    guard let block = data["content_block"] else { return [] }
    switch block["type"]?.text {
    case "text":
      return block["text"]?.text.map { $0.isEmpty ? [] : [.text($0)] } ?? []
    case "thinking":
      return block["thinking"]?.text.map { $0.isEmpty ? [] : [.reasoning($0)] } ?? []
    case "tool_use":
      let index = begun
      begun += 1
      calls[data["index"]?.integer ?? 0] = (index, false)
      return [
        .toolCall(
          index: index, id: block["id"]?.text ?? "call_\(index)", name: block["name"]?.text ?? "")
      ]
    default: return []
    }
  }

  private mutating func delta(_ data: JSONValue) -> [AnswerEvent] {
    guard let delta = data["delta"] else { return [] }
    switch delta["type"]?.text {
    case "text_delta": return delta["text"]?.text.map { [.text($0)] } ?? []
    case "thinking_delta": return delta["thinking"]?.text.map { [.reasoning($0)] } ?? []
    case "input_json_delta":
      let block = data["index"]?.integer ?? 0
      guard let call = calls[block], let more = delta["partial_json"]?.text, !more.isEmpty else {
        return []
      }
      calls[block]?.hasArguments = true
      return [.toolArguments(index: call.index, more)]
    default: return []
    }
  }

  /// The last event counts the answer, the first one the prompt; newer servers repeat that at the end.
  private func usage(_ value: JSONValue?) -> AnswerUsage? {
    if let whole = AnswerUsage(messages: value) { return whole }
    guard let output = value?["output_tokens"]?.integer, var usage = input else { return nil }
    usage.output = output
    return usage
  }
}

/// Writes the events of a message's stream.
///
/// Content blocks come one after the other there, while a chat backend may mix the arguments of several
/// calls. So the first call goes out as it comes, and what begins while it is open goes out whole once
/// the model is done.
public struct MessagesStreamWriter: Sendable {
  private enum Block: Equatable {
    case text, reasoning
    case call(Int)
  }

  private let frame: AnswerFrame
  private let requestID: String
  private var hasBegun = false
  private var block: Block?
  /// The index of the block that is open, or of the next one.
  private var index = 0
  private var waiting = Answer()
  private var hasCalls = false
  private var finish: FinishReason?
  private var usage: AnswerUsage?

  /// Creates a writer at a stream's beginning; errors name `requestID`.
  public init(_ frame: AnswerFrame, requestID: String) {
    self.frame = frame
    self.requestID = requestID
  }

  /// Adds the events that a step makes to `out`.
  public mutating func write(_ event: AnswerEvent, to out: inout [UInt8]) {
    if case .failed(let error) = event {
      ServerSentEvent.write("error", error.anthropic(request: requestID), to: &out)
      return
    }
    begin(to: &out)
    if case .call(let call)? = block, waits(event, for: call) {
      hasCalls = true
      waiting.apply(event)
      return
    }
    switch event {
    case .text(let text), .refusal(let text):
      open(.text, ["type": "text", "text": ""], to: &out)
      delta(["type": "text_delta", "text": .string(text)], to: &out)
    case .reasoning(let text):
      guard frame.wantsReasoning else { return }
      open(.reasoning, ["type": "thinking", "thinking": "", "signature": ""], to: &out)
      delta(["type": "thinking_delta", "thinking": .string(text)], to: &out)
    case .toolCall(let call, let id, let name):
      hasCalls = true
      open(
        .call(call),
        ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]], to: &out)
    case .toolArguments(_, let text):
      delta(["type": "input_json_delta", "partial_json": .string(text)], to: &out)
    case .finish(let reason): finish = reason
    case .usage(let count): usage = count
    case .end: end(to: &out)
    case .failed: break
    }
  }

  private mutating func begin(to out: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    ServerSentEvent.write(
      "message_start",
      ["type": "message_start", "message": .object(Answer.messagesFrame(frame))], to: &out)
  }

  /// Whether a step has to wait until the open call is complete.
  private func waits(_ event: AnswerEvent, for call: Int) -> Bool {
    switch event {
    case .text, .reasoning, .refusal, .toolCall: true
    case .toolArguments(let index, _): index != call
    case .finish, .usage, .end, .failed: false
    }
  }

  private mutating func open(_ next: Block, _ start: JSONValue, to out: inout [UInt8]) {
    guard block != next else { return }
    close(to: &out)
    block = next
    ServerSentEvent.write(
      "content_block_start",
      ["type": "content_block_start", "index": .integer(index), "content_block": start], to: &out)
  }

  private func delta(_ delta: JSONValue, to out: inout [UInt8]) {
    ServerSentEvent.write(
      "content_block_delta",
      ["type": "content_block_delta", "index": .integer(index), "delta": delta], to: &out)
  }

  private mutating func close(to out: inout [UInt8]) {
    guard block != nil else { return }
    block = nil
    ServerSentEvent.write(
      "content_block_stop", ["type": "content_block_stop", "index": .integer(index)], to: &out)
    index += 1
  }

  private mutating func end(to out: inout [UInt8]) {
    // What waited is whole: each step but a call's arguments begins a block of its own.
    for event in waiting.events where event != .end {
      if case .toolArguments = event {} else { close(to: &out) }
      write(event, to: &out)
    }
    close(to: &out)
    var reason = finish ?? .stop
    if reason == .stop, hasCalls { reason = .toolCalls }
    ServerSentEvent.write(
      "message_delta",
      [
        "type": "message_delta",
        "delta": [
          "stop_reason": reason.messages, "stop_sequence": reason.messagesStopSequence,
        ],
        "usage": (usage ?? AnswerUsage(input: 0, output: 0)).messages,
      ], to: &out)
    ServerSentEvent.write("message_stop", ["type": "message_stop"], to: &out)
  }
}
