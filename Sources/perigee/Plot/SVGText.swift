/// Builds an SVG document, element by element. Attributes come from the program, text may come from anywhere.
struct SVGText {
  private(set) var body = ""

  /// An element without content.
  mutating func add(_ element: String, _ attributes: [(String, String)]) {
    body += "<\(element)\(Self.text(of: attributes))/>\n"
  }

  /// A line of text, escaped.
  mutating func label(
    _ content: String, x: Double, y: Double, _ attributes: [(String, String)] = []
  ) {
    let place = [("x", Self.number(x)), ("y", Self.number(y))]
    body += "<text\(Self.text(of: place + attributes))>\(Self.escaped(content))</text>\n"
  }

  /// Markup that holds no data.
  mutating func append(_ markup: String) { body += markup }

  /// A straight line.
  mutating func line(
    _ a: (x: Double, y: Double), _ b: (x: Double, y: Double), _ attributes: [(String, String)] = []
  ) {
    add(
      "line",
      [
        ("x1", Self.number(a.x)), ("y1", Self.number(a.y)), ("x2", Self.number(b.x)),
        ("y2", Self.number(b.y)),
      ] + attributes)
  }

  /// Elements inside a group.
  mutating func group(_ attributes: [(String, String)], _ content: (inout SVGText) -> Void) {
    body += "<g\(Self.text(of: attributes))>\n"
    content(&self)
    body += "</g>\n"
  }

  /// A number with at most two decimals: a hundredth of a pixel.
  static func number(_ value: Double) -> String {
    let scaled = Int((value * 100).rounded())
    guard scaled % 100 != 0 else { return "\(scaled / 100)" }
    return fixed(value, decimals: 2)
  }

  private static func text(of attributes: [(String, String)]) -> String {
    attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
  }

  /// Text as XML takes it: markup escaped, control characters left out.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case let control where control.value < 0x20 || control.value == 0x7F: out += " "
      case let other where other.value & 0xFFFE == 0xFFFE: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
