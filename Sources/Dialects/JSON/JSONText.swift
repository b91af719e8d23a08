/// Writes strings into JSON (RFC 8259, section 7), wherever JSON is put together from pieces.
///
/// Quotes, backslashes and the control characters below U+0020 are escaped; all else stays as it is, in
/// UTF-8.
public enum JSONText {
  /// `text` as a JSON string, quotes included.
  public static func quoted(_ text: String) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + 2)
    write(text, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// `text` as a JSON string, or `null` where there is none.
  public static func quotedOrNull(_ text: String?) -> String { text.map(quoted) ?? "null" }

  /// Adds `text` to `out` as a JSON string, quotes included.
  public static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      // Whole runs of what stays as it is: most strings are one.
      var run = 0
      for (index, byte) in bytes.enumerated() {
        guard let escape = escape(byte) else { continue }
        out += bytes[run..<index]
        out += escape.utf8
        run = index + 1
      }
      out += bytes[run...]
    }
    out.append(UInt8(ascii: "\""))
  }

  /// What stands for a byte that can't stand for itself.
  private static func escape(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "\""): return "\\\""
    case UInt8(ascii: "\\"): return "\\\\"
    case 0x20...: return nil
    case UInt8(ascii: "\n"): return "\\n"
    case UInt8(ascii: "\r"): return "\\r"
    case UInt8(ascii: "\t"): return "\\t"
    default: return "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))"
    }
  }
}
