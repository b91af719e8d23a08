extension Part {
  /// Reads content as every family writes it: a string, or an array of parts that each writes in a way of
  /// its own.
  ///
  /// - Parameters:
  ///   - kind: What the family calls the array's elements, for errors.
  ///   - text: Makes a piece of a string.
  ///   - piece: Reads an element of the array, at its place.
  static func content<Piece>(
    _ content: JSONValue?, at place: String, of kind: String, text: (String) -> Piece,
    piece: (JSONValue, String) throws(Untranslatable) -> Piece
  ) throws(Untranslatable) -> [Piece] {
    switch content {
    case nil, .string(""): return []
    case .string(let string)?: return [text(string)]
    case .array(let values)?:
      var pieces: [Piece] = []
      for (index, value) in values.enumerated() {
        pieces.append(try piece(value, "\(place)[\(index)]"))
      }
      return pieces
    case _?: throw Untranslatable(place, "It must be a string or an array of \(kind).")
    }
  }
}
