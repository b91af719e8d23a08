/// A place in a text: line and column from 1, columns counted in Unicode scalars.
struct Place: Hashable, Comparable {
  var line: Int
  var column: Int

  static let start = Place(line: 1, column: 1)

  static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A node of a YAML document with its place; aliases are already followed.
struct YAMLNode {
  /// One key of a mapping and its value.
  struct Entry {
    var key: String
    var keyPlace: Place
    var value: YAMLNode
  }

  enum Content {
    /// Text as written; `isPlain` tells that it had no quotes, so that it may be a number.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  var place: Place
  var content: Content

  /// Whether nothing stands here: an empty value, `null` or `~`.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }
}
