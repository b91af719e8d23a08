/// A message whose definition is known at run time only. Fields go by name, so that a device may
/// renumber, add or remove them.
public struct DynamicMessage: Sendable {
  /// One value of a field.
  public enum Value: Sendable {
    /// A signed integer, or the number of an enumeration's value.
    case integer(Int64)
    /// An unsigned integer.
    case unsigned(UInt64)
    /// A `float` or `double`.
    case real(Double)
    /// A Boolean.
    case flag(Bool)
    /// A text; what is not UTF-8 in it is replaced by U+FFFD.
    case text(String)
    /// Bytes.
    case bytes([UInt8])
    /// A message.
    case message(DynamicMessage)
  }

  /// The definitions that the message's own and its members' are among.
  public let schema: Schema
  /// The message's definition.
  public let type: Schema.Message
  /// What is set, by field number.
  var values: [Int: [Value]] = [:]

  /// An empty message.
  ///
  /// - Throws: ``WireError/unknownType(_:)`` where the schema has no message of that name.
  public init(_ typeName: String, in schema: Schema) throws(WireError) {
    guard let type = schema.messages[typeName] else { throw .unknownType(typeName) }
    self.init(type: type, schema: schema)
  }

  init(type: Schema.Message, schema: Schema) {
    self.type = type
    self.schema = schema
  }

  /// Whether the definition has a field of that name.
  public func defines(_ name: String) -> Bool { type.field(named: name) != nil }

  /// The values of a field; empty where nothing is set or the definition has no such field. Setting a
  /// field that the definition has not is without effect.
  public subscript(all name: String) -> [Value] {
    get { type.field(named: name).flatMap { values[$0.number] } ?? [] }
    set {
      guard let field = type.field(named: name) else { return }
      values[field.number] = newValue.isEmpty ? nil : newValue
    }
  }

  /// The value of a field that stands once: `nil` where the definition has no such field, or where it is
  /// not set and has no default.
  public subscript(name: String) -> Value? {
    get {
      guard let field = type.field(named: name) else { return nil }
      return values[field.number]?.last ?? field.defaultValue
    }
    set { self[all: name] = newValue.map { [$0] } ?? [] }
  }
}

extension DynamicMessage {
  /// A number of any kind as a `Double`.
  public func number(_ name: String) -> Double? { self[name]?.number }

  /// The numbers of a repeated field.
  public func numbers(_ name: String) -> [Double] { self[all: name].compactMap(\.number) }

  /// A whole number; `nil` where it does not fit.
  public func integer(_ name: String) -> Int? {
    switch self[name] {
    case .integer(let value): Int(exactly: value)
    case .unsigned(let value): Int(exactly: value)
    case .real(let value): Int(exactly: value.rounded())
    default: nil
    }
  }

  /// A Boolean.
  public func flag(_ name: String) -> Bool? {
    if case .flag(let value)? = self[name] { return value }
    return nil
  }

  /// A text.
  public func text(_ name: String) -> String? {
    if case .text(let value)? = self[name] { return value }
    return nil
  }

  /// A message within this one.
  public func message(_ name: String) -> DynamicMessage? {
    if case .message(let value)? = self[name] { return value }
    return nil
  }

  /// The messages of a repeated field.
  public func messages(_ name: String) -> [DynamicMessage] {
    self[all: name].compactMap { if case .message(let value) = $0 { value } else { nil } }
  }

  /// The name of an enumeration's value, or its number where the definitions have no name for it.
  public func enumerationName(_ name: String) -> String? {
    guard let field = type.field(named: name), field.kind == .enumeration,
      let number = integer(name)
    else { return nil }
    return field.typeName.flatMap { schema.enumerations[$0]?.names[number] } ?? String(number)
  }
}

extension DynamicMessage.Value {
  /// The value as a number, where it is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .real(let value): value
    case .flag, .text, .bytes, .message: nil
    }
  }
}

extension Schema.Field {
  /// What a field that is not on the wire holds (proto3): nothing, where its presence can be told.
  fileprivate var defaultValue: DynamicMessage.Value? {
    guard !isRepeated, oneof == nil else { return nil }
    switch kind {
    case .double, .float: return .real(0)
    case .int64, .int32, .sint32, .sint64, .sfixed32, .sfixed64, .enumeration: return .integer(0)
    case .uint64, .uint32, .fixed64, .fixed32: return .unsigned(0)
    case .bool: return .flag(false)
    case .string: return .text("")
    case .bytes: return .bytes([])
    case .group, .message: return nil
    }
  }
}
