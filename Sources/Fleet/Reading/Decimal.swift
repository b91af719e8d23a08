/// Decimal numbers as people write them.
enum Decimal {
  /// The number `text` is, in decimal or scientific notation; hexadecimal, infinite and
  /// not-a-number forms are `nil`.
  static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// The number at the beginning of `text`, as written, and what follows it without spaces around.
  static func leadingNumber(of text: String) -> (number: Double, digits: String, rest: String)? {
    let digits = String(text.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) })
    guard let number = number(digits) else { return nil }
    let rest = text.dropFirst(digits.count).drop { $0 == " " }
    return (number, digits, String(rest))
  }

  /// `number` with no more digits than it needs.
  static func text(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
