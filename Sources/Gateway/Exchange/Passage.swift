import Decisions
import Dialects
import NIOCore
import Orbits

/// How a request gets to one backend and the answer back: what is said in whose words.
enum Passage {
  /// The backend speaks the client's family, and everything is passed on as it is.
  case unchanged
  /// The backend speaks another family.
  case translated(Translation)
  /// The backend counts tokens of a text, and nothing more.
  case tokenized(TokenCount)

  /// The family that the backend is spoken to in; `nil` for what belongs to none.
  func dialect(of inference: Route.Inference) -> Family? {
    switch self {
    case .unchanged: inference.family
    case .translated(let translation): translation.dialect
    case .tokenized: nil
    }
  }

  /// The path at a backend whose API begins at `base`.
  func path(_ inference: Route.Inference, base: String) -> String {
    switch self {
    case .unchanged: return base + inference.suffix
    case .translated(let translation): return base + translation.dialect.suffix
    // Tokenizers stand beside the API, not in it (llama.cpp's server, vLLM).
    case .tokenized: return (base.hasSuffix("/v1") ? base.dropLast(3) : base[...]) + "/tokenize"
    }
  }

  /// Bytes of a body made for the backend, which are held as long as the attempt lasts.
  var bodyBytes: Int {
    switch self {
    case .unchanged: 0
    case .translated(let translation): translation.body.count
    case .tokenized(let count): count.body.count
    }
  }

  /// A backend's whole answer in the client's words, what it counts, and whether that is an estimate since
  /// a tokenizer gave no number.
  func answer(
    _ body: ByteBuffer, to request: InferenceRequest
  ) throws(UpstreamResponse.Unusable) -> (body: ByteBuffer, usage: AnswerUsage?, isEstimate: Bool) {
    switch self {
    case .unchanged:
      guard let scan = AnswerScan(body) else {
        throw .init(fault: .providerBadAnswer, detail: "an answer that is not a JSON object")
      }
      return (request.recoded(body), scan.usage, false)
    case .translated(let translation):
      do throws(UnreadableAnswer) {
        let answer = try body.withBytes { bytes throws(UnreadableAnswer) in
          try translation.answer(bytes)
        }
        return (ByteBuffer(bytes: answer.body), answer.usage, false)
      } catch {
        throw .init(fault: .providerBadAnswer, detail: error.detail)
      }
    case .tokenized(let count):
      let tokens = body.withUnsafeReadableBytes { TokenCount.tokens(in: $0) }
      return (ByteBuffer(bytes: count.answer(tokens)), nil, tokens == nil)
    }
  }
}

extension Family {
  /// What comes after `/v1` in the path of this family.
  var suffix: String {
    switch self {
    case .chat: "/chat/completions"
    case .completions: "/completions"
    case .responses: "/responses"
    case .messages: "/messages"
    }
  }
}

extension InferenceRequest {
  /// The way through to a backend that speaks `families`, the preferred one first.
  func passage(
    to families: [Family], upstreamModel: String, id: String, time: UTC, countsStreams: Bool = true
  ) throws(Untranslatable) -> Passage {
    guard let family = inference.family else {
      if families == [.messages] {
        throw Untranslatable(
          "model", "The backend that serves this model speaks messages, which have no embeddings.")
      }
      return .unchanged
    }
    if families.contains(family) { return .unchanged }
    if inference == .countTokens {
      return .tokenized(
        try body.withBytes { bytes throws(Untranslatable) in
          try TokenCount(messages: bytes, upstreamModel: upstreamModel)
        })
    }
    let seconds = Int(time.nanosecondsSince1970 / 1_000_000_000)
    let dialect = families.first ?? .chat
    return .translated(
      try body.withBytes { bytes throws(Untranslatable) in
        try Translation(
          bytes, from: family, to: dialect, upstreamModel: upstreamModel, requestID: id,
          createdSeconds: seconds, countsStreams: countsStreams)
      })
  }

  /// Embeddings in the encoding that was asked for, where the backend gave the other one.
  fileprivate func recoded(_ body: ByteBuffer) -> ByteBuffer {
    guard inference == .embeddings else { return body }
    let wanted: EmbeddingEncoding = content.wantsBase64 ? .base64 : .floats
    let recoded = body.withUnsafeReadableBytes { EmbeddingEncoding.recode($0, as: wanted) }
    return recoded.map { ByteBuffer(bytes: $0) } ?? body
  }
}

extension ByteBuffer {
  /// Calls `read` with the bytes, and throws what it throws.
  func withBytes<Value, Failure: Error>(
    _ read: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result: Result<Value, Failure> = withUnsafeReadableBytes { bytes in
      do throws(Failure) {
        return .success(try read(bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
