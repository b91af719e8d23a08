import NIOCore

@testable import Dialects
@testable import Gateway

/// JSON, and what the gateway reads of it without building anything.
enum JSONTargets {
  /// The walker and the builder accept the same texts; what is written reads back as the same value.
  static func values(_ bytes: UnsafeRawBufferPointer) {
    var scanner = JSONScanner(bytes)
    var isValid = false
    do throws(JSONFault) {
      try scanner.skipValue(depth: 0)
      try scanner.finish()
      isValid = true
    } catch {
      demand(error.offset <= bytes.count, "a fault beyond the end")
      demand(error.line(in: bytes) >= 1, "a fault in no line")
    }
    let value = try? JSONValue.parse(bytes)
    demand((value != nil) == isValid, "the walker and the builder disagree")
    guard let value else { return }
    demand((try? JSONValue.parse(value.bytes)) == value, "what is written reads back otherwise")
    _ = value.integer
    _ = EmbeddingEncoding.recode(bytes, as: .base64)
    _ = EmbeddingEncoding.recode(bytes, as: .floats)
  }

  /// An edited body is a body, of the other model, that asks for usage or does not, as wanted.
  static func body(_ bytes: UnsafeRawBufferPointer) {
    let buffer = ByteBuffer(bytes: bytes)
    guard let scan = try? InferenceBody.scan(buffer) else { return }
    demand(
      (try? JSONValue.parse(bytes))?["model"]?.text == scan.model, "another model than the body's")
    for wish in [InferenceBody.UsageWish.unchanged, .asked, .withheld] {
      var edited = ByteBuffer()
      for var piece in scan.edited(buffer, model: "other\"model", usage: wish) {
        edited.writeBuffer(&piece)
      }
      let again = try? InferenceBody.scan(edited)
      demand(again?.model == "other\"model", "the model was not replaced")
      demand(again?.stream == scan.stream, "an edit changes the rest")
      demand(again?.maximumTokens == scan.maximumTokens, "an edit changes the limit")
      let asks = wish == .unchanged ? scan.includesUsage : wish == .asked
      demand(again?.includesUsage == asks, "usage is asked for where it should not be, or is not")
    }
  }

  static func answers(_ bytes: UnsafeRawBufferPointer) {
    let buffer = ByteBuffer(bytes: bytes)
    let isObject = (try? JSONValue.parse(bytes))?.object != nil
    let scan = AnswerScan(buffer)
    demand((scan != nil) == isObject, "a scan of what is no object")
    _ = scan?.usage
    _ = AnswerScan.type(of: buffer)
    _ = AnswerScan.sequenceNumber(of: buffer)
    _ = AnswerScan.hasNoChoices(buffer)
    _ = StartUpScan.isStartUp(buffer)
    _ = TokenCount.tokens(in: bytes)
  }
}
