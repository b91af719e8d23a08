import NIOCore

/// How one family of inference APIs words its errors and frames its streams.
///
/// OpenAI's is the one there is; another family is another conformance and its routes.
protocol APIShape: Sendable {
  /// The body of an error response.
  func errorBody(_ error: APIError, request: String) -> String
  /// The event that ends a stream that has failed.
  func errorEvent(_ error: APIError, request: String) -> ByteBuffer
  /// What clients pass over, sent while there is nothing to send.
  func comment(_ text: String) -> ByteBuffer
  /// Whether an event, by its data, is the one that completes a stream.
  func isTerminal(_ data: ByteBuffer) -> Bool
}

/// The shape of OpenAI's API reference: errors as `{"error": {...}}`, streams that end in
/// `data: [DONE]`.
struct OpenAIShape: APIShape {
  func errorBody(_ error: APIError, request: String) -> String {
    "{\"error\":{\"message\":\(JSONText.quoted(error.message)),"
      + "\"type\":\(JSONText.quoted(error.fault.errorType)),"
      + "\"param\":\(JSONText.quotedOrNull(error.param)),"
      + "\"code\":\(JSONText.quoted(error.code))},\"request_id\":\(JSONText.quoted(request))}"
  }

  func errorEvent(_ error: APIError, request: String) -> ByteBuffer {
    ByteBuffer(string: "data: \(errorBody(error, request: request))\n\n")
  }

  func comment(_ text: String) -> ByteBuffer { ByteBuffer(string: ": \(text)\n\n") }

  func isTerminal(_ data: ByteBuffer) -> Bool {
    let word: StaticString = "[DONE]"
    return data.withUnsafeReadableBytes { bytes in
      guard bytes.count >= 6 else { return false }
      for index in 0..<6 where bytes[index] != word.utf8Start[index] { return false }
      return bytes.dropFirst(6).allSatisfy { $0 == UInt8(ascii: " ") }
    }
  }
}
