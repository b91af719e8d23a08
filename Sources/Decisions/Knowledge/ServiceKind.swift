/// What a service time is an estimate of.
///
/// A stream's first byte is its first token; without a stream the first byte comes with the last token,
/// which is another matter.
public struct ServiceKind: Hashable, Sendable {
  /// The backend's name.
  public var backend: String
  /// The path that was asked for, such as `/v1/chat/completions`.
  public var endpoint: String
  /// Whether the client asked for a stream.
  public var stream: Bool

  /// Creates a kind.
  public init(backend: String, endpoint: String, stream: Bool) {
    self.backend = backend
    self.endpoint = endpoint
    self.stream = stream
  }
}
