import Network

/// A short name for the content of files, so that a report can say what it is of.
///
/// ``FNV1a`` of the texts and their lengths: it tells files apart that differ by accident, and protects from
/// no one.
public struct ContentDigest: Sendable, Equatable {
  private var hash = FNV1a()

  /// Of no text yet.
  public init() {}

  /// Adds the text of one more file.
  public mutating func add(_ text: String) {
    hash.add(text)
    var length = UInt64(text.utf8.count)
    for _ in 0..<8 {
      hash.add(UInt8(truncatingIfNeeded: length))
      length >>= 8
    }
  }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = String(hash.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
