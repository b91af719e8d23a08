import Foundation
import TestSupport
import Testing

@testable import Dialects

@Suite struct EmbeddingEncodingTests {
  private func recode(_ answer: [UInt8], as wanted: EmbeddingEncoding) -> [UInt8]? {
    answer.withUnsafeBytes { EmbeddingEncoding.recode($0, as: wanted) }
  }

  private func answer(_ embedding: JSONValue) -> JSONValue {
    ["object": "list", "data": [["index": 0, "embedding": embedding]], "x": [.number("1.50")]]
  }

  @Test func base64IsFoundations() {
    var random = RandomValues(20)
    for count in 0..<100 {
      let bytes = (0..<count).map { _ in UInt8(random.below(256)) }
      let text = Data(bytes).base64EncodedString()
      #expect(Base64.text(bytes) == text)
      #expect(Base64.bytes(text) == bytes)
    }
    for text in ["a", "abc", "ab=c", "====", "a===", "ab c"] { #expect(Base64.bytes(text) == nil) }
  }

  @Test func floatsComeBackTheSame() throws {
    var random = RandomValues(21)
    for _ in 0..<200 {
      let floats = (0..<random.below(9)).map { _ in
        Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random.random))
      }.filter(\.isFinite)
      let whole = answer(.array(floats.map { .number("\($0)") }))
      let packed = try #require(recode(whole.bytes, as: .base64))
      #expect(recode(packed, as: .base64) == nil)
      #expect(recode(packed, as: .floats) == whole.bytes)
    }
  }

  @Test func littleEndianAndAsPythonHasThem() throws {
    let packed = recode(answer([.number("0.5"), .number("-1.25")]).bytes, as: .base64)
    #expect(packed == answer("AAAAPwAAoL8=").bytes)
  }

  @Test func whatIsNoSuchAnswerIsLeftAlone() {
    for text in [#"{"data":[]}"#, #"{"error":{}}"#, "[]", "", #"{"data":[{"embedding":[true]}]}"#] {
      #expect(recode(Array(text.utf8), as: .base64) == nil)
    }
    #expect(recode(answer("AAA=").bytes, as: .floats) == nil)
    #expect(recode(answer("AADAfw==").bytes, as: .floats) == nil)
  }

  @Test func damagedAnswersNeverTrap() {
    var random = RandomValues(22)
    for _ in 0..<500 {
      let embedding: JSONValue = random.oneIn(2) ? "AAAAPwAAoL8=" : [.number("0.5"), 1]
      let bytes = random.damaged(answer(embedding).bytes)
      _ = recode(bytes, as: .base64)
      _ = recode(bytes, as: .floats)
    }
  }
}

@Suite struct TokenCountTests {
  @Test func absurdCountsAreNotBelieved() throws {
    let absurd = tokens(#"{"count":9223372036854775807}"#)
    #expect(absurd == AnswerUsage.mostTokens)
    let request = try count(#"{"model":"m","messages":[{"role":"user","content":"sea"}]}"#)
    #expect(!request.answer(absurd).isEmpty)
    let usage = AnswerUsage(input: .max, output: .min, cachedInput: .max)
    #expect(usage == AnswerUsage(input: 1 << 31, output: 0, cachedInput: 1 << 31))
  }

  private func count(_ text: String) throws -> TokenCount {
    try Array(text.utf8).withUnsafeBytes { bytes in
      try TokenCount(messages: bytes, upstreamModel: "m")
    }
  }

  private func tokens(_ text: String) -> Int? {
    Array(text.utf8).withUnsafeBytes { TokenCount.tokens(in: $0) }
  }

  @Test func tokenizersAreReadInBothWords() {
    #expect(tokens(#"{"tokens":[1,2,3]}"#) == 3)
    #expect(tokens(#"{"count":7,"tokens":[1]}"#) == 7)
    #expect(tokens(#"{"error":"no"}"#) == nil)
    #expect(tokens("<p>") == nil)
  }

  @Test func everythingThatIsSentCounts() throws {
    let request = try count(
      #"""
      {"model":"m","system":"aaaa","messages":[{"role":"user","content":[{"type":"text","text":"日本"},
      {"type":"image","source":{"type":"url","url":"https://example.org/a.png"}}]}]}
      """#)
    #expect(request.answer(nil) == Array(#"{"input_tokens":\#(1 + 2 + 1600 + 2 * 4)}"#.utf8))
    #expect(request.answer(10) == Array(#"{"input_tokens":\#(10 + 1600 + 2 * 4)}"#.utf8))
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == #"{"model":"m","content":"aaaa日本","prompt":"aaaa日本"}"#)
  }

  @Test func damagedRequestsNeverTrap() {
    var random = RandomValues(23)
    for _ in 0..<200 {
      guard let request = try? random.conversation().messagesRequest().body else { continue }
      let bytes = random.damaged(JSONValue.object(request).bytes)
      bytes.withUnsafeBytes { _ = try? TokenCount(messages: $0, upstreamModel: "m") }
    }
  }
}
