extension JSONScanner {
  /// Passes a string, whose opening quote is at the position.
  package mutating func string() throws(JSONFault) -> Token {
    let opening = position
    position += 1
    let start = position
    var isEscaped = false
    while true {
      skipPlainASCII()
      guard let byte else {
        position = opening
        throw fault(.unterminatedString)
      }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return Token(content: start..<position - 1, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        try skipEscape()
      case 0..<0x20: throw fault(.controlCharacter)
      case 0x80...: try skipUTF8Sequence()
      default: position += 1
      }
    }
  }

  /// Passes bytes that need no look of their own, eight at a time.
  ///
  /// A byte needs one when it is a quote, a backslash, below 0x20 or above 0x7f. The tests are the
  /// word tricks of "Bit Twiddling Hacks" (S. E. Anderson). A borrow runs only into higher bytes, so
  /// the lowest flag is always right.
  private mutating func skipPlainASCII() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while position &+ 8 <= text.count {
      let word = UInt64(
        littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let quotes = word ^ (ones &* 0x22)
      let backslashes = word ^ (ones &* 0x5c)
      let flagged =
        (word &- (ones &* 0x20)) | word | (quotes &- ones) | (backslashes &- ones)
      if flagged & highs != 0 {
        position &+= (flagged & highs).trailingZeroBitCount / 8
        return
      }
      position &+= 8
    }
  }

  /// Passes `\n`, `\u00e9` and the like. Lone surrogates pass, as the grammar lets them.
  private mutating func skipEscape() throws(JSONFault) {
    let start = position
    position += 1
    guard let byte else { throw fault(.unterminatedString) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return
    case UInt8(ascii: "u"):
      for _ in 0..<4 {
        guard let digit = self.byte, Self.hexValue(digit) != nil else {
          position = start
          throw fault(.badEscape)
        }
        position += 1
      }
    default:
      position = start
      throw fault(.badEscape)
    }
  }

  /// Passes one sequence of two to four bytes (Unicode 15, table 3-7).
  private mutating func skipUTF8Sequence() throws(JSONFault) {
    let lead = text[position]
    let second: ClosedRange<UInt8>
    let length: Int
    switch lead {
    case 0xc2...0xdf: (second, length) = (0x80...0xbf, 2)
    case 0xe0: (second, length) = (0xa0...0xbf, 3)
    case 0xed: (second, length) = (0x80...0x9f, 3)
    case 0xe1...0xef: (second, length) = (0x80...0xbf, 3)
    case 0xf0: (second, length) = (0x90...0xbf, 4)
    case 0xf1...0xf3: (second, length) = (0x80...0xbf, 4)
    case 0xf4: (second, length) = (0x80...0x8f, 4)
    default: throw fault(.badUTF8)
    }
    guard position + length <= text.count, second.contains(text[position + 1]) else {
      throw fault(.badUTF8)
    }
    for place in position + 2..<max(position + 2, position + length)
    where text[place] & 0xc0 != 0x80 {
      throw fault(.badUTF8)
    }
    position += length
  }

  private static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// Whether a string that has been passed reads as `word`, escapes resolved.
  package func matches(_ token: Token, _ word: StaticString) -> Bool {
    if token.isEscaped { return value(of: token) == word.description }
    guard token.content.count == word.utf8CodeUnitCount else { return false }
    for (index, place) in token.content.enumerated() where text[place] != word.utf8Start[index] {
      return false
    }
    return true
  }

  /// What a string that has been passed says, escapes resolved; lone surrogates become U+FFFD.
  package func value(of token: Token) -> String {
    let content = UnsafeRawBufferPointer(rebasing: text[token.content])
    guard token.isEscaped else { return String(decoding: content, as: UTF8.self) }
    var units: [UInt16] = []
    var rest = content[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        let run = rest.prefix { $0 != UInt8(ascii: "\\") }
        units.append(
          contentsOf: String(decoding: [byte] + run, as: UTF8.self).utf16)
        rest = rest.dropFirst(run.count)
        continue
      }
      units.append(Self.unescape(&rest))
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// The UTF-16 unit of the escape whose backslash has been taken from `rest`.
  package static func unescape(_ rest: inout Slice<UnsafeRawBufferPointer>) -> UInt16 {
    switch rest.popFirst() {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0c
    case UInt8(ascii: "n"): return 0x0a
    case UInt8(ascii: "r"): return 0x0d
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      let digits = rest.prefix(4)
      rest = rest.dropFirst(4)
      return UInt16(digits.reduce(UInt32(0)) { $0 << 4 | (hexValue($1) ?? 0) } & 0xffff)
    case let byte?: return UInt16(byte)
    case nil: return 0xfffd
    }
  }
}
