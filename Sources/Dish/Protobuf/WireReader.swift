/// Reads the fields of a message in the protocol buffers wire format, one after another, without
/// knowing what they mean (protobuf.dev, "Encoding").
struct WireReader {
  /// What stands in a field.
  enum Content: Equatable {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32(UInt32)
  }

  private static let maximumGroupDepth = 32
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next field; `nil` at the end. Groups, which no current definition uses, are passed over.
  mutating func next() throws(WireError) -> (number: Int, content: Content)? {
    while !rest.isEmpty {
      let (number, type) = try tag()
      switch type {
      case 3: try skipGroup(number, depth: 1)
      case 4: throw .unbalancedGroup
      default: return (number, try content(type))
      }
    }
    return nil
  }

  /// A base-128 integer, least significant group first.
  mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
      if shift >= 70 { throw .overlongInteger }
    }
    throw .truncated
  }

  /// Four bytes, least significant first.
  mutating func fixed32() throws(WireError) -> UInt32 {
    try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Eight bytes, least significant first.
  mutating func fixed64() throws(WireError) -> UInt64 {
    try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func tag() throws(WireError) -> (number: Int, type: Int) {
    let tag = try varint()
    guard (1...0x1FFF_FFFF).contains(tag >> 3) else { throw .badFieldNumber(tag >> 3) }
    return (Int(tag >> 3), Int(tag & 7))
  }

  private mutating func content(_ type: Int) throws(WireError) -> Content {
    switch type {
    case 0: return .varint(try varint())
    case 1: return .fixed64(try fixed64())
    case 2:
      let length = try varint()
      guard length <= UInt64(rest.count) else { throw .truncated }
      return .bytes(try take(Int(length)))
    case 5: return .fixed32(try fixed32())
    default: throw .badWireType(type)
    }
  }

  private mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .truncated }
    let taken = rest.prefix(count)
    rest = rest.dropFirst(count)
    return taken
  }

  private mutating func skipGroup(_ number: Int, depth: Int) throws(WireError) {
    guard depth <= Self.maximumGroupDepth else { throw .tooDeep(limit: Self.maximumGroupDepth) }
    while !rest.isEmpty {
      let (inner, type) = try tag()
      switch type {
      case 3: try skipGroup(inner, depth: depth + 1)
      case 4:
        guard inner == number else { throw .unbalancedGroup }
        return
      default: _ = try content(type)
      }
    }
    throw .truncated
  }
}
