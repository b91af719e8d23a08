/// How an attempt to get an answer over one path ended.
public struct AttemptOutcome: Sendable, Equatable {
  /// The three ways an attempt ends.
  public enum Ending: Sendable, Equatable {
    /// The backend answered as it should; a 4xx that is the caller's doing counts.
    case answered
    /// The answer was no longer wanted, or there was no room for it, or the kept connection had been
    /// closed meanwhile and a new one is tried. Says nothing about the path.
    case cancelled
    /// The path or the backend failed.
    case failed(Fault)
  }

  /// How it ended.
  public var ending: Ending
  /// The status the backend answered, where it did.
  public var status: Int?
  /// Time to connect, milliseconds; `nil` where a kept connection was reused or none came to stand.
  public var connectMs: Double?
  /// Time from the attempt's start to the first byte of the answer (of a stream: its first event),
  /// milliseconds.
  public var firstByteMs: Double?
  /// Time from the attempt's start to its end, milliseconds.
  public var totalMs: Double
  /// Bytes of the body sent.
  public var bytesUp: Int
  /// Bytes of the answer's body received.
  public var bytesDown: Int

  /// Creates an outcome.
  public init(
    ending: Ending, status: Int? = nil, connectMs: Double? = nil, firstByteMs: Double? = nil,
    totalMs: Double, bytesUp: Int, bytesDown: Int
  ) {
    self.ending = ending
    self.status = status
    self.connectMs = connectMs
    self.firstByteMs = firstByteMs
    self.totalMs = totalMs
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
  }
}
