import Gateway

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

  /// Whether a table aligns the value to the right.
  var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    case .text, .flag, .missing: false
    }
  }
}

/// A number with exactly `decimals` decimals (0 to 9), rounded half away from zero; `nan` where it is not finite.
func fixed(_ value: Double, decimals: Int) -> String {
  guard value.isFinite, abs(value) < 9e8 || decimals == 0 && abs(value) < 9e18 else {
    return value.isFinite ? String(value) : "nan"
  }
  var scale: Int64 = 1
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int64((abs(value) * Double(scale)).rounded())
  let sign = value < 0 && scaled != 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(scaled)" }
  let fraction = String(scaled % scale)
  return sign + String(scaled / scale) + "."
    + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
}
