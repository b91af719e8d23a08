import NIOCore

/// Bytes on their way from an event loop to a task that takes them one piece at a time. Confined to the
/// loop.
///
/// Whoever puts bytes in looks at ``isFull`` and is told by ``onRoom`` when there is room again, so that
/// a slow reader holds the source back.
final class ByteFeed {
  /// From here on the source is to pause.
  static let highWaterBytes = 256 << 10

  private let eventLoop: any EventLoop
  private var pieces = CircularBuffer<ByteBuffer>()
  private var bufferedBytes = 0
  private var ending: Result<Void, any Error>?
  private var reader: EventLoopPromise<ByteBuffer?>?
  /// Called when there is room again after it was full.
  var onRoom: (() -> Void)?
  /// Called when the reader wants no more.
  var onAbandon: (() -> Void)?

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Whether the reader is behind.
  var isFull: Bool { bufferedBytes >= Self.highWaterBytes }

  /// Adds a piece; its bounds are kept.
  func put(_ bytes: ByteBuffer) {
    guard ending == nil, bytes.readableBytes > 0 else { return }
    if let reader {
      self.reader = nil
      return reader.succeed(bytes)
    }
    pieces.append(bytes)
    bufferedBytes += bytes.readableBytes
  }

  /// Nothing more comes; with an `error`, what came is not all there was.
  func end(_ error: (any Error)? = nil) {
    guard ending == nil else { return }
    ending = error.map { .failure($0) } ?? .success(())
    if let reader { finish(reader) }
    reader = nil
    (onRoom, onAbandon) = (nil, nil)
  }

  /// The next piece; `nil` at the end.
  func next() -> EventLoopFuture<ByteBuffer?> {
    let promise = eventLoop.makePromise(of: ByteBuffer?.self)
    if let piece = pieces.popFirst() {
      let wasFull = isFull
      bufferedBytes -= piece.readableBytes
      promise.succeed(piece)
      if wasFull, !isFull { onRoom?() }
    } else if ending != nil {
      finish(promise)
    } else {
      reader?.succeed(nil)
      reader = promise
    }
    return promise.futureResult
  }

  private func finish(_ promise: EventLoopPromise<ByteBuffer?>) {
    switch ending {
    case .failure(let error): promise.fail(error)
    case .success, nil: promise.succeed(nil)
    }
  }

  /// The reader has gone.
  func abandon() {
    let told = onAbandon
    end(CancellationError())
    pieces.removeAll()
    bufferedBytes = 0
    told?()
  }
}
