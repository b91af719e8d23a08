/// Why bytes are not the HTTP/1.1 message that they should be (RFC 9112).
///
/// What two implementations could read differently is refused, never repaired: a request that a proxy
/// and its backend take apart in different places is how requests are smuggled (RFC 9112, 11.2).
enum HTTPFault: Error, Equatable {
  /// A line ends in a bare LF.
  case badLineEnd
  /// The request line or the status line.
  case badStartLine
  /// A version other than HTTP/1.0 and HTTP/1.1.
  case badVersion
  /// A field line: no name, space before the colon, or a control character in the value.
  case badField
  /// A field line that goes on in the next one (obs-fold).
  case foldedField
  /// No `Host` in HTTP/1.1, or several.
  case badHost
  /// `Content-Length` that is no number, or there twice.
  case badLength
  /// `Transfer-Encoding` other than `chunked`, there twice, beside `Content-Length` or in HTTP/1.0.
  case badCoding
  /// A chunk's size, or what comes after its data.
  case badChunk
  /// The head, a chunk's extensions or the trailer are longer than allowed.
  case tooLong
  /// The bytes end within a message.
  case truncated
}

extension HTTPFault: CustomStringConvertible {
  /// What is wrong, in words that name no content.
  var description: String {
    switch self {
    case .badLineEnd: "a line does not end in CR LF"
    case .badStartLine: "the first line is malformed"
    case .badVersion: "the version is neither HTTP/1.1 nor HTTP/1.0"
    case .badField: "a header field is malformed"
    case .foldedField: "a header field goes on in a second line"
    case .badHost: "Host must be there once"
    case .badLength: "Content-Length must be one number"
    case .badCoding: "Transfer-Encoding must be 'chunked', without Content-Length"
    case .badChunk: "a chunk is malformed"
    case .tooLong: "the header fields are too long"
    case .truncated: "it ends before it is complete"
    }
  }
}
