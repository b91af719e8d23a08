/// A place in a text: line and column from 1, columns counted in Unicode scalars.
package struct Place: Hashable, Comparable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static let start = Place(line: 1, column: 1)

  package static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A node of a YAML document with its place; aliases are already followed.
package struct YAMLNode {
  /// One key of a mapping and its value.
  package struct Entry {
    package var key: String
    package var keyPlace: Place
    package var value: YAMLNode
  }

  package enum Content {
    /// Text as written; `isPlain` tells that it had no quotes, so that it may be a number.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  package var place: Place
  package var content: Content

  /// Whether nothing stands here: an empty value, `null` or `~`.
  package var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }
}
