import Dialects
import NIOCore

/// A stream that is followed as it goes to the client, so that another attempt can go on with it when it
/// breaks.
struct StreamResume {
  /// What has gone to the client.
  var answer: StreamedAnswer
  /// The attempt that the stream began with: whose words are translated for the client in one piece.
  let first: Attempt
  /// What the attempt under way goes on with; `nil` before the first break.
  var continuation: Continuation?

  init(of first: Attempt, form: StreamedAnswer.Form) {
    self.first = first
    answer = StreamedAnswer(form)
  }

  /// Follows an event that goes out as it came. False for an error in the place of an answer.
  mutating func follow(_ data: ByteBuffer) -> Bool {
    data.withUnsafeReadableBytes { answer.follow($0) }
    return !answer.endedInError
  }

  /// What of the continuation's next event goes out; `nil` stands for the stream's end.
  mutating func receive(_ data: ByteBuffer?) -> Continuation.Passage {
    guard var continuation else { return .failed }
    defer { self.continuation = continuation }
    guard let data else { return continuation.finish(into: &answer) }
    return data.withUnsafeReadableBytes { continuation.receive($0, into: &answer) }
  }

  /// What can be done now that the stream has broken.
  func sequel() -> Sequel {
    sentBody.withUnsafeReadableBytes { answer.sequel(to: $0) }
  }

  /// The body that asks for the continuation, as slices of the one that asked for the answer.
  func body(model: String) -> [ByteBuffer] {
    guard let continuation else { return [] }
    return sentBody.slices(continuation.body(model: model))
  }

  /// The body that asked for the answer, in one piece.
  private var sentBody: ByteBuffer { ByteBuffer(joining: first.sent) }
}

extension SSEEvent {
  /// An event with this data, which is one line.
  init(data: [UInt8]) {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(data.count + 8)
    bytes.writeStaticString("data: ")
    bytes.writeBytes(data)
    bytes.writeStaticString("\n\n")
    self.init(bytes: bytes)
  }

  /// The last event of a stream of chat completions or completions.
  static let done = SSEEvent(data: Array("[DONE]".utf8))
}
