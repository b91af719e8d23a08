import Foundation
import TestSupport
import Testing

@testable import Dialects

@Suite struct JSONScannerTests {
  private func isValid(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { JSONScanner.isValid($0) }
  }

  private func fault(_ text: String) -> JSONFault? {
    Array(text.utf8).withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes)
      do throws(JSONFault) {
        try scanner.skipValue()
        try scanner.finish()
        return nil
      } catch {
        return error
      }
    }
  }

  @Test(arguments: [
    "{}", "[]", "null", "true", "false", "0", "-0", "1.5e+10", "\"\"", " [1, 2 ,3] ",
    #"{"a":{"b":[{"c":"d"}]},"é":"\u00e9\n\"\\\/"}"#, "\"日本語 🛰️\"", #""\ud83d\ude80""#,
    "{\"a\":1,\"a\":2}", "\"plain text that is longer than eight bytes\"",
  ])
  func acceptsJSON(_ text: String) { #expect(fault(text) == nil) }

  @Test(arguments: [
    ("", 0, JSONFault.Reason.emptyText), ("{", 1, .expectedKey), ("[1,]", 3, .expectedValue),
    ("{\"a\":1,}", 7, .expectedKey), ("{\"a\" 1}", 5, .expectedColon), ("01", 1, .trailingText),
    ("[1 2]", 3, .expectedCommaOrBracket), ("{\"a\":1 \"b\":2}", 7, .expectedCommaOrBrace),
    ("1.", 2, .badNumber), ("-", 1, .badNumber), ("1e", 2, .badNumber), ("+1", 0, .expectedValue),
    ("tru", 0, .badLiteral), ("nulL", 0, .badLiteral), ("\"abc", 0, .unterminatedString),
    ("\"a\nb\"", 2, .controlCharacter), (#""\x""#, 1, .badEscape), (#""\u12g4""#, 1, .badEscape),
    ("{} {}", 3, .trailingText), ("'a'", 0, .expectedValue), ("NaN", 0, .expectedValue),
    ("[1", 2, .expectedCommaOrBracket), ("\u{feff}{}", 0, .expectedValue),
  ])
  func namesThePlace(_ text: String, _ offset: Int, _ reason: JSONFault.Reason) {
    #expect(fault(text) == JSONFault(offset: offset, reason: reason))
  }

  @Test(
    arguments: [
      [0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x28, 0xa1], [0xff],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
    let quote: [UInt8] = [0x22]
    #expect(!isValid(quote + bytes + quote))
    #expect(!isValid(quote + Array("padding.".utf8) + bytes + quote))
  }

  @Test func boundsTheDepth() {
    let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(fault(deep) == nil)
    #expect(fault("[" + deep + "]")?.reason == .tooDeep)
    #expect(fault(String(repeating: "[", count: 1_000_000))?.reason == .tooDeep)
  }

  /// Foundation is the judge of what is JSON, but for commas before a closing bracket, which it lets pass.
  /// The mutations keep to bytes on which both are strict (no lone surrogates, no deep nesting).
  @Test func agreesWithFoundation() {
    let seeds = [
      #"{"model":"m","messages":[{"role":"user","content":"hi \u00e9\n"}],"stream":true,"n":-1.5e3}"#,
      #"[null,true,false,0,-1,12.5,"a\\b\"c",{"x":[[],{}]},"日本語"]"#,
      #"{"a":"","b":{"c":[1,2,3]},"d":1E-2}"#,
    ].map { Array($0.utf8) }
    let alphabet =
      Array("{}[],:\"\\/ue0123456789.-+Eenltrfas \n\t\r".utf8) + [0x00, 0x1f, 0xc3, 0xa9, 0xff]
    var random = Seeded(7)
    var valid = 0
    for round in 0..<20_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        guard !bytes.isEmpty else { break }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        case 2: bytes.remove(at: place)
        default: bytes.removeLast(bytes.count - place)
        }
      }
      let expected =
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
      valid += expected ? 1 : 0
      if expected, hasTrailingComma(bytes) { continue }
      #expect(
        isValid(bytes) == expected, "round \(round): \(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(valid > 1000)
  }

  private func hasTrailingComma(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes.filter { !Array(" \n\t\r".utf8).contains($0) }, as: UTF8.self)
    return text.contains(",]") || text.contains(",}")
  }

  @Test func plainTextIsSkippedAtEveryAlignment() {
    for padding in 0..<20 {
      let text = String(repeating: "x", count: padding)
      for tail in ["\"", "\\n\"", "é\"", "\n\""] {
        let isJSON = tail != "\n\""
        #expect(isValid(Array("\"\(text)\(tail)".utf8)) == isJSON)
      }
    }
  }
}
