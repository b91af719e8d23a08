import Decisions
import TestSupport
import Testing

@Suite struct DigestTests {
  private func hex(_ digest: Digest) -> String {
    digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The examples of FIPS 180-4 (NIST, "Cryptographic Standards and Guidelines: SHA-256") and, for a
  /// million letters, of the NESSIE vectors.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func published(_ text: String, _ expected: String) {
    #expect(hex(Digest(of: text.utf8)) == expected)
  }

  @Test func bytesThereAndBack() {
    let digest = Digest(of: "x".utf8)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
    #expect(Digest(of: "y".utf8) != digest)
  }
}

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
