/// Reads the events of a response's stream. Their names stand in their data too.
public struct ResponsesStreamReader: Sendable {
  /// The tool call of each output item: its index, and whether any of its arguments has come.
  private var calls: [Int: (index: Int, hasArguments: Bool)] = [:]
  private var begun = 0

  /// Creates a reader at a stream's beginning.
  public init() {}

  /// The steps that an event's data make.
  public mutating func read(_ data: JSONValue) -> [AnswerEvent] {
    let delta = data["delta"]?.text
    switch data["type"]?.text {
    case "response.output_text.delta": return delta.map { [.text($0)] } ?? []
    case "response.refusal.delta": return delta.map { [.refusal($0)] } ?? []
    case "response.reasoning_text.delta", "response.reasoning_summary_text.delta":
      return delta.map { [.reasoning($0)] } ?? []
    case "response.output_item.added": return begin(data)
    case "response.function_call_arguments.delta":
      return delta.map { arguments($0, of: data) } ?? []
    case "response.output_item.done": return complete(data)
    case "response.completed", "response.incomplete": return end(data["response"] ?? .null)
    case "response.failed":
      let response = data["response"] ?? .null
      return [
        .failed(AnswerError(response) ?? AnswerError(message: "The backend's response failed."))
      ]
    case "error":
      return [.failed(AnswerError(data) ?? AnswerError(message: "The backend failed."))]
    default: return []
    }
  }

  private mutating func begin(_ data: JSONValue) -> [AnswerEvent] {
    guard let item = data["item"], item["type"] == "function_call" else { return [] }
    let index = begun
    begun += 1
    calls[data["output_index"]?.integer ?? 0] = (index, false)
    let call = AnswerEvent.toolCall(
      index: index, id: item["call_id"]?.text ?? item["id"]?.text ?? "call_\(index)",
      name: item["name"]?.text ?? "")
    guard let text = item["arguments"]?.text, !text.isEmpty else { return [call] }
    return [call] + arguments(text, of: data)
  }

  private mutating func arguments(_ text: String, of data: JSONValue) -> [AnswerEvent] {
    let item = data["output_index"]?.integer ?? 0
    guard let call = calls[item] else { return [] }
    calls[item]?.hasArguments = true
    return [.toolArguments(index: call.index, text)]
  }

  /// A backend may send a call's arguments only once they are complete.
  private mutating func complete(_ data: JSONValue) -> [AnswerEvent] {
    guard let call = calls[data["output_index"]?.integer ?? 0], !call.hasArguments,
      let text = data["item"]?["arguments"]?.text
    else { return [] }
    return arguments(text, of: data)
  }

  private func end(_ response: JSONValue) -> [AnswerEvent] {
    var events: [AnswerEvent] = [
      .finish(FinishReason(responses: response, hasCalls: begun > 0))
    ]
    if let usage = AnswerUsage(openAI: response["usage"]) { events.append(.usage(usage)) }
    return events + [.end]
  }
}
