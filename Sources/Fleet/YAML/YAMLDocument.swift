import Yams

/// Reads a YAML text into a tree in which every node knows its place.
///
/// Yams stops at the first duplicate key and expands aliases as it goes, which would hide all other
/// mistakes and let a few lines of nested aliases grow without bound. Both are avoided by giving it
/// the same text with single characters masked, so that no place moves: a `*` becomes a character
/// that makes an alias an ordinary scalar, followed here under a budget; the first character of a
/// key that comes again later becomes one that makes the key unique, reported here.
struct YAMLDocument {
  /// A mistake in the text itself.
  struct Flaw: Error {
    var place: Place
    var message: String
    var cure: String
  }

  /// Texts longer than this are refused, bytes.
  static let sizeLimit = 1 << 20
  /// Trees of more nodes than this are refused.
  static let nodeLimit = 100_000
  /// Trees deeper than this are refused.
  static let depthLimit = 64
  /// After this many duplicate keys the rest of the text is not looked at.
  static let duplicateLimit = 100

  /// The tree, where the text is well-formed and not empty.
  private(set) var root: YAMLNode?
  /// The mistakes, in no particular order.
  private(set) var flaws: [Flaw] = []

  /// Reads `text`; `flaws` is empty exactly when the text is a well-formed document.
  init(_ text: String) {
    let text =
      text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    if let flaw = Self.unreadable(text) {
      flaws = [flaw]
      return
    }
    var masked = MaskedText(text)
    do {
      while true {
        do {
          try compose(masked)
          return
        } catch YamlError.duplicatedKeysInMapping(_, let context) {
          let place = Place(context.mark)
          guard masked.maskedKeys.count < Self.duplicateLimit, masked.maskKey(at: place) else {
            throw Self.duplicate(at: place)
          }
        }
      }
    } catch let flaw as Flaw {
      flaws.append(flaw)
    } catch {
      var flaw = Flaw(error)
      flaw.place = masked.clamped(flaw.place)
      flaws.append(flaw)
    }
  }

  private mutating func compose(_ masked: MaskedText) throws {
    let parser = try Parser(yaml: masked.text, resolver: .basic)
    // The anchors of nodes are weak references into the parser.
    try withExtendedLifetime(parser) {
      guard let node = try parser.singleRoot() else { return }
      var builder = TreeBuilder(masked: masked)
      root = try builder.build(node, depth: 0)
      flaws = builder.flaws
    }
  }

  private static func duplicate(at place: Place) -> Flaw {
    Flaw(place: place, message: "this key is given twice", cure: "Keep one of the two.")
  }

  private static func unreadable(_ text: String) -> Flaw? {
    guard text.utf8.count <= sizeLimit else {
      return Flaw(
        place: .start,
        message: "the manifest has \(text.utf8.count) bytes; \(sizeLimit) are allowed",
        cure: "Put long lists of satellites into an element file.")
    }
    var place = Place.start
    for scalar in text.unicodeScalars {
      if !isAllowed(scalar) {
        let code = String(scalar.value, radix: 16, uppercase: true)
        return Flaw(
          place: place, message: "the character U+\(code) is not allowed here",
          cure: "Delete it; a manifest is UTF-8 text.")
      }
      if scalar == "\n" {
        place = Place(line: place.line + 1, column: 1)
      } else {
        place.column += 1
      }
    }
    return nil
  }

  /// What YAML 1.1 lets a text contain, less the private-use characters taken for masks.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xF900...0xFEFE, 0xFF00...0xFFFD,
      0x10000...0x10FFFF:
      true
    default: false
    }
  }
}

extension Place {
  init(_ mark: Mark) { self.init(line: max(1, mark.line), column: max(1, mark.column)) }
}

extension YAMLDocument.Flaw {
  /// The mistake behind an error of the parser.
  init(_ error: any Error) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let doing = context.map { " \($0.text) that began on line \($0.mark.line)" } ?? ""
      self.init(
        place: Place(mark), message: "not YAML: \(problem)\(doing)",
        cure: Self.cure(problem: problem))
    default:
      self.init(
        place: .start, message: "not YAML: \(error)", cure: "Save the manifest as UTF-8 text.")
    }
  }

  private static func cure(problem: String) -> String {
    if problem.contains("tab character") { return "Indent with spaces." }
    if problem.contains("cannot start any token") {
      return "Indent with spaces, and quote a value that begins with %, @ or `."
    }
    if problem.contains("mapping values are not allowed") {
      return
        "Check the indentation of this line, and quote a value that contains a colon and a space."
    }
    if problem.contains("another document") {
      return "Put one fleet into one file: delete the line of three dashes between documents."
    }
    return "Check the indentation, quotes and brackets here and on the line before."
  }
}
