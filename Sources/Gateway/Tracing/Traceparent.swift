/// The `traceparent` header field: `00-` trace id `-` parent id `-` flags, in lower-case hexadecimal.
struct Traceparent: Equatable {
  /// Characters of version 00.
  static let length = 55

  var high: UInt64
  var low: UInt64
  var parent: UInt64
  var isSampled: Bool

  /// Reads a field. Of a version yet to come only the parts that are in version 00 are read, as the
  /// standard asks; what is not well-formed is as if it were not there: `nil`.
  init?(_ text: String) {
    var text = text
    let read = text.withUTF8 { Self.read($0) }
    guard let read else { return nil }
    self = read
  }

  private init(high: UInt64, low: UInt64, parent: UInt64, isSampled: Bool) {
    self.high = high
    self.low = low
    self.parent = parent
    self.isSampled = isSampled
  }

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Traceparent? {
    let dash = UInt8(ascii: "-")
    guard bytes.count >= length, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
      let version = hex(bytes, 0, 2), version != 0xFF,
      bytes.count == length || (version > 0 && bytes[length] == dash),
      let high = hex(bytes, 3, 16), let low = hex(bytes, 19, 16), high | low != 0,
      let parent = hex(bytes, 36, 16), parent != 0, let flags = hex(bytes, 53, 2)
    else { return nil }
    return Traceparent(high: high, low: low, parent: parent, isSampled: flags & 1 == 1)
  }

  private static func hex(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int
  ) -> UInt64? {
    var value: UInt64 = 0
    for index in start..<(start + count) {
      let byte = bytes[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      default: return nil
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  /// Writes a field of version 00 into 55 bytes.
  static func write(
    _ high: UInt64, _ low: UInt64, _ span: UInt64, _ isSampled: Bool,
    to bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    let dash = UInt8(ascii: "-")
    write(0, digits: 2, to: bytes, at: 0)
    bytes[2] = dash
    write(high, digits: 16, to: bytes, at: 3)
    write(low, digits: 16, to: bytes, at: 19)
    bytes[35] = dash
    write(span, digits: 16, to: bytes, at: 36)
    bytes[52] = dash
    write(isSampled ? 1 : 0, digits: 2, to: bytes, at: 53)
  }

  private static func write(
    _ value: UInt64, digits count: Int, to bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int
  ) {
    for index in 0..<count {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * (count - 1 - index)) & 15)
      bytes[start + index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
  }
}
