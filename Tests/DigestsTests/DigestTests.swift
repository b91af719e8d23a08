import Digests
import Testing

@Suite struct DigestTests {
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
    #expect(Digest(of: text.utf8).hexadecimal == expected)
  }

  @Test func bytesThereAndBack() {
    let digest = Digest(of: "x".utf8)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
    #expect(Digest(of: "y".utf8) != digest)
  }

  /// However the bytes lie in memory, and however they fill blocks.
  @Test(arguments: 0...200) func storageMakesNoDifference(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(Digest(of: bytes.lazy.map { $0 }) == Digest(of: bytes))
    #expect(Digest(of: ([1, 2, 3] + bytes)[3...]) == Digest(of: bytes))
  }

  /// The digest of the digests of messages of every length over three blocks, as Python's hashlib gives it.
  @Test func everyLength() {
    var digests: [UInt8] = []
    for count in 0...200 {
      digests += Digest(of: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }).bytes
    }
    #expect(
      Digest(of: digests).hexadecimal
        == "c43614ca86d050b81500ab839e2b7e83381ef396e722c27d3e537ab57268e893")
  }
}
