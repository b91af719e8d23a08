/// The body that asks for the continuation of an answer: the original one, byte for byte, but for what
/// has to change.
struct ContinuedRequest: Sendable {
  private let edits: Edits
  private let modelPlace: Range<Int>?
  private let length: Int
  /// Whether the stream is to end with a chunk that counts.
  let wantsUsage: Bool

  /// - Parameters:
  ///   - asked: The original request.
  ///   - given: The text to go on after, in UTF-8; the request stays as it was without one.
  ///   - producedTokens: How many tokens of the answer's limit are used up.
  ///   - length: The original body's length, bytes.
  init(
    asked: AskedRequest, given: [UInt8], producedTokens: Int, aim: Continuation.Aim,
    form: StreamedAnswer.Form, length: Int
  ) {
    self.length = length
    modelPlace = asked.model
    wantsUsage = asked.wantsUsage
    var edits = Edits()
    for limit in asked.limits {
      let lowered = aim == .usage ? 0 : limit.value - producedTokens
      edits.replace(limit.place, with: Array(String(max(limit.floor, lowered)).utf8))
    }
    if aim == .usage, !asked.limits.contains(where: { $0.floor > 0 }) {
      edits.insert(Array(",\"max_tokens\":1".utf8), at: asked.end)
    }
    if !given.isEmpty {
      Self.open(asked, given, &edits)
      if form == .chat { Self.setFlags(asked, &edits) }
    }
    self.edits = edits
  }

  /// Puts the text so far where the backend goes on with it.
  private static func open(_ asked: AskedRequest, _ given: [UInt8], _ edits: inout Edits) {
    var text: [UInt8] = []
    text.reserveCapacity(given.count + 64)
    switch asked.opening {
    case .message(let place):
      text += Array(",{\"role\":\"assistant\",\"content\":\"".utf8)
      text.appendEscaped(given)
      text += Array("\"}".utf8)
      edits.insert(text, at: place)
    case .text(let place):
      text.appendEscaped(given)
      edits.insert(text, at: place)
    case nil: break
    }
  }

  /// vLLM and SGLang go on with the last message only if told so; llama.cpp does either way.
  private static func setFlags(_ asked: AskedRequest, _ edits: inout Edits) {
    if let place = asked.continueFlag {
      edits.replace(place, with: Array("true".utf8))
    } else {
      edits.insert(Array(",\"continue_final_message\":true".utf8), at: asked.end)
    }
    if let place = asked.promptFlag {
      edits.replace(place, with: Array("false".utf8))
    } else {
      edits.insert(Array(",\"add_generation_prompt\":false".utf8), at: asked.end)
    }
  }

  /// The body; `model` is the name to ask for, if it is another.
  func pieces(model: String?) -> [Piece] {
    guard let model, let modelPlace else { return edits.pieces(of: length) }
    var all = edits
    var name = [UInt8(ascii: "\"")]
    name.appendEscaped(model.utf8)
    name.append(UInt8(ascii: "\""))
    all.replace(modelPlace, with: name)
    return all.pieces(of: length)
  }
}
