/// Walks through JSON text (RFC 8259), keeping count of lines, so that a problem has a place and what
/// comes before it is not lost.
struct JSONScanner {
  private let bytes: ArraySlice<UInt8>
  private(set) var index: Int
  private(set) var line = 1
  private var lineStart: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
    lineStart = bytes.startIndex
  }

  /// The column of the next byte, counted from 1.
  var column: Int { index - lineStart + 1 }

  /// The next byte that is not white space, or `nil` at the end.
  mutating func peek() -> UInt8? {
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == 0x0A {
        line += 1
        lineStart = index + 1
      } else if byte != 0x20, byte != 0x09, byte != 0x0D {
        return byte
      }
      index += 1
    }
    return nil
  }

  /// Passes over `character` where it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Demands `character`.
  mutating func expect(_ character: Unicode.Scalar) throws(ElementSetProblem) {
    guard skip(character) else { throw unexpected("\"\(character)\" was expected") }
  }

  /// A problem at the present place.
  mutating func unexpected(_ message: String) -> ElementSetProblem {
    let ended = peek() == nil
    return ElementSetProblem(
      line: line, column: column, message: ended ? "the JSON ends too early; \(message)" : message,
      cure: ended ? "the file is cut off; download it again" : "correct the JSON")
  }

  /// A string, number, `true` or `false` as text; `nil` for `null`, and for arrays and objects, which no
  /// keyword of an OMM has and which are passed over.
  mutating func value() throws(ElementSetProblem) -> String? {
    switch peek() {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      try skipContainer()
      return nil
    default: return try literal()
    }
  }

  /// A number or a bare word.
  private mutating func literal() throws(ElementSetProblem) -> String? {
    let start = index
    while index < bytes.endIndex, isWordByte(bytes[index]) { index += 1 }
    let word = bytes[start..<index]
    let text = String(decoding: word, as: UTF8.self)
    if text == "null" { return nil }
    guard text == "true" || text == "false" || decimalNumber(word) != nil else {
      index = start
      throw unexpected("a value was expected")
    }
    return text
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (97...122).contains(byte) || (65...90).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }

  /// Passes over an array or object without recursion: only quotes and brackets matter to find its end.
  private mutating func skipContainer() throws(ElementSetProblem) {
    var depth = 0
    repeat {
      switch peek() {
      case nil: throw unexpected("a bracket is not closed")
      case UInt8(ascii: "\""): _ = try string()
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        index += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        index += 1
      default: index += 1
      }
    } while depth > 0
  }

  /// A string with its escapes resolved.
  mutating func string() throws(ElementSetProblem) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while index < bytes.endIndex {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &units)
      case 0..<0x20: throw unexpected("a string is not closed on its line")
      default:
        units.append(byte)
        index += 1
      }
    }
    throw unexpected("a string is not closed")
  }

  private mutating func escape(into units: inout [UInt8]) throws(ElementSetProblem) {
    guard index < bytes.endIndex else { throw unexpected("an escape is cut off") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "b"): units.append(0x08)
    case UInt8(ascii: "f"): units.append(0x0C)
    case UInt8(ascii: "n"): units.append(0x0A)
    case UInt8(ascii: "r"): units.append(0x0D)
    case UInt8(ascii: "t"): units.append(0x09)
    case UInt8(ascii: "u"):
      var codes = [try hexadecimal()]
      if (0xD800..<0xDC00).contains(codes[0]), bytes[index...].starts(with: Array("\\u".utf8)) {
        index += 2
        codes.append(try hexadecimal())
      }
      units += Array(String(decoding: codes, as: UTF16.self).utf8)
    default: throw unexpected("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(ElementSetProblem) -> UInt16 {
    let digits = bytes[index...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw unexpected("four hexadecimal digits were expected") }
    index += 4
    return code
  }
}
