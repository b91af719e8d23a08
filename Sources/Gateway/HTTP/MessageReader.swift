import NIOCore
import NIOHTTP1

/// What a ``MessageReader`` reads: a request's head or a response's.
protocol MessageHead {
  /// Whether empty lines before the start line are passed over (RFC 9112, section 2.2).
  static var mayFollowEmptyLines: Bool { get }

  /// Reads a start line, without its CRLF, and takes the fields that follow it.
  static func read(
    _ line: UnsafeRawBufferPointer, _ fields: HeadFields
  ) throws(HTTPFault) -> HeadReading<Self>
}

/// A head, and how its message goes on.
struct HeadReading<Head> {
  /// The head; `nil` for an informational response, which is passed over.
  var head: Head?
  var framing: BodyReader.Framing
  /// Whether the connection may carry another message after this one.
  var keepsAlive: Bool
}

/// Takes HTTP/1.1 messages apart as their bytes come in, one after the other, without copying bodies.
///
/// Strict (see ``HTTPFault``): after a fault nothing more of the connection can be told.
struct MessageReader<Head: MessageHead> {
  /// A piece of a message.
  enum Part {
    case head(Head)
    case body(ByteBuffer)
    case end
  }

  private let maximumHeadBytes: Int
  private var buffer = ByteBuffer()
  private var body: BodyReader?
  /// Bytes of the head that have been looked at, and where the line begins that they end in.
  private var scanned = 0
  private var lineStart = 0
  /// What the message under way says of its connection.
  private(set) var keepsAlive = true

  init(maximumHeadBytes: Int) { self.maximumHeadBytes = maximumHeadBytes }

  /// Whether there are bytes that no part has been made of yet.
  var hasUnread: Bool { buffer.readableBytes > 0 }

  /// Takes what was read.
  mutating func append(_ bytes: ByteBuffer) { buffer.addUnread(bytes) }

  /// The next part, or `nil` until more is read.
  mutating func next() throws(HTTPFault) -> Part? {
    if body == nil {
      guard let head = try nextHead() else {
        forgetIfEmpty()
        return nil
      }
      return .head(head)
    }
    if let bytes = try body?.next(&buffer) { return .body(bytes) }
    guard body?.isDone == true else {
      forgetIfEmpty()
      return nil
    }
    body = nil
    forgetIfEmpty()
    return .end
  }

  /// No more bytes come. Gives whether that completes a message.
  mutating func finish() throws(HTTPFault) -> Bool {
    guard let body else {
      if hasUnread { throw .truncated }
      return false
    }
    guard body.endsWithConnection else { throw .truncated }
    self.body = nil
    return true
  }

  /// Lets the channel have the memory it read into back.
  private mutating func forgetIfEmpty() {
    if buffer.readableBytes == 0 { buffer = ByteBuffer() }
  }

  private mutating func nextHead() throws(HTTPFault) -> Head? {
    while true {
      if Head.mayFollowEmptyLines, scanned == 0, passEmptyLines() { return nil }
      guard let end = try headEnd(), let bytes = buffer.readSlice(length: end) else { return nil }
      (scanned, lineStart) = (0, 0)
      let result: Result<HeadReading<Head>, HTTPFault> = bytes.withUnsafeReadableBytes { text in
        do throws(HTTPFault) {
          let lineEnd = text.firstFeed(from: 0) ?? 1
          let fields = try HeadFields(UnsafeRawBufferPointer(rebasing: text[(lineEnd + 1)...]))
          let line = UnsafeRawBufferPointer(rebasing: text[..<(lineEnd - 1)])
          return .success(try Head.read(line, fields))
        } catch {
          return .failure(error)
        }
      }
      let reading = try result.get()
      guard let head = reading.head else { continue }
      keepsAlive = reading.keepsAlive
      body = BodyReader(reading.framing)
      return head
    }
  }

  /// Whether it takes another byte to tell an empty line from a start line.
  private mutating func passEmptyLines() -> Bool {
    while let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self), first == 0x0d {
      guard let second = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt8.self) else {
        return true
      }
      guard second == 0x0a else { return false }
      buffer.moveReaderIndex(forwardBy: 2)
    }
    return buffer.readableBytes == 0
  }

  /// The length of the head, its empty line included, once that has come.
  private mutating func headEnd() throws(HTTPFault) -> Int? {
    var (scanned, lineStart) = (scanned, lineStart)
    let found: Result<Int?, HTTPFault> = buffer.withUnsafeReadableBytes { text in
      while let feed = text.firstFeed(from: scanned) {
        guard feed > lineStart, text[feed - 1] == 0x0d else { return .failure(.badLineEnd) }
        let isEmpty = feed - 1 == lineStart
        (scanned, lineStart) = (feed + 1, feed + 1)
        if isEmpty { return .success(feed + 1) }
      }
      scanned = text.count
      return .success(nil)
    }
    (self.scanned, self.lineStart) = (scanned, lineStart)
    let end = try found.get()
    if end ?? scanned > maximumHeadBytes { throw .tooLong }
    return end
  }
}
