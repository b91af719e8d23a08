/// Writes the numbered events of a response's stream.
///
/// The numbers rise from 0 without gaps, whatever backend the steps come from, so that a client that
/// has lost its connection can name the last one it has.
public struct ResponsesStreamWriter: Sendable {
  /// An output item that is under way.
  private struct Item {
    var index: Int
    /// The part that is open in a message, or the item's only one.
    var part: Answer.Part
    /// The parts of a message that are complete.
    var content: [JSONValue] = []
  }

  private let object: ResponseObject
  private var answer = Answer()
  /// The number of the next event.
  private var number = 0
  private var items = 0
  /// The message or reasoning item that is open.
  private var open: Item?
  /// The calls, by their index; they stay open until the model is done, since a backend may mix them.
  private var calls: [(index: Int, item: Int, call: ToolCall)] = []
  /// The items that are complete, by their place in the output.
  private var output: [Int: JSONValue] = [:]

  /// Creates a writer at a stream's beginning.
  public init(_ frame: AnswerFrame) { object = ResponseObject(frame: frame) }

  /// Adds the events that a step makes to `out`.
  public mutating func write(_ event: AnswerEvent, to out: inout [UInt8]) {
    begin(to: &out)
    switch event {
    case .text(let text): add(text, .text(""), to: &out)
    case .refusal(let text): add(text, .refusal(""), to: &out)
    case .reasoning(let text):
      if object.frame.wantsReasoning { add(text, .reasoning(""), to: &out) }
    case .toolCall(let index, let id, let name):
      closeItem(to: &out)
      let call = ToolCall(id: id, name: name, arguments: "")
      calls.append((index, items, call))
      added(object.call(call, at: items, status: "in_progress"), to: &out)
    case .toolArguments(let index, let text): addArguments(text, to: index, &out)
    case .finish(let reason): answer.finish = reason
    case .usage(let count): answer.usage = count
    case .end: end(to: &out)
    case .failed(let error):
      let failed = object.json(
        status: "failed", output: outputSoFar, usage: answer.usage, error: error)
      emit("response.failed", ["response": failed], to: &out)
    }
  }

  private mutating func begin(to out: inout [UInt8]) {
    guard number == 0 else { return }
    let begun = object.json(status: "in_progress", output: [])
    emit("response.created", ["response": begun], to: &out)
    emit("response.in_progress", ["response": begun], to: &out)
  }

  private mutating func emit(_ type: String, _ fields: JSONObject, to out: inout [UInt8]) {
    var event: JSONObject = ["type": .string(type), "sequence_number": .integer(number)]
    event.members += fields.members
    ServerSentEvent.write(type, .object(event), to: &out)
    number += 1
  }

  private mutating func added(_ item: JSONValue, to out: inout [UInt8]) {
    emit(
      "response.output_item.added", ["output_index": .integer(items), "item": item], to: &out)
    items += 1
  }

  private mutating func done(_ item: JSONValue, at index: Int, to out: inout [UInt8]) {
    output[index] = item
    emit(
      "response.output_item.done", ["output_index": .integer(index), "item": item], to: &out)
  }

  private var outputSoFar: [JSONValue] { (0..<items).compactMap { output[$0] } }

  /// Adds text to the open part, or opens one of the kind of `fresh`, which is empty.
  private mutating func add(_ text: String, _ fresh: Answer.Part, to out: inout [UInt8]) {
    prepare(fresh, to: &out)
    guard var item = open else { return }
    open = nil
    item.part.append(text)
    var fields = place(of: item)
    fields.append("delta", .string(text))
    if case .text = item.part { fields.append("logprobs", []) }
    emit("response.\(item.part.eventName).delta", fields, to: &out)
    open = item
  }

