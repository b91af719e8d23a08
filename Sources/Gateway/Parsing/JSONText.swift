/// Writes strings into JSON (RFC 8259, section 7), wherever JSON is put together from pieces.
///
/// Quotes, backslashes and the control characters below U+0020 are escaped; all else stays as it is, in
/// UTF-8.
public enum JSONText {
  /// `text` as a JSON string, quotes included.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    result.reserveCapacity(text.utf8.count + 2)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// `text` as a JSON string, or `null` where there is none.
  public static func quotedOrNull(_ text: String?) -> String { text.map(quoted) ?? "null" }
}
