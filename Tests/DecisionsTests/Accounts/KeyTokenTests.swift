import Decisions
import Digests
import TestSupport
import Testing

@Suite struct KeyTokenTests {
  @Test func tokensAreReadBackAndUnlikeEachOther() throws {
    var random = Seeded(7)
    var seen: Set<String> = []
    for _ in 0..<500 {
      let token = KeyToken(using: &random)
      #expect(KeyToken(token.text[...]) == token)
      #expect(token.text.utf8.count == 49 && token.text.hasPrefix("pgk_\(token.id)_"))
      #expect(seen.insert(token.text).inserted)
      #expect(token.digest == Digest(of: token.text.utf8))
    }
  }

  @Test func oneWrongDigitIsNoticed() {
    var random = Seeded(8)
    var unnoticed = 0
    for _ in 0..<300 {
      let token = KeyToken(using: &random)
      var bytes = Array(token.text.utf8)
      let index = Int.random(in: 4..<bytes.count, using: &random)
      let old = bytes[index]
      bytes[index] = old == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
      if KeyToken(String(decoding: bytes, as: UTF8.self)[...]) != nil { unnoticed += 1 }
    }
    // One in a million passes the check by chance.
    #expect(unnoticed == 0)
  }

  @Test(arguments: ["", "pgk_", "pgk__", "sk-123", "pgk_aaaaaaaa_bbbb", "pgk_ÄÄÄÄ_x"])
  func others(_ text: String) { #expect(KeyToken(text[...]) == nil) }
}
