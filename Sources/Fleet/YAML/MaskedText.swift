/// A YAML text in which some characters are replaced by private-use ones, one for one.
struct MaskedText {
  /// Stands for `*`: what was an alias is now a plain scalar.
  static let alias: Unicode.Scalar = "\u{E001}"
  /// The first of the characters that make a repeated key unique.
  private static let firstKeyMask: UInt32 = 0xE100

  /// The scalars of the masked text.
  private var scalars: [Unicode.Scalar]
  /// Where each line starts in ``scalars``.
  private let lineStarts: [Int]
  /// For the place of each masked key, what its first character was.
  private(set) var maskedKeys: [Place: Unicode.Scalar] = [:]

  /// Masks the aliases of `text`.
  init(_ text: String) {
    scalars = text.unicodeScalars.map { $0 == "*" ? Self.alias : $0 }
    lineStarts = Self.lineStarts(scalars)
  }

  /// The masked text.
  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Makes the key that begins at `place` unlike all others; `false` where there is none.
  mutating func maskKey(at place: Place) -> Bool {
    guard place.line <= lineStarts.count, maskedKeys[place] == nil else { return false }
    var index = lineStarts[place.line - 1] + place.column - 1
    guard index < scalars.count else { return false }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard index < scalars.count, !scalars[index].properties.isWhitespace,
      let mask = Unicode.Scalar(Self.firstKeyMask + UInt32(maskedKeys.count))
    else { return false }
    maskedKeys[place] = scalars[index]
    scalars[index] = mask
    return true
  }

  /// `place`, or the end of the text where it lies beyond: the parser puts what is missing at the end
  /// of a text onto a line of its own.
  func clamped(_ place: Place) -> Place {
    guard place.line > lineStarts.count, let start = lineStarts.last else { return place }
    return Place(line: lineStarts.count, column: scalars.count - start + 1)
  }

  /// The text of a key as it was before ``maskKey(at:)`` and before aliases were masked.
  func key(_ text: String, at place: Place) -> String {
    guard let first = maskedKeys[place] else { return unmasked(text) }
    return unmasked(String(first) + String(text.unicodeScalars.dropFirst()))
  }

  /// `text` with its stars restored.
  func unmasked(_ text: String) -> String {
    guard text.unicodeScalars.contains(Self.alias) else { return text }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text.unicodeScalars.map { $0 == Self.alias ? "*" : $0 })
    return String(view)
  }

  /// YAML 1.1 breaks lines at CR, LF, CR LF, NEL, LS and PS.
  private static func lineStarts(_ scalars: [Unicode.Scalar]) -> [Int] {
    var starts = [0]
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\n", "\u{85}", "\u{2028}", "\u{2029}": starts.append(index + 1)
      case "\r" where index + 1 >= scalars.count || scalars[index + 1] != "\n":
        starts.append(index + 1)
      default: break
      }
    }
    return starts
  }
}
