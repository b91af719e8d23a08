import NIOCore

extension ByteBuffer {
  /// Adds what was read to what nobody has taken yet.
  mutating func addUnread(_ bytes: ByteBuffer) {
    if readableBytes == 0 {
      self = bytes
    } else {
      // What has been taken would otherwise be kept for as long as reads end within something.
      discardReadBytes()
      writeImmutableBuffer(bytes)
    }
  }
}
