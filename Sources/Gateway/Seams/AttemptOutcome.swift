import Decisions

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
  /// Bytes that went over the connection: TLS, heads and framing included.
  public var bytesUp: Int
  /// Bytes that came over the connection: TLS, heads and framing included.
  public var bytesDown: Int
  /// The place that is free now; `nil` where the next attempt uses it.
  public var place: PlaceQueue.Place?
  /// What the attempt tells about the places of its backend.
  public var use: PlaceQueue.Outcome
  /// When it was over.
  public var ended: Instant

  /// Creates an outcome.
  public init(
    ending: Ending, bytesUp: Int, bytesDown: Int, place: PlaceQueue.Place?,
    use: PlaceQueue.Outcome, ended: Instant
  ) {
    self.place = place
    self.use = use
    self.ended = ended
    self.ending = ending
    self.bytesUp = bytesUp
    self.bytesDown = bytesDown
  }
}
