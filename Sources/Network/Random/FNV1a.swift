/// FNV-1a, 64 bits (Fowler, Noll, Vo): a number for bytes that is the same in every run and on every machine,
/// which `Hasher`'s is not. It tells apart what differs by accident, and protects from no one.
public struct FNV1a: Sendable, Equatable {
  /// The hash of what was added.
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Of nothing yet.
  public init() {}

  /// Adds one more byte.
  public mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Adds a text's UTF-8.
  public mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
  }
}

extension String {
  /// A number for a text that is the same in every run and on every machine: ``FNV1a`` over its UTF-8.
  public var stableHash: UInt64 {
    var hash = FNV1a()
    hash.add(self)
    return hash.value
  }
}
