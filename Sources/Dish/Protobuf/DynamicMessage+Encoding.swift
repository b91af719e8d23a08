extension DynamicMessage {
  /// The message in the wire format, fields in the order of their numbers. Repeated numbers are packed.
  /// Values of another kind than their field's are left out.
  public func encoded() -> [UInt8] {
    var writer = WireWriter()
    for (number, values) in values.sorted(by: { $0.key < $1.key }) {
      guard let field = type.field(numbered: number) else { continue }
      if field.isRepeated, field.kind.isPackable {
        var packed = WireWriter()
        for value in values { packed.scalar(value, field.kind) }
        writer.field(number, packed.bytes)
      } else {
        for value in values { writer.value(value, field) }
      }
    }
    return writer.bytes
  }
}

extension WireWriter {
  fileprivate mutating func value(_ value: DynamicMessage.Value, _ field: Schema.Field) {
    switch (field.kind, value) {
    case (.string, .text(let text)): self.field(field.number, Array(text.utf8))
    case (.bytes, .bytes(let bytes)): self.field(field.number, bytes)
    case (.message, .message(let message)): self.field(field.number, message.encoded())
    case (.string, _), (.bytes, _), (.message, _), (.group, _): break
    default:
      var scalar = WireWriter()
      scalar.scalar(value, field.kind)
      guard !scalar.bytes.isEmpty else { break }
      tag(field.number, wireType: field.kind.wireType)
      append(scalar.bytes)
    }
  }

  /// A single number without its tag.
  fileprivate mutating func scalar(_ value: DynamicMessage.Value, _ kind: Schema.Kind) {
    switch (kind, value) {
    case (.double, .real(let real)): fixed64(real.bitPattern)
    case (.float, .real(let real)): fixed32(Float(real).bitPattern)
    case (.bool, .flag(let flag)): varint(flag ? 1 : 0)
    case (.int64, .integer(let integer)), (.int32, .integer(let integer)),
      (.enumeration, .integer(let integer)):
      varint(UInt64(bitPattern: integer))
    case (.sint32, .integer(let integer)), (.sint64, .integer(let integer)):
      varint(UInt64(bitPattern: integer << 1 ^ integer >> 63))
    case (.sfixed64, .integer(let integer)): fixed64(UInt64(bitPattern: integer))
    case (.sfixed32, .integer(let integer)): fixed32(UInt32(truncatingIfNeeded: integer))
    case (.uint64, .unsigned(let unsigned)), (.uint32, .unsigned(let unsigned)): varint(unsigned)
    case (.fixed64, .unsigned(let unsigned)): fixed64(unsigned)
    case (.fixed32, .unsigned(let unsigned)): fixed32(UInt32(truncatingIfNeeded: unsigned))
    default: break
    }
  }
}
