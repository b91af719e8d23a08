import Dialects

/// One value of a row.
enum Cell: Sendable {
  case text(String)
  case integer(Int)
  /// A number and how many decimals of it are printed.
  case number(Double, decimals: Int)
  case flag(Bool)
  case missing

  /// The value in a table or a CSV file; a missing value is empty.
  var plain: String {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    case .number(let value, let decimals): fixed(value, decimals: decimals)
    case .flag(let value): value ? "true" : "false"
    case .missing: ""
    }
  }

  /// The value as JSON.
  var json: String {
    switch self {
    case .text(let text): JSONText.quoted(text)
    case .number(let value, _) where !value.isFinite: "null"
    case .integer, .number, .flag: plain
    case .missing: "null"
    }
  }

  /// Appends the value as CSV, quoted where it has to be (RFC 4180).
  func appendCSV(to bytes: inout [UInt8]) {
    switch self {
    case .number(let value, let decimals): appendFixed(value, decimals: decimals, to: &bytes)
    case .text(let text):
      let isPlain = text.utf8.allSatisfy { $0 != 44 && $0 != 34 && $0 != 10 && $0 != 13 }
      bytes.append(
        contentsOf: (isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\"").utf8)
    case .integer, .flag, .missing: bytes.append(contentsOf: plain.utf8)
    }
  }

  /// Appends the value as JSON.
  func appendJSON(to bytes: inout [UInt8]) {
    switch self {
    case .number(let value, let decimals) where value.isFinite:
      appendFixed(value, decimals: decimals, to: &bytes)
    case .text(let text) where text.utf8.allSatisfy { $0 >= 32 && $0 != 34 && $0 != 92 }:
      bytes.append(UInt8(ascii: "\""))
      bytes.append(contentsOf: text.utf8)
      bytes.append(UInt8(ascii: "\""))
    case .text, .integer, .number, .flag, .missing: bytes.append(contentsOf: json.utf8)
    }
  }

  /// Whether a table aligns the value to the right.
  var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    case .text, .flag, .missing: false
    }
  }
}
