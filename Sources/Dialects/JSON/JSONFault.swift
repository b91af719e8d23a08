/// Where and why a text is not JSON (RFC 8259).
package struct JSONFault: Error, Equatable, CustomStringConvertible {
  /// What was wrong there.
  package enum Reason: String {
    case emptyText = "there is nothing but white space"
    case expectedValue = "expected a value"
    case expectedObject = "expected an object"
    case expectedKey = "expected a key in quotes"
    case expectedColon = "expected ':'"
    case expectedCommaOrBrace = "expected ',' or '}'"
    case expectedCommaOrBracket = "expected ',' or ']'"
    case unterminatedString = "the string that begins before it does not end"
    case controlCharacter = "a control character in a string must be escaped"
    case badEscape = "no such escape"
    case badUTF8 = "the bytes are not UTF-8"
    case badNumber = "a malformed number"
    case badLiteral = "expected true, false or null"
    case tooDeep = "nested more than 128 levels deep"
    case tooMany = "more than a million values"
    case trailingText = "text after the end of the value"
  }

  /// Bytes before the place.
  package var offset: Int
  /// What was wrong there.
  package var reason: Reason

  package var description: String { "\(reason.rawValue) at byte \(offset)" }

  /// The line of the place, from 1.
  package func line(in text: UnsafeRawBufferPointer) -> Int {
    1 + text.prefix(offset).reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  }
}
