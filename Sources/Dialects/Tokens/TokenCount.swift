/// How many tokens a request for a message has: counted by a backend's tokenizer where there is one,
/// else estimated.
public struct TokenCount: Sendable, Equatable {
  /// The request for a tokenizer, in the words of llama.cpp's server (`content`) and vLLM's (`prompt`).
  public let body: [UInt8]
  private let text: String
  /// Tokens that are in no text: those between turns, and of pictures.
  private let overhead: Int

  /// Of a picture: what Anthropic says of the largest ones.
  private static let tokensPerImage = 1600
  /// The marks that a chat template puts around a turn, about.
  private static let tokensPerTurn = 4

  /// Reads a request for a message.
  public init(
    messages bytes: UnsafeRawBufferPointer, upstreamModel: String
  ) throws(Untranslatable) {
    guard let value = try? JSONValue.parse(bytes), let object = value.object else {
      throw Untranslatable("body", "It is not a JSON object.")
    }
    let conversation = try Conversation(messages: object)
    var text = ""
    var images = 0
    for turn in conversation.turns { Self.add(turn.parts, to: &text, &images) }
    for tool in conversation.tools { text += tool.messages.serialized }
    self.text = text
    overhead = images * Self.tokensPerImage + conversation.turns.count * Self.tokensPerTurn
    let request: JSONValue = [
      "model": .string(upstreamModel), "content": .string(text), "prompt": .string(text),
    ]
    body = request.bytes
  }

  private static func add(_ parts: [Part], to text: inout String, _ images: inout Int) {
    for part in parts {
      switch part {
      case .text(let more), .refusal(let more): text += more
      case .image, .file: images += 1
      case .toolCall(let call): text += call.name + call.arguments
      case .toolResult(let result): add(result.parts, to: &text, &images)
      }
    }
  }

  /// The number in a tokenizer's answer: of llama.cpp's server or vLLM's. `nil` where it is neither.
  public static func tokens(in answer: UnsafeRawBufferPointer) -> Int? {
    guard let value = try? JSONValue.parse(answer) else { return nil }
    let count = value["count"]?.integer ?? value["tokens"]?.array?.count
    return count.map { min(max(0, $0), AnswerUsage.mostTokens) }
  }

  /// The answer to the client: `tokens` of the text as a tokenizer counts them, or else an estimate.
  public func answer(_ tokens: Int?) -> [UInt8] {
    let answer: JSONValue = ["input_tokens": .integer((tokens ?? estimate) + overhead)]
    return answer.bytes
  }

  /// A rule of thumb: four bytes of ASCII to a token, two letters of other alphabets, and one of those
  /// scripts that write a syllable or a word with each.
  private var estimate: Int {
    var quarters = 0
    for scalar in text.unicodeScalars {
      quarters += scalar.value < 0x80 ? 1 : scalar.value < 0x2e80 ? 2 : 4
    }
    return (quarters + 3) / 4
  }
}
