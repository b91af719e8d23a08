/// Builds a ``JSONValue`` from text, strictly by RFC 8259.
///
/// Depth and number of values are bounded, since a small text can ask for much memory. Lone surrogates,
/// which no UTF-8 text can hold, become U+FFFD.
struct JSONReader {
  static let maximumDepth = 128
  static let maximumValues = 1_000_000

  private let text: UnsafeRawBufferPointer
  private var position = 0
  private var values = 0

  /// `text` must outlive the reader.
  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// Reads the one value that the text is.
  mutating func read() throws(JSONSyntaxError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == text.count else { throw fault(.trailingText) }
    return value
  }

  private func fault(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
    JSONSyntaxError(
      offset: position, reason: position < text.count ? reason : .unexpectedEnd)
  }

  private var byte: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    values += 1
    if depth > Self.maximumDepth { throw fault(.tooDeep) }
    if values > Self.maximumValues { throw fault(.tooMany) }
    switch byte {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      return .number(try number())
    default: throw fault(.unexpectedByte)
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
    var object = JSONObject()
    position += 1
    skipSpace()
    if take(UInt8(ascii: "}")) { return object }
    while true {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault(.unexpectedByte) }
      object.members.append(.init(key, try value(depth: depth)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return object }
      guard take(UInt8(ascii: ",")) else { throw fault(.unexpectedByte) }
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
    var elements: [JSONValue] = []
    position += 1
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw fault(.unexpectedByte) }
    }
  }

  private mutating func take(_ expected: UInt8) -> Bool {
    guard byte == expected else { return false }
    position += 1
    return true
  }

  private mutating func literal(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    for index in 0..<word.utf8CodeUnitCount {
      guard take(word.utf8Start[index]) else { throw fault(.unexpectedByte) }
    }
    return value
  }

  private mutating func number() throws(JSONSyntaxError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    let start = position
    while let byte, byte &- UInt8(ascii: "0") < 10 { position += 1 }
    if position == start { throw fault(.badNumber) }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    guard let byte, byte >= 0x20 else { throw fault(.badString) }
    if byte == UInt8(ascii: "\"") {
      guard let plain = String(validating: text[start..<position], as: UTF8.self) else {
        throw fault(.badString)
      }
      position += 1
      return plain
    }
    return try escapedString(from: start)
  }

  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var bytes = Array(text[start..<position])
    while let byte {
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: bytes, as: UTF8.self) else {
          throw fault(.badString)
        }
        position += 1
        return result
      case UInt8(ascii: "\\"):
        bytes += Array(String(Character(try escape())).utf8)
      case 0..<0x20: throw fault(.badString)
      default:
        bytes.append(byte)
        position += 1
      }
    }
    throw fault(.badString)
  }

  /// The character of the escape at the position.
  private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
    position += 1
    guard let byte else { throw fault(.badString) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault(.badString)
    }
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let replacement: Unicode.Scalar = "\u{fffd}"
    guard first < 0xdc00, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
      text[position + 1] == UInt8(ascii: "u")
    else { return replacement }
    let second = position
    position += 2
    let low = try hexUnit()
    guard (0xdc00...0xdfff).contains(low) else {
      position = second
      return replacement
    }
    return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (low - 0xdc00)) ?? replacement
  }

  private mutating func hexUnit() throws(JSONSyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw fault(.badString)
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}

extension JSONValue {
  /// Reads the one JSON value that `bytes` hold.
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
    var reader = JSONReader(bytes)
    return try reader.read()
  }

  /// Reads the one JSON value that `bytes` hold.
  public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    let result: Result<JSONValue, JSONSyntaxError> = bytes.withUnsafeBytes { text in
      do throws(JSONSyntaxError) {
        return .success(try parse(text))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads the one JSON value that `text` is.
  public static func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
    try parse(Array(text.utf8))
  }
}
