/// One line of a text file, without its end.
struct TextLine {
  /// Counted from 1.
  let number: Int
  let bytes: ArraySlice<UInt8>

  /// The lines of a text, ended by LF, CR LF or CR.
  static func all(in text: ArraySlice<UInt8>) -> [TextLine] {
    var lines: [TextLine] = []
    var start = text.startIndex
    var index = start
    while index < text.endIndex {
      let byte = text[index]
      if byte == 0x0A || byte == 0x0D {
        lines.append(TextLine(number: lines.count + 1, bytes: text[start..<index]))
        if byte == 0x0D, index + 1 < text.endIndex, text[index + 1] == 0x0A { index += 1 }
        start = index + 1
      }
      index += 1
    }
    if start < text.endIndex {
      lines.append(TextLine(number: lines.count + 1, bytes: text[start...]))
    }
    return lines
  }

  var isBlank: Bool { bytes.allSatisfy { isSpace($0) } }

  /// The line without white space at its ends.
  var trimmed: ArraySlice<UInt8> { Orbits.trimmed(bytes) }
}

/// Whether a byte is white space within a line; NUL counts, because old files are padded with it.
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0 }

/// Whether a byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

/// Bytes without white space at their ends.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var rest = bytes
  while let first = rest.first, isSpace(first) { rest.removeFirst() }
  while let last = rest.last, isSpace(last) { rest.removeLast() }
  return rest
}

/// A finite decimal number such as `-.5`, `12`, `3.4E-5`; neither hexadecimal, `inf` nor `nan`.
func decimalNumber(_ bytes: some Sequence<UInt8>) -> Double? {
  let text = trimmed(Array(bytes)[...])
  let allowed = text.allSatisfy { byte in
    isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
  }
  guard allowed, text.contains(where: isDigit),
    let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite
  else { return nil }
  return value
}

/// A whole number of one to nine digits.
func wholeNumber(_ bytes: ArraySlice<UInt8>) -> Int? {
  let text = trimmed(bytes)
  guard (1...9).contains(text.count), text.allSatisfy(isDigit) else { return nil }
  return text.reduce(0) { $0 * 10 + Int($1 - 48) }
}
