import NIOCore

/// A body that comes piece by piece: a request's as it is received, or an answer's as it is made.
///
/// The next piece is asked for when the last one has been dealt with; a slow reader holds the source
/// back. To be read once, by one task; cancelling that task abandons the source.
public struct ByteSequence: AsyncSequence, Sendable {
  fileprivate enum Source: Sendable {
    case whole(ByteBuffer)
    case feed(NIOLoopBound<ByteFeed>)
  }

  private let source: Source

  /// A body that is there already.
  public init(_ bytes: ByteBuffer) { source = .whole(bytes) }

  init(_ feed: ByteFeed, on eventLoop: any EventLoop) {
    source = .feed(NIOLoopBound(feed, eventLoop: eventLoop))
  }

  /// Says that the rest is not wanted.
  public func abandon() {
    guard case .feed(let feed) = source else { return }
    feed.eventLoop.execute { feed.value.abandon() }
  }

  /// Reads everything, up to `limit` bytes.
  ///
  /// - Throws: ``TooLong``, or what broke the source.
  public func collect(upTo limit: Int) async throws -> ByteBuffer {
    var all = ByteBuffer()
    for try await piece in self {
      guard all.readableBytes + piece.readableBytes <= limit else {
        abandon()
        throw TooLong(limit: limit)
      }
      // What comes in one piece is not copied.
      if all.readableBytes == 0 { all = piece } else { all.writeImmutableBuffer(piece) }
    }
    return all
  }

  /// More bytes than are taken.
  public struct TooLong: Error, Sendable, Equatable, CustomStringConvertible {
    /// The most that are taken.
    public var limit: Int

    /// Creates an error.
    public init(limit: Int) { self.limit = limit }

    /// What is wrong and what to do about it.
    public var description: String { "more than \(limit) bytes; send less at a time" }
  }

  /// Reads the pieces in order.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private var whole: ByteBuffer?
    private let feed: NIOLoopBound<ByteFeed>?

    fileprivate init(_ source: Source) {
      switch source {
      case .whole(let bytes): (whole, feed) = (bytes.readableBytes > 0 ? bytes : nil, nil)
      case .feed(let feed): (whole, self.feed) = (nil, feed)
      }
    }

    /// The next piece; `nil` at the end.
    public mutating func next() async throws -> ByteBuffer? {
      guard let feed else {
        defer { whole = nil }
        return whole
      }
      return try await withTaskCancellationHandler {
        try await feed.eventLoop.flatSubmit { feed.value.next() }.get()
      } onCancel: {
        feed.eventLoop.execute { feed.value.abandon() }
      }
    }
  }

  /// Begins to read.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source) }
}
