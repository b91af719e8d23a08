import NIOCore
import NIOHTTP1

extension StringProtocol {
  /// Whether it is the field name or the word `name`, a lower-case literal, in whatever case.
  func isField(_ name: StaticString) -> Bool {
    utf8.count == name.utf8CodeUnitCount && hasFieldPrefix(name)
  }

  /// Whether it begins with `prefix`, a lower-case literal, in whatever case.
  func hasFieldPrefix(_ prefix: StaticString) -> Bool {
    var index = 0
    for byte in utf8 {
      if index == prefix.utf8CodeUnitCount { return true }
      let isUpper = byte &- UInt8(ascii: "A") < 26
      if (isUpper ? byte | 0x20 : byte) != prefix.utf8Start[index] { return false }
      index += 1
    }
    return index == prefix.utf8CodeUnitCount
  }
}

/// Where an ``Exchange`` puts its answer: the client's connection. Fields are handed over, so that who adds
/// to them need not copy them.
protocol ClientSink: AnyObject {
  /// Whether the client takes what is written.
  var isWritable: Bool { get }
  /// Sends a complete answer and ends the exchange.
  func send(_ status: HTTPResponseStatus, _ fields: consuming HeaderFields, _ body: ByteBuffer)
  /// Sends an error of the gateway's own and ends the exchange.
  func send(_ error: APIError, _ fields: consuming HeaderFields)
  /// Sends the head of a stream.
  func beginStream(_ fields: consuming HeaderFields)
  /// Sends a part of a stream at once.
  func writeStream(_ bytes: ByteBuffer)
  /// Sends the last part of a stream that is complete, with its end, and ends the exchange.
  func endStream(_ last: ByteBuffer)
  /// Ends a stream that is not, and the exchange: the connection closes without the last chunk, so that
  /// nobody takes the answer for whole.
  func breakStream()
  /// Has the exchange woken at `time`; never, if `nil`.
  func wake(at time: NIODeadline?)
}

/// A request for inference that may go to a backend.
struct InferenceRequest {
  /// The endpoint.
  var inference: Route.Inference
  /// The client's header fields.
  var headers: HTTPHeaders
  /// The body, as it came.
  var body: ByteBuffer
  /// What the gateway has read of it.
  var content: InferenceBody
  /// Where it stands in a trace; `nil` where this node keeps out of traces, and passes them on as they come.
  var trace: TraceContext?

  /// How the client's family words errors.
  var shape: APIShape { inference.shape }

  /// Whether the usage of a stream is asked for though the client did not, and so is not shown to it.
  var hidesUsage: Bool {
    guard content.stream, !content.includesUsage else { return false }
    return inference == .chatCompletions || inference == .completions
  }
}
