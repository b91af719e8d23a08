#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The fields of a message's head, and what they say about its framing.
struct HeadFields {
  /// More fields than this are too many.
  static let maximumCount = 256

  /// Names and values in order, as they came.
  private(set) var list: [(String, String)] = []
  /// The value of `Content-Length`.
  private(set) var contentLength: Int?
  /// Whether `Transfer-Encoding` is `chunked`.
  private(set) var isChunked = false
  /// How many `Host` fields there are.
  private(set) var hosts = 0
  /// Whether `Connection` holds `close`.
  private(set) var saysClose = false
  /// Whether `Connection` holds `keep-alive`.
  private(set) var saysKeepAlive = false

  /// Reads field lines up to the empty one, which is the end of `lines`. Every line ends in CRLF.
  init(_ lines: UnsafeRawBufferPointer) throws(HTTPFault) {
    list.reserveCapacity(12)
    var start = 0
    while let feed = lines.firstFeed(from: start), feed - 1 > start {
      if list.count == Self.maximumCount { throw .tooLong }
      try read(lines, start..<feed - 1)
      start = feed + 1
    }
  }

  private mutating func read(
    _ text: UnsafeRawBufferPointer, _ line: Range<Int>
  ) throws(HTTPFault) {
    if HTTPText.isSpace(text[line.lowerBound]) { throw .foldedField }
    var colon = line.lowerBound
    while colon < line.upperBound, HTTPText.isToken(text[colon]) { colon += 1 }
    guard colon > line.lowerBound, colon < line.upperBound, text[colon] == UInt8(ascii: ":") else {
      throw .badField
    }
    let value = HTTPText.trimmed(text, colon + 1..<line.upperBound)
    guard HTTPText.isFieldValue(text, value) else { throw .badField }
    try heed(text, line.lowerBound..<colon, value)
    list.append((HTTPText.string(text, line.lowerBound..<colon), HTTPText.string(text, value)))
  }

  /// Takes in the fields that are about the message and the connection.
  private mutating func heed(
    _ text: UnsafeRawBufferPointer, _ name: Range<Int>, _ value: Range<Int>
  ) throws(HTTPFault) {
    switch name.count {
    case 4 where HTTPText.matches(text, name, "host"): hosts += 1
    case 10 where HTTPText.matches(text, name, "connection"): readConnection(text, value)
    case 14 where HTTPText.matches(text, name, "content-length"):
      guard contentLength == nil, let length = HTTPText.number(text, value) else {
        throw .badLength
      }
      contentLength = length
    case 17 where HTTPText.matches(text, name, "transfer-encoding"):
      guard !isChunked, HTTPText.matches(text, value, "chunked") else { throw .badCoding }
      isChunked = true
    default: break
    }
  }

  private mutating func readConnection(_ text: UnsafeRawBufferPointer, _ value: Range<Int>) {
    var start = value.lowerBound
    while start < value.upperBound {
      var end = start
      while end < value.upperBound, text[end] != UInt8(ascii: ",") { end += 1 }
      let option = HTTPText.trimmed(text, start..<end)
      if HTTPText.matches(text, option, "close") { saysClose = true }
      if HTTPText.matches(text, option, "keep-alive") { saysKeepAlive = true }
      start = end + 1
    }
  }
}

/// The lexical rules of RFC 9110, section 5.6.
enum HTTPText {
  /// `tchar` of 0x20 to 0x3f: `!#$%&'*+-.` and digits.
  private static let lowTokens: UInt64 = 0x03ff_6cfa_0000_0000
  /// `tchar` of 0x40 to 0x7f: letters and ``^_`|~``.
  private static let highTokens: UInt64 = 0x57ff_ffff_c7ff_fffe

  static func isToken(_ byte: UInt8) -> Bool {
    if byte < 64 { return lowTokens >> UInt64(byte) & 1 == 1 }
    return byte < 128 && highTokens >> UInt64(byte & 63) & 1 == 1
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Whether a byte may stand in a field's value or a reason phrase.
  static func isText(_ byte: UInt8) -> Bool {
    (byte >= 0x20 && byte != 0x7f) || byte == 0x09
  }

  static func isFieldValue(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    for place in range where !isText(text[place]) { return false }
    return true
  }

  /// A range less the white space at both ends.
  static func trimmed(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isSpace(text[start]) { start += 1 }
    while start < end, isSpace(text[end - 1]) { end -= 1 }
    return start..<end
  }

  /// Whether a range reads as `word`, a lower-case literal, in whatever case.
  static func matches(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ word: StaticString
  ) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<range.count {
      let byte = text[range.lowerBound + index]
      let isUpper = byte &- UInt8(ascii: "A") < 26
      if (isUpper ? byte | 0x20 : byte) != word.utf8Start[index] { return false }
    }
    return true
  }

  /// Whether a range reads as `word`, in that case.
  static func equals(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ word: StaticString
  ) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<range.count where text[range.lowerBound + index] != word.utf8Start[index] {
      return false
    }
    return true
  }

  /// One or more digits, as a number that fits; else `nil`.
  static func number(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    guard (1...18).contains(range.count) else { return nil }
    var value = 0
    for place in range {
      let digit = text[place] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  static func string(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: text[range]), as: UTF8.self)
  }
}

extension UnsafeRawBufferPointer {
  /// The place of the first LF at or after `start`.
  func firstFeed(from start: Int) -> Int? {
    guard let base = baseAddress, start < count,
      let found = memchr(base + start, 0x0a, count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
