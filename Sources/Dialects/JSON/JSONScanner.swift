/// Walks JSON text (RFC 8259) strictly and without building anything.
///
/// Values are validated as they are skipped; the caller enters the objects it cares about. Beyond the
/// grammar it demands UTF-8 and at most 128 levels. The text must outlive the scanner: use it
/// within `withUnsafeReadableBytes` only.
package struct JSONScanner {
  /// A string in the text.
  package struct Token: Equatable {
    /// The bytes between the quotes.
    package var content: Range<Int>
    /// Whether the content holds escapes.
    package var isEscaped: Bool
  }

  package static let maximumDepth = 128

  package let text: UnsafeRawBufferPointer
  package var position = 0

  package init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// The byte at the position, or `nil` at the end.
  package var byte: UInt8? { position < text.count ? text[position] : nil }

  package func fault(_ reason: JSONFault.Reason) -> JSONFault {
    JSONFault(offset: position, reason: reason)
  }

  package mutating func skipWhitespace() {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  /// Checks that nothing but white space is left.
  package mutating func finish() throws(JSONFault) {
    skipWhitespace()
    if position < text.count { throw fault(.trailingText) }
  }

  /// Passes the `{` of an object. Then call ``nextKey(_:)`` until it gives `nil`, passing the value
  /// after each key.
  package mutating func enterObject() throws(JSONFault) {
    skipWhitespace()
    guard let byte else { throw fault(position == 0 ? .emptyText : .expectedObject) }
    guard byte == UInt8(ascii: "{") else { throw fault(.expectedObject) }
    position += 1
  }

  /// Passes the next key of the object and its colon, or the closing `}`. `isFirst` begins as true.
  package mutating func nextKey(_ isFirst: inout Bool) throws(JSONFault) -> Token? {
    skipWhitespace()
    if byte == UInt8(ascii: "}") {
      position += 1
      return nil
    }
    if isFirst {
      isFirst = false
    } else {
      guard byte == UInt8(ascii: ",") else { throw fault(.expectedCommaOrBrace) }
      position += 1
      skipWhitespace()
    }
    guard byte == UInt8(ascii: "\"") else { throw fault(.expectedKey) }
    let key = try string()
    skipWhitespace()
    guard byte == UInt8(ascii: ":") else { throw fault(.expectedColon) }
    position += 1
    skipWhitespace()
    return key
  }

  /// Passes one value of any kind, validating it.
  package mutating func skipValue(depth: Int = 0) throws(JSONFault) {
    skipWhitespace()
    guard let byte else { throw fault(position == 0 ? .emptyText : .expectedValue) }
    switch byte {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"): try skipObject(depth: depth + 1)
    case UInt8(ascii: "["): try skipArray(depth: depth + 1)
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
    default: throw fault(.expectedValue)
    }
  }

  private mutating func skipObject(depth: Int) throws(JSONFault) {
    if depth > Self.maximumDepth { throw fault(.tooDeep) }
    position += 1
    var isFirst = true
    while try nextKey(&isFirst) != nil { try skipValue(depth: depth) }
  }

  private mutating func skipArray(depth: Int) throws(JSONFault) {
    if depth > Self.maximumDepth { throw fault(.tooDeep) }
    position += 1
    var isFirst = true
    while try nextElement(&isFirst) { try skipValue(depth: depth) }
  }

  /// Passes the comma before the next element of an array, or the closing `]`, which gives false. Pass
  /// the `[` before the first call, and the element after each. `isFirst` begins as true.
  package mutating func nextElement(_ isFirst: inout Bool) throws(JSONFault) -> Bool {
    skipWhitespace()
    if byte == UInt8(ascii: "]") {
      position += 1
      return false
    }
    if isFirst {
      isFirst = false
    } else {
      guard byte == UInt8(ascii: ",") else { throw fault(.expectedCommaOrBracket) }
      position += 1
      skipWhitespace()
      if byte == UInt8(ascii: "]") { throw fault(.expectedValue) }
    }
    return true
  }

  /// Passes `true`, `false` or `null`.
  package mutating func literal(_ word: StaticString) throws(JSONFault) {
    let end = position + word.utf8CodeUnitCount
    guard end <= text.count else { throw fault(.badLiteral) }
    for (index, place) in (position..<end).enumerated() {
      guard text[place] == word.utf8Start[index] else { throw fault(.badLiteral) }
    }
    position = end
  }

  /// Passes a number and gives its bytes.
  package mutating func number() throws(JSONFault) -> Range<Int> {
    let start = position
    if byte == UInt8(ascii: "-") { position += 1 }
    if byte == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if byte == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      position += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return start..<position
  }

  private mutating func digits() throws(JSONFault) {
    let start = position
    while let byte, byte &- UInt8(ascii: "0") < 10 { position += 1 }
    if position == start { throw fault(.badNumber) }
  }
}

extension JSONScanner {
  /// Whether `text` is one JSON value and nothing else.
  package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    var scanner = JSONScanner(text)
    do {
      try scanner.skipValue()
      try scanner.finish()
      return true
    } catch {
      return false
    }
  }

  /// Passes a value and gives it when it is an integer that fits; other values give `nil`.
  package mutating func integer() throws(JSONFault) -> Int? {
    skipWhitespace()
    let start = position
    try skipValue()
    var value = 0
    guard start < position, position - start <= 18 else { return nil }
    for place in start..<position {
      let digit = Int(text[place]) - 48
      guard (0...9).contains(digit) else { return nil }
      value = value * 10 + digit
    }
    return value
  }
}

extension JSONScanner {
  /// Enters an object up to the value of `name`; false where there is none.
  package mutating func enter(_ name: StaticString) throws(JSONFault) -> Bool {
    try enterObject()
    var isFirst = true
    while let key = try nextKey(&isFirst) {
      if matches(key, name) { return true }
      try skipValue(depth: 1)
    }
    return false
  }
}
