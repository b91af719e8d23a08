import TestSupport

@testable import Dialects

/// Random JSON, conversations and answers, in the forms that translating keeps as they are.
struct RandomValues {
  var random: Seeded

  init(_ seed: UInt64) { random = Seeded(seed) }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// Never empty.
  mutating func text() -> String {
    let pieces = [
      "a", "wörld", " ", "\n", "\"", "\\", "日本", "🛰️", "\u{0}", "\u{1f}", "{", "]", "\u{2028}",
    ]
    return "x" + (0..<below(6)).map { _ in pick(pieces) }.joined()
  }

  mutating func json(depth: Int = 3) -> JSONValue {
    switch below(depth > 0 ? 7 : 4) {
    case 0: return .null
    case 1: return .bool(oneIn(2))
    case 2: return .number(pick(["0", "-1", "1.50", "1e-7", "12345678901234567890", "-0.0E+3"]))
    case 3: return .string(text())
    case 4: return .array((0..<below(4)).map { _ in json(depth: depth - 1) })
    default: return .object(object(depth: depth - 1))
    }
  }

  mutating func object(depth: Int = 2) -> JSONObject {
    JSONObject(
      members: (0..<below(4)).map { .init("k\($0)", json(depth: depth)) })
  }

  mutating func image() -> Part {
    let url = oneIn(2) ? "https://example.org/a.png" : "data:image/png;base64,iVBORw0KGgo="
    return .image(Image(url: url))
  }

  /// A conversation that chat, responses and messages can all say.
  mutating func conversation() -> Conversation {
    var conversation = Conversation(model: "m-\(below(9))")
    if oneIn(2) { conversation.turns.append(Turn(.system, [.text(text())])) }
    for index in 0..<1 + below(3) { addExchange(index, to: &conversation) }
    conversation.turns.append(Turn(.user, [.text(text())]))
    conversation.maxTokens = 1 + below(900)
    if oneIn(2) { conversation.temperature = .number(pick(["0", "0.70", "1e-1"])) }
    if oneIn(2) { conversation.topP = .number("0.95") }
    if oneIn(3) { conversation.effort = "low" }
    if oneIn(3) { conversation.user = "u\(below(9))" }
    if oneIn(2) {
      conversation.format = .jsonSchema(
        name: "answer", schema: .object(object()), description: nil, isStrict: true)
    }
    addTools(to: &conversation)
    if oneIn(3) { conversation.extra["x_unknown"] = json() }
    conversation.isStream = oneIn(2)
    conversation.wantsUsage = conversation.isStream
    conversation.wantsReasoning = true
    return conversation
  }

  private mutating func addTools(to conversation: inout Conversation) {
    guard oneIn(2) else { return }
    for index in 0..<1 + below(2) {
      conversation.tools.append(
        Tool(
          name: "t\(index)", description: oneIn(2) ? text() : nil,
          parameters: .object(object()), isStrict: oneIn(2)))
    }
    conversation.toolChoice = pick([.auto, ToolChoice.none, .required, .named("t0")])
    if conversation.toolChoice != ToolChoice.none { conversation.parallelToolCalls = oneIn(2) }
  }

  private mutating func addExchange(_ index: Int, to conversation: inout Conversation) {
    var question: [Part] = [.text(text())]
    if oneIn(3) { question.append(image()) }
    conversation.turns.append(Turn(.user, question))
    var answer: [Part] = oneIn(3) ? [] : [.text(text())]
    let calls = answer.isEmpty ? 1 + below(2) : below(3)
    for call in 0..<calls {
      let arguments = JSONValue.object(object()).serialized
      answer.append(
        .toolCall(ToolCall(id: "call_\(index)_\(call)", name: "t0", arguments: arguments)))
    }
    conversation.turns.append(Turn(.assistant, answer))
    for call in 0..<calls {
      let result = ToolResult(id: "call_\(index)_\(call)", parts: [.text(text())])
      conversation.turns.append(Turn(.tool, [.toolResult(result)]))
    }
  }

  /// An answer that every family with tools can say.
  mutating func answer() -> Answer {
    var parts: [Answer.Part] = oneIn(3) ? [] : [.text(text())]
    let calls = parts.isEmpty ? 1 + below(3) : below(3)
    for call in 0..<calls {
      parts.append(
        .toolCall(
          ToolCall(
            id: "call_\(call)", name: "t\(call)", arguments: JSONValue.object(object()).serialized))
      )
    }
    let finish: FinishReason =
      oneIn(4) ? .length : oneIn(5) ? .contentFilter : calls > 0 ? .toolCalls : .stop
    return Answer(
      parts: parts, finish: finish,
      usage: AnswerUsage(input: 10 + below(99), output: below(99), cachedInput: below(9)))
  }

  /// The steps of an answer in small pieces, its calls' arguments mixed if `mixed`.
  mutating func steps(of answer: Answer, mixed: Bool) -> [AnswerEvent] {
    var steps: [AnswerEvent] = []
    var pieces: [[AnswerEvent]] = []
    for event in answer.events {
      switch event {
      case .text(let text): steps += text.unicodeScalars.map { .text(String($0)) }
      case .toolCall: steps.append(event)
      case .toolArguments(let index, let text):
        let part = text.unicodeScalars.map { AnswerEvent.toolArguments(index: index, String($0)) }
        if mixed { pieces.append(part) } else { steps += part }
      case .finish:
        while !pieces.isEmpty {
          let index = below(pieces.count)
          steps.append(pieces[index].removeFirst())
          if pieces[index].isEmpty { pieces.remove(at: index) }
        }
        steps.append(event)
      default: steps.append(event)
      }
    }
    return steps
  }

  /// `bytes` with a few of them changed, dropped or doubled.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<1 + below(4) where !bytes.isEmpty {
      let place = below(bytes.count)
      switch below(4) {
      case 0: bytes[place] = UInt8(below(256))
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[place], at: place)
      default: bytes.removeLast(below(bytes.count))
      }
    }
    return bytes
  }
}
