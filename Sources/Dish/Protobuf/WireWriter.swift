/// Writes fields in the protocol buffers wire format.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func fixed32(_ value: UInt32) {
    for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func fixed64(_ value: UInt64) {
    fixed32(UInt32(truncatingIfNeeded: value))
    fixed32(UInt32(truncatingIfNeeded: value >> 32))
  }

  mutating func append(_ more: [UInt8]) { bytes += more }

  mutating func tag(_ number: Int, wireType: Int) { varint(UInt64(number) << 3 | UInt64(wireType)) }

  /// A field of bytes: a text, a message or packed numbers.
  mutating func field(_ number: Int, _ content: [UInt8]) {
    tag(number, wireType: 2)
    varint(UInt64(content.count))
    bytes += content
  }
}
