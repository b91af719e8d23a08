import NIOCore
import NIOHTTP1

/// Where an ``Exchange`` puts its answer: the client's connection.
protocol ClientSink: AnyObject {
  /// Whether the client takes what is written.
  var isWritable: Bool { get }
  /// Sends a complete answer and ends the exchange.
  func send(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer)
  /// Sends an error of the gateway's own and ends the exchange.
  func send(_ error: APIError, _ headers: HTTPHeaders)
  /// Sends the head of a stream.
  func beginStream(_ headers: HTTPHeaders)
  /// Sends a part of a stream at once.
  func writeStream(_ bytes: ByteBuffer)
  /// Ends a stream that is complete, and the exchange.
  func endStream()
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
}
