import NIOCore

/// Cuts a stream of bytes into gRPC messages: a flag, four bytes of length, the message (grpc.io,
/// "gRPC over HTTP2").
struct MessageFrames {
  /// The most bytes of one message.
  let limit: Int
  private var pending = ByteBuffer()

  init(limit: Int) { self.limit = limit }

  /// Whether nothing of an unfinished message is left.
  var isBetweenMessages: Bool { pending.readableBytes == 0 }

  /// Takes in bytes and gives the messages that are complete with them.
  mutating func take(_ bytes: ByteBuffer) throws(RPCError) -> [[UInt8]] {
    pending.writeImmutableBuffer(bytes)
    var messages: [[UInt8]] = []
    while let flag = pending.getInteger(at: pending.readerIndex, as: UInt8.self),
      let length = pending.getInteger(at: pending.readerIndex + 1, as: UInt32.self)
    {
      guard flag == 0 else { throw .notGRPC("a compressed message, which was not asked for") }
      guard length <= limit else { throw .tooLarge(limit: limit) }
      guard pending.readableBytes >= 5 + Int(length) else { break }
      pending.moveReaderIndex(forwardBy: 5)
      messages.append(pending.readBytes(length: Int(length)) ?? [])
    }
    pending.discardReadBytes()
    return messages
  }

  /// A message with what gRPC puts before it.
  static func frame(_ message: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(5 + message.count)
    buffer.writeInteger(UInt8(0))
    buffer.writeInteger(UInt32(message.count))
    buffer.writeBytes(message)
    return buffer
  }
}
