/// A short name for the content of files, so that a report can say what it is of.
///
/// FNV-1a of the texts and their lengths, 64 bits: it tells files apart that differ by accident, and
/// protects from no one.
public struct ContentDigest: Sendable, Equatable {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Of no text yet.
  public init() {}

  /// Adds the text of one more file.
  public mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    var length = UInt64(text.utf8.count)
    for _ in 0..<8 {
      add(UInt8(truncatingIfNeeded: length))
      length >>= 8
    }
  }

  private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
