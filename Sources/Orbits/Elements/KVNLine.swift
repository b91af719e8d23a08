/// A line of a CCSDS message in `KEYWORD = value [unit]` form (CCSDS 502.0-B-3, section 7).
struct KVNLine {
  let key: String
  let value: String
  /// Where the value begins, counted from 1.
  let column: Int

  /// `nil` where the line is a comment or blank.
  init?(_ line: TextLine) throws(ElementSetProblem) {
    let text = line.trimmed
    if text.isEmpty || Self.isComment(text) { return nil }
    guard let sign = text.firstIndex(of: UInt8(ascii: "=")), sign > text.startIndex else {
      throw ElementSetProblem(
        line: line.number, column: text.startIndex - line.bytes.startIndex + 1,
        message: "the line is no KEYWORD = value", cure: "correct it, or begin it with COMMENT")
    }
    key = String(decoding: Orbits.trimmed(text[..<sign]), as: UTF8.self).uppercased()
    let content = Orbits.trimmed(text[(sign + 1)...])
    value = String(decoding: content, as: UTF8.self)
    column = content.startIndex - line.bytes.startIndex + 1
  }

  private static func isComment(_ text: ArraySlice<UInt8>) -> Bool {
    let word = Array("COMMENT".utf8)
    guard text.starts(with: word) else { return false }
    return text.count == word.count || isSpace(text[text.startIndex + word.count])
  }

  /// A number's text and the unit behind it in brackets.
  static func splitUnit(_ value: String) -> (number: String, unit: String?) {
    guard value.utf8.last == UInt8(ascii: "]"),
      let bracket = value.utf8.lastIndex(of: UInt8(ascii: "["))
    else { return (value, nil) }
    let number = trimmed(Array(value.utf8[..<bracket])[...])
    let unit = value.utf8[value.utf8.index(after: bracket)...].dropLast()
    return (String(decoding: number, as: UTF8.self), String(decoding: unit, as: UTF8.self))
  }
}
