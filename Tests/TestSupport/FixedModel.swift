import Foundation

/// A model server that knows one answer, to one question, and goes on with it from wherever a trailing
/// message of the assistant's ends; and the client's view of streams.
public struct FixedModel: Sendable {
  /// The answer's tokens as they stand within JSON strings, escapes and all.
  public var tokens: [String]
  /// Whether it begins anew whatever it is given.
  public var startsOver = false
  /// The events' identity; another server has another.
  public var id = "chatcmpl-1"
  /// Whether the first event carries the role alone.
  public var sendsRole = true

  /// A model with this answer.
  public init(tokens: [String]) { self.tokens = tokens }

  /// Odd in every way: characters of two to four bytes, escapes of all kinds, a pair of surrogates in
  /// two tokens, white space alone and at both ends, empty tokens, sequences that look like the wire's.
  public static let odd = FixedModel(tokens: [
    "The", " caf\u{e9}", " \\u00e9t\\u00e9", "", " \\ud83d", "\\ude80", "\\uD83D\\uDEF0 ", "up\\n",
    "\\n\\n", "  ", "data: \\\"[DONE]\\\"\\n\\n", "{\\\"a\\\":1}", "\\\\", "\\/", "\\t", "日本",
    "語\u{1f6f0}",
    "\u{3000}", "x", " ", "\\u0020", "end", ".", " \\ud83d\\ude80", "\\n",
  ])

  /// The answer in UTF-16.
  public var units: [UInt16] { tokens.flatMap(Self.unescaped) }

  /// What a JSON string says, as UTF-16: halves of surrogate pairs stay as they are.
  public static func unescaped(_ content: String) -> [UInt16] {
    var units: [UInt16] = []
    var rest = Array(content.utf16)[...]
    while let unit = rest.popFirst() {
      guard unit == 0x5c, let kind = rest.popFirst() else {
        units.append(unit)
        continue
      }
      switch kind {
      case 0x75:
        units.append(UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16) ?? 0)
        rest = rest.dropFirst(4)
      case 0x6e: units.append(0x0a)
      case 0x74: units.append(0x09)
      case 0x72: units.append(0x0d)
      case 0x62: units.append(0x08)
      case 0x66: units.append(0x0c)
      default: units.append(kind)
      }
    }
    return units
  }

  /// The stream that answers a request with this body: server-sent events to the last.
  public func stream(for body: [UInt8]) -> [String] {
    let json = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    let messages = json["messages"] as? [[String: Any]] ?? []
    var given = ""
    if let last = messages.last, last["role"] as? String == "assistant" {
      given = last["content"] as? String ?? ""
    }
    let isOpen =
      json["continue_final_message"] as? Bool == true
      && json["add_generation_prompt"] as? Bool == false
    let options = json["stream_options"] as? [String: Any]
    let limit = json["max_tokens"] as? Int
    return events(
      after: isOpen ? given : "", limit: limit, usage: options?["include_usage"] as? Bool == true)
  }

  private func events(after given: String, limit: Int?, usage: Bool) -> [String] {
    let skipped = Array(given.utf16)
    precondition(units.starts(with: skipped), "asked to go on with what was never said: \(given)")
    var rest: [String] = []
    var counts = (prompt: 7, completion: 0)
    var position = 0
    for token in tokens {
      let end = position + Self.unescaped(token).count
      defer { position = end }
      let count = end > position ? 1 : 0
      if position >= skipped.count || startsOver {
        if let limit, counts.completion + count > limit { break }
        rest.append(token)
        counts.completion += count
      } else {
        if end > skipped.count { rest.append(Self.escaped(units[skipped.count..<end])) }
        counts.prompt += count
      }
    }
    // The token that would end the answer has no room either.
    let isCut = limit.map { counts.completion >= $0 } ?? false
    return render(rest, counts, isCut: isCut, usage: usage)
  }

  private static func escaped(_ units: ArraySlice<UInt16>) -> String {
    units.map { "\\u" + ("000" + String($0, radix: 16)).suffix(4) }.joined()
  }

  private func render(
    _ tokens: [String], _ counts: (prompt: Int, completion: Int), isCut: Bool, usage: Bool
  ) -> [String] {
    func event(_ choices: String, _ more: String = "") -> String {
      "data: {\"choices\":[\(choices)],\"created\":\(id.count),\"id\":\"\(id)\",\"model\":\"m-\(id)\","
        + "\"object\":\"chat.completion.chunk\"\(more)}\n\n"
    }
    func choice(_ delta: String, _ reason: String = "null") -> String {
      "{\"finish_reason\":\(reason),\"index\":0,\"delta\":{\(delta)}}"
    }
    var events = sendsRole ? [event(choice("\"role\":\"assistant\",\"content\":null"))] : []
    for (index, token) in tokens.enumerated() {
      let role = !sendsRole && index == 0 ? "\"role\":\"assistant\"," : ""
      events.append(event(choice("\(role)\"content\":\"\(token)\"")))
    }
    events.append(event(choice("", isCut ? "\"length\"" : "\"stop\"")))
    if usage {
      events.append(
        event(
          "",
          ",\"usage\":{\"completion_tokens\":\(counts.completion),\"prompt_tokens\":\(counts.prompt),"
            + "\"total_tokens\":\(counts.completion + counts.prompt)}"))
    }
    return events + ["data: [DONE]\n\n"]
  }
}
