/// Text that comes in pieces, each a JSON string of its own, as the reader of all pieces sees it.
///
/// Some servers cut a pair of `\u` surrogates in two. A half at the end waits in ``half``; a half that
/// is never completed makes the text unfit to be sent back.
struct SentText: Sendable, Equatable {
  /// The text without the half.
  private(set) var utf8: [UInt8] = []
  /// The first half of a character beyond U+FFFF, at the text's end.
  private(set) var half: UInt16?
  /// Whether a half was left alone.
  private(set) var isBroken = false

  /// Whether nothing has come.
  var isEmpty: Bool { utf8.isEmpty && half == nil }

  /// Adds a string that `scanner` has passed.
  mutating func append(_ token: JSONScanner.Token, of scanner: JSONScanner) {
    guard !token.content.isEmpty else { return }
    let content = UnsafeRawBufferPointer(rebasing: scanner.text[token.content])
    guard token.isEscaped else { return append(content[...]) }
    var rest = content[...]
    while let first = rest.first {
      guard first == UInt8(ascii: "\\") else {
        let run = rest.prefix { $0 != UInt8(ascii: "\\") }
        append(run)
        rest = rest.dropFirst(run.count)
        continue
      }
      rest = rest.dropFirst()
      append(unit: JSONScanner.unescape(&rest))
    }
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
    dropHalf()
    utf8.append(contentsOf: bytes)
  }

  private mutating func append(unit: UInt16) {
    if UTF16.isTrailSurrogate(unit) {
      guard let high = half else { return isBroken = true }
      half = nil
      let value = 0x10000 + (UInt32(high & 0x3ff) << 10 | UInt32(unit & 0x3ff))
      if let scalar = Unicode.Scalar(value) { append(scalar) }
    } else if UTF16.isLeadSurrogate(unit) {
      dropHalf()
      half = unit
    } else {
      dropHalf()
      if let scalar = Unicode.Scalar(unit) { append(scalar) }
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar) { utf8.append(contentsOf: scalar.utf8) }

  private mutating func dropHalf() {
    guard half != nil else { return }
    half = nil
    isBroken = true
  }
}

/// White space as templates trim it: Unicode's `White_Space`, beyond ASCII too.
enum Space {
  /// The length in bytes of the white space character that `text`, in UTF-8, ends with; 0 without one.
  static func lengthOfLast(_ text: some BidirectionalCollection<UInt8>) -> Int {
    guard let last = text.last else { return 0 }
    if last < 0x80 { return last == 0x20 || (0x09...0x0d).contains(last) ? 1 : 0 }
    for length in 2...3 {
      let tail = text.suffix(length)
      guard let lead = tail.first, tail.count == length, lead >= 0xc0 else { continue }
      let scalar = String(decoding: tail, as: UTF8.self).unicodeScalars.first
      return scalar?.properties.isWhitespace == true ? length : 0
    }
    return 0
  }

  /// How many bytes of `text` are left without the white space at its end.
  static func trimmedCount(_ text: [UInt8]) -> Int {
    var rest = text[...]
    while true {
      let length = lengthOfLast(rest)
      if length == 0 { return rest.count }
      rest.removeLast(length)
    }
  }
}