  private mutating func prepare(_ fresh: Answer.Part, to out: inout [UInt8]) {
    if let item = open, item.part.eventName == fresh.eventName { return }
    if fresh.isMessage, let item = open, item.part.isMessage {
      closePart(of: item, to: &out)
      open?.content.append(item.part.content)
      open?.part = fresh
    } else {
      closeItem(to: &out)
      open = Item(index: items, part: fresh)
      added(
        fresh.isMessage
          ? object.message([], at: items, status: "in_progress")
          : object.reasoning(nil, at: items), to: &out)
    }
    guard let item = open else { return }
    var fields = place(of: item)
    fields.append("part", fresh.responsePart)
    emit("response.content_part.added", fields, to: &out)
  }

  private func place(of item: Item) -> JSONObject {
    [
      "item_id": .string(object.itemID(item.part.isMessage ? "msg" : "rs", item.index)),
      "output_index": .integer(item.index), "content_index": .integer(item.content.count),
    ]
  }

  private mutating func closePart(of item: Item, to out: inout [UInt8]) {
    var fields = place(of: item)
    fields.append(item.part.isRefusal ? "refusal" : "text", .string(item.part.words))
    if case .text = item.part { fields.append("logprobs", []) }
    emit("response.\(item.part.eventName).done", fields, to: &out)
    var part = place(of: item)
    part.append("part", item.part.responsePart)
    emit("response.content_part.done", part, to: &out)
  }

  private mutating func closeItem(to out: inout [UInt8]) {
    guard let item = open else { return }
    open = nil
    closePart(of: item, to: &out)
    if item.part.isMessage {
      let content = item.content + [item.part.content]
      done(object.message(content, at: item.index, status: "completed"), at: item.index, to: &out)
    } else {
      done(object.reasoning(item.part.words, at: item.index), at: item.index, to: &out)
    }
  }

  private mutating func addArguments(
    _ text: String, to index: Int, _ out: inout [UInt8]
  ) {
    guard let place = calls.firstIndex(where: { $0.index == index }) else { return }
    calls[place].call.arguments += text
    emit(
      "response.function_call_arguments.delta",
      [
        "item_id": .string(object.itemID("fc", calls[place].item)),
        "output_index": .integer(calls[place].item), "delta": .string(text),
      ], to: &out)
  }

  private mutating func end(to out: inout [UInt8]) {
    closeItem(to: &out)
    for (_, item, call) in calls {
      emit(
        "response.function_call_arguments.done",
        [
          "item_id": .string(object.itemID("fc", item)), "output_index": .integer(item),
          "name": .string(call.name), "arguments": .string(call.arguments),
        ], to: &out)
      done(object.call(call, at: item, status: "completed"), at: item, to: &out)
    }
    let reason = answer.finish?.incompleteReason
    let status = reason == nil ? "completed" : "incomplete"
    let response = object.json(
      status: status, output: outputSoFar, usage: answer.usage, incomplete: reason)
    emit("response.\(status)", ["response": response], to: &out)
  }
}

extension Answer.Part {
  /// How the events that carry it are named.
  fileprivate var eventName: String {
    switch self {
    case .text, .toolCall: "output_text"
    case .refusal: "refusal"
    case .reasoning: "reasoning_text"
    }
  }

  fileprivate var isRefusal: Bool { if case .refusal = self { true } else { false } }

  fileprivate var words: String {
    switch self {
    case .text(let text), .refusal(let text), .reasoning(let text): text
    case .toolCall(let call): call.arguments
    }
  }

  fileprivate mutating func append(_ more: String) {
    switch self {
    case .text(var text):
      self = .text("")
      text += more
      self = .text(text)
    case .refusal(var text):
      self = .refusal("")
      text += more
      self = .refusal(text)
    case .reasoning(var text):
      self = .reasoning("")
      text += more
      self = .reasoning(text)
    case .toolCall: break
    }
  }

  fileprivate var responsePart: JSONValue {
    if case .reasoning(let text) = self {
      return ["type": "reasoning_text", "text": .string(text)]
    }
    return content
  }
}
