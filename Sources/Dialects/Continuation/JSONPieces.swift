/// A text made of pieces of another and new ones between them, so that what is long is not copied.
public enum Piece: Sendable, Equatable {
  /// These bytes of the original.
  case original(Range<Int>)
  /// New bytes.
  case new([UInt8])
}

/// Changes to a text that leave the rest of it as it is, byte for byte.
package struct Edits: Sendable {
  private var edits: [(place: Range<Int>, bytes: [UInt8])] = []

  /// No change.
  package init() {}

  /// Puts `bytes` in the place of `place`.
  package mutating func replace(_ place: Range<Int>?, with bytes: [UInt8]?) {
    if let place, let bytes { edits.append((place, bytes)) }
  }

  /// Puts `text` before the byte at `place`.
  package mutating func insert(_ text: [UInt8], at place: Int) {
    edits.append((place..<place, text))
  }

  /// The text of `count` bytes with the changes, in order; places do not overlap.
  package func pieces(of count: Int) -> [Piece] {
    var pieces: [Piece] = []
    var position = 0
    let ordered = edits.enumerated().sorted {
      ($0.element.place.lowerBound, $0.offset) < ($1.element.place.lowerBound, $1.offset)
    }
    for (_, edit) in ordered {
      if position < edit.place.lowerBound {
        pieces.append(.original(position..<edit.place.lowerBound))
      }
      if !edit.bytes.isEmpty { pieces.append(.new(edit.bytes)) }
      position = edit.place.upperBound
    }
    if position < count { pieces.append(.original(position..<count)) }
    return pieces
  }

  /// `text` with the changes.
  func applied(to text: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + 64)
    for piece in pieces(of: text.count) {
      switch piece {
      case .original(let place): result.append(contentsOf: text[place])
      case .new(let bytes): result.append(contentsOf: bytes)
      }
    }
    return result
  }
}

extension [UInt8] {
  /// Adds UTF-8 text as the inside of a JSON string (RFC 8259, section 7).
  mutating func appendEscaped(_ text: some Sequence<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0a: append(contentsOf: "\\n".utf8)
      case 0..<0x20: appendEscape(UInt16(byte))
      default: append(byte)
      }
    }
  }

  /// Adds `\u` and four digits.
  mutating func appendEscape(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    append(contentsOf: "\\u".utf8)
    append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
    append(contentsOf: digits.utf8)
  }
}
