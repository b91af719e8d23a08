import NIOCore

/// Takes a message's body out of the bytes after its head (RFC 9112, sections 6 and 7).
struct BodyReader {
  /// How a body's end is told.
  enum Framing: Equatable {
    /// By its length, bytes; 0 where there is no body.
    case length(Int)
    /// By its last chunk.
    case chunked
    /// By the end of the connection.
    case untilClose
  }

  private enum State: Equatable {
    case data(left: Int)
    case chunkSize
    case chunkData(left: Int)
    case chunkEnd
    case trailer
    case untilClose
    case done
  }

  /// A chunk's line may carry extensions, which are passed over.
  private static let maximumChunkLine = 1024
  private static let maximumTrailer = 8 << 10

  private var state: State
  private var trailerBytes = 0

  init(_ framing: Framing) {
    state =
      switch framing {
      case .length(let count): count == 0 ? .done : .data(left: count)
      case .chunked: .chunkSize
      case .untilClose: .untilClose
      }
  }

  /// Whether the body is complete.
  var isDone: Bool { state == .done }

  /// Whether the end of the connection completes it.
  var endsWithConnection: Bool { state == .untilClose }

  /// The next piece of the body; `nil` where it is complete, or more must be read first.
  mutating func next(_ buffer: inout ByteBuffer) throws(HTTPFault) -> ByteBuffer? {
    while true {
      switch state {
      case .done: return nil
      case .untilClose:
        return buffer.readableBytes == 0 ? nil : buffer.readSlice(length: buffer.readableBytes)
      case .data(let left):
        let piece = Self.take(left, from: &buffer)
        if let piece { state = piece.left == 0 ? .done : .data(left: piece.left) }
        return piece?.bytes
      case .chunkData(let left):
        let piece = Self.take(left, from: &buffer)
        if let piece { state = piece.left == 0 ? .chunkEnd : .chunkData(left: piece.left) }
        return piece?.bytes
      case .chunkSize:
        guard let line = try Self.line(&buffer, limit: Self.maximumChunkLine) else { return nil }
        let size = try Self.chunkSize(line)
        state = size == 0 ? .trailer : .chunkData(left: size)
      case .chunkEnd:
        guard let line = try Self.line(&buffer, limit: 2) else { return nil }
        guard line.readableBytes == 0 else { throw .badChunk }
        state = .chunkSize
      case .trailer:
        guard let line = try Self.line(&buffer, limit: Self.maximumTrailer) else { return nil }
        try passTrailer(line)
      }
    }
  }

  private static func take(
    _ left: Int, from buffer: inout ByteBuffer
  ) -> (bytes: ByteBuffer, left: Int)? {
    let count = min(left, buffer.readableBytes)
    guard count > 0, let bytes = buffer.readSlice(length: count) else { return nil }
    return (bytes, left - count)
  }

  /// The next line without its CRLF, once it is whole.
  private static func line(
    _ buffer: inout ByteBuffer, limit: Int
  ) throws(HTTPFault) -> ByteBuffer? {
    let found: Result<Int?, HTTPFault> = buffer.withUnsafeReadableBytes { bytes in
      guard let feed = bytes.firstFeed(from: 0) else {
        return bytes.count > limit ? .failure(.badChunk) : .success(nil)
      }
      guard feed > 0, bytes[feed - 1] == 0x0d, feed < limit + 2 else { return .failure(.badChunk) }
      return .success(feed - 1)
    }
    guard let length = try found.get(), let line = buffer.readSlice(length: length) else {
      return nil
    }
    buffer.moveReaderIndex(forwardBy: 2)
    return line
  }

  /// Reads hexadecimal digits and whatever follows a `;`.
  private static func chunkSize(_ line: ByteBuffer) throws(HTTPFault) -> Int {
    let size: Int? = line.withUnsafeReadableBytes { bytes in
      var value = 0
      var place = 0
      while place < bytes.count, let digit = hexValue(bytes[place]) {
        if place == 15 { return nil }
        value = value << 4 | digit
        place += 1
      }
      if place == 0 { return nil }
      let rest = HTTPText.trimmed(bytes, place..<bytes.count)
      let isExtension = !rest.isEmpty && bytes[rest.lowerBound] == UInt8(ascii: ";")
      guard rest.isEmpty || isExtension, HTTPText.isFieldValue(bytes, rest) else { return nil }
      return value
    }
    guard let size else { throw .badChunk }
    return size
  }

  private static func hexValue(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// Trailer fields are checked and dropped: none that comes after the body may change what it meant.
  private mutating func passTrailer(_ line: ByteBuffer) throws(HTTPFault) {
    if line.readableBytes == 0 {
      state = .done
      return
    }
    trailerBytes += line.readableBytes
    if trailerBytes > Self.maximumTrailer { throw .tooLong }
    let isField = line.withUnsafeReadableBytes { bytes in
      let colon = bytes.firstIndex { !HTTPText.isToken($0) } ?? bytes.count
      return colon > 0 && colon < bytes.count && bytes[colon] == UInt8(ascii: ":")
        && HTTPText.isFieldValue(bytes, colon + 1..<bytes.count)
    }
    if !isField { throw .badField }
  }
}
