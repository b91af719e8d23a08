/// How much a message may hold. A few bytes on the wire can stand for an empty message, which takes a
/// hundred in memory: so values are counted, not only bytes.
public struct DecodingLimits: Sendable {
  /// Messages within messages.
  public var depth = 32
  /// Numbers, texts and the like, all together: the older terminals' history of twelve hours has 300,000.
  public var values = 500_000
  /// Messages, all together.
  public var messages = 20_000

  /// The limits for what a terminal answers.
  public init() {}
}

extension Schema {
  /// Reads a message.
  ///
  /// Fields that the definition has not, or whose wire type contradicts it, are passed over. Where a field
  /// that stands once is there several times, the last counts.
  ///
  /// - Throws: ``WireError`` for bytes that are not a message, or one beyond the limits.
  public func decode(
    _ bytes: [UInt8], as typeName: String, limits: DecodingLimits = DecodingLimits()
  ) throws(WireError) -> DynamicMessage {
    guard let type = messages[typeName] else { throw .unknownType(typeName) }
    var decoder = MessageDecoder(schema: self, limits: limits)
    return try decoder.message(bytes[...], type, depth: 1)
  }
}

/// One decoding, with what is left of its limits.
private struct MessageDecoder {
  let schema: Schema
  let limits: DecodingLimits
  private var valuesLeft: Int
  private var messagesLeft: Int

  init(schema: Schema, limits: DecodingLimits) {
    self.schema = schema
    self.limits = limits
    valuesLeft = limits.values
    messagesLeft = limits.messages
  }

  mutating func message(
    _ bytes: ArraySlice<UInt8>, _ type: Schema.Message, depth: Int
  ) throws(WireError) -> DynamicMessage {
    guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
    messagesLeft -= 1
    guard messagesLeft >= 0 else { throw .tooManyValues(limit: limits.messages) }
    var message = DynamicMessage(type: type, schema: schema)
    var reader = WireReader(bytes)
    while let (number, content) = try reader.next() {
      guard let field = type.field(numbered: number) else { continue }
      if let value = try value(content, of: field, depth: depth) {
        try count()
        if field.isRepeated {
          message.values[number, default: []].append(value)
        } else {
          message.values[number] = [value]
        }
      } else if case .bytes(let packed) = content, field.isRepeated, field.kind.isPackable {
        try unpack(packed, field, into: &message.values[number, default: []])
      }
    }
    return message
  }

  private mutating func count() throws(WireError) {
    valuesLeft -= 1
    guard valuesLeft >= 0 else { throw .tooManyValues(limit: limits.values) }
  }

  private mutating func unpack(
    _ bytes: ArraySlice<UInt8>, _ field: Schema.Field, into values: inout [DynamicMessage.Value]
  ) throws(WireError) {
    var reader = WireReader(bytes)
    while !reader.isAtEnd {
      let content: WireReader.Content =
        switch field.kind.wireType {
        case 0: .varint(try reader.varint())
        case 1: .fixed64(try reader.fixed64())
        default: .fixed32(try reader.fixed32())
        }
      guard let value = field.kind.scalar(content) else { return }
      try count()
      values.append(value)
    }
  }

  /// The field's value; `nil` where the content is of another wire type than the definition's.
  private mutating func value(
    _ content: WireReader.Content, of field: Schema.Field, depth: Int
  ) throws(WireError) -> DynamicMessage.Value? {
    guard case .bytes(let bytes) = content else { return field.kind.scalar(content) }
    switch field.kind {
    case .string: return .text(String(decoding: bytes, as: UTF8.self))
    case .bytes: return .bytes(Array(bytes))
    case .message:
      guard let type = field.typeName.flatMap({ schema.messages[$0] }) else { return nil }
      return .message(try message(bytes, type, depth: depth + 1))
    default: return nil
    }
  }
}

extension Schema.Kind {
  /// Whether repeated values of this kind may stand together in one field.
  var isPackable: Bool { wireType != 2 && self != .group }

  /// The wire type of a single value.
  var wireType: Int {
    switch self {
    case .int64, .uint64, .int32, .bool, .uint32, .enumeration, .sint32, .sint64: 0
    case .double, .fixed64, .sfixed64: 1
    case .string, .message, .bytes: 2
    case .group: 3
    case .float, .fixed32, .sfixed32: 5
    }
  }

  /// A value of this kind from what is on the wire; `nil` where the wire type is another's.
  fileprivate func scalar(_ content: WireReader.Content) -> DynamicMessage.Value? {
    switch (self, content) {
    case (.int64, .varint(let bits)): .integer(Int64(bitPattern: bits))
    case (.int32, .varint(let bits)), (.enumeration, .varint(let bits)):
      .integer(Int64(Int32(truncatingIfNeeded: bits)))
    case (.sint32, .varint(let bits)), (.sint64, .varint(let bits)):
      .integer(Int64(bitPattern: bits >> 1) ^ -Int64(bits & 1))
    case (.uint64, .varint(let bits)): .unsigned(bits)
    case (.uint32, .varint(let bits)): .unsigned(bits & 0xFFFF_FFFF)
    case (.bool, .varint(let bits)): .flag(bits != 0)
    case (.double, .fixed64(let bits)): .real(Double(bitPattern: bits))
    case (.fixed64, .fixed64(let bits)): .unsigned(bits)
    case (.sfixed64, .fixed64(let bits)): .integer(Int64(bitPattern: bits))
    case (.float, .fixed32(let bits)): .real(Double(Float(bitPattern: bits)))
    case (.fixed32, .fixed32(let bits)): .unsigned(UInt64(bits))
    case (.sfixed32, .fixed32(let bits)): .integer(Int64(Int32(bitPattern: bits)))
    default: nil
    }
  }
}
