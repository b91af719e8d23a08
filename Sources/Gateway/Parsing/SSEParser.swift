import NIOCore

/// Cuts a byte stream into whole server-sent events, bytes unchanged.
///
/// Lines end in LF, CRLF or CR and an event ends in an empty line (WHATWG HTML, "Server-sent events").
/// The LF of a final CRLF that arrives in a later read begins the next event; clients read it as the
/// rest of the line end that it is.
struct SSEParser {
  /// An event longer than allowed.
  struct EventTooLong: Error, Equatable {}

  private let maximumEventBytes: Int
  private var buffer = ByteBuffer()
  /// How many bytes of ``buffer`` have been looked at.
  private var scanned = 0
  private var isAtLineStart = true
  private var isAfterCR = false
  /// Whether something other than a line end has been seen since the last event.
  private var hasContent = false

  init(maximumEventBytes: Int) { self.maximumEventBytes = maximumEventBytes }

  /// Bytes of memory that it holds.
  var capacity: Int { buffer.capacity }

  /// Whether an event has begun that is not complete.
  var hasPartialEvent: Bool { hasContent }

  /// Takes what was read.
  mutating func append(_ bytes: ByteBuffer) { buffer.addUnread(bytes) }

  /// The next event that is complete, its empty line included, or `nil` until more is read.
  mutating func next() throws(EventTooLong) -> SSEEvent? {
    guard let end = scanForEnd() else {
      if buffer.readableBytes > maximumEventBytes { throw EventTooLong() }
      return nil
    }
    scanned = 0
    hasContent = false
    guard end <= maximumEventBytes, let bytes = buffer.readSlice(length: end) else {
      throw EventTooLong()
    }
    return SSEEvent(bytes: bytes)
  }

  /// The end of the first complete event, an offset into ``buffer``.
  private mutating func scanForEnd() -> Int? {
    var index = scanned
    var atLineStart = isAtLineStart
    var afterCR = isAfterCR
    var content = hasContent
    let end: Int? = buffer.withUnsafeReadableBytes { bytes in
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\n") where afterCR:
          afterCR = false
        case UInt8(ascii: "\n"):
          if atLineStart { return index }
          atLineStart = true
        case UInt8(ascii: "\r"):
          afterCR = true
          guard atLineStart else {
            atLineStart = true
            continue
          }
          if index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
            index += 1
            afterCR = false
          }
          return index
        default:
          atLineStart = false
          afterCR = false
          content = true
          index = Self.lineEnd(in: bytes, from: index)
        }
      }
      return nil
    }
    scanned = index
    isAtLineStart = atLineStart
    isAfterCR = afterCR
    hasContent = content
    return end
  }
}

extension SSEParser {
  /// The place of the first LF or CR at or after `start`; the end if there is none.
  ///
  /// Eight bytes at a time, with the zero-byte test of "Bit Twiddling Hacks" (S. E. Anderson).
  fileprivate static func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var place = start
    while place &+ 8 <= bytes.count {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let feeds = word ^ (ones &* 0x0a)
      let returns = word ^ (ones &* 0x0d)
      let flagged = ((feeds &- ones) & ~feeds | (returns &- ones) & ~returns) & highs
      if flagged != 0 { return place &+ flagged.trailingZeroBitCount / 8 }
      place &+= 8
    }
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\n") || bytes[place] == UInt8(ascii: "\r") { return place }
      place &+= 1
    }
    return place
  }
}

/// One whole server-sent event.
struct SSEEvent: Equatable {
  /// Its bytes, the empty line included.
  var bytes: ByteBuffer

  /// The value of its first `data` line, or `nil` for an event without one, such as a comment.
  func data() -> ByteBuffer? {
    let range: Range<Int>? = bytes.withUnsafeReadableBytes { text in
      var start = 0
      while start < text.count {
        let end = SSEParser.lineEnd(in: text, from: start)
        if let value = Self.dataValue(text, start..<end) { return value }
        start = end + 1
      }
      return nil
    }
    return range.flatMap { bytes.getSlice(at: bytes.readerIndex + $0.lowerBound, length: $0.count) }
  }

  private static func dataValue(
    _ text: UnsafeRawBufferPointer, _ line: Range<Int>
  ) -> Range<Int>? {
    let name: StaticString = "data:"
    guard line.count >= 5 else { return nil }
    for index in 0..<5 where text[line.lowerBound + index] != name.utf8Start[index] { return nil }
    var start = line.lowerBound + 5
    if start < line.upperBound, text[start] == UInt8(ascii: " ") { start += 1 }
    return start..<line.upperBound
  }
}
