/// A JSON value (RFC 8259) that keeps what translating must not lose: the order of keys and the
/// spelling of numbers.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number as it was written, such as `1e-3` or `12345678901234567890`.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object, in order.
///
/// A key that was written twice stays written twice; reading it gives the last one.
public struct JSONObject: Sendable, Equatable {
  /// A key and its value.
  public struct Member: Sendable, Equatable {
    /// The key.
    public var key: String
    /// Its value.
    public var value: JSONValue

    /// Creates a member.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The members, in order.
  public var members: [Member]

  /// Creates an object with these members.
  public init(members: [Member] = []) { self.members = members }

  /// The value of a key. Setting replaces it where it stands, adds it at the end, or with `nil` takes
  /// it away.
  public subscript(key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let newValue else { return members.removeAll { $0.key == key } }
      if let index = members.lastIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        members.append(Member(key, newValue))
      }
    }
  }

  /// Adds a member at the end, whether or not the key is there already.
  mutating func append(_ key: String, _ value: JSONValue?) {
    if let value { members.append(Member(key, value)) }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Creates an object with these members, in this order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { Member($0.0, $0.1) }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  /// An object with these members, in this order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(members: elements.map { .init($0.0, $0.1) }))
  }

  /// An array of these values.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSONValue {
  /// A whole number.
  public static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

  /// A string, or `null` where there is none.
  public static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// The text of a string.
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// `true` or `false`.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A whole number that fits; `nil` for others, such as `1.0`.
  public var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

  /// The elements of an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

  /// The members of an object.
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

  /// Whether it is `null`.
  public var isNull: Bool { self == .null }

  /// The member of an object; `nil` where it is absent or `null`, or where this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let object) = self, let value = object[key], value != .null else {
      return nil
    }
    return value
  }
}
