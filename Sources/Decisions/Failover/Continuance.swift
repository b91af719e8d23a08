extension RequestStateMachine {
  /// How a stream that has begun is gone on with when it breaks.
  public enum Continuance: Sendable, Equatable {
    /// Not at all.
    case none
    /// From the text so far, by one of these backends: any other would begin anew.
    case fromText(by: Set<String>)
    /// After its last event, by the backend that keeps the answer: over whatever path leads there, as often
    /// as need be, since nothing is made twice.
    case kept(by: String)

    /// Whether what comes after the break is what would have come without it.
    var isExact: Bool { if case .kept = self { true } else { false } }
  }

  /// What is known of a break until the stream goes on.
  struct BrokenStream: Sendable, Equatable {
    /// Since when nothing goes on; `nil` while something does.
    var since: Instant?
    /// The path that broke last.
    var path: PathID?
    /// The paths that have been tried since the stream was last held.
    var tried: [PathID] = []
    /// How often it has been held since it broke.
    var holds = 0
    /// How often it has been begun to go on.
    var resumptions = 0
    /// How often nothing came for too long since the last event.
    var stalls = 0

    /// An event has come. Going on from the text is not to become a habit: how often that was done is
    /// remembered.
    mutating func mend(exactly isExact: Bool) {
      guard since != nil || stalls > 0 || (isExact && resumptions > 0) else { return }
      let past = isExact ? 0 : resumptions
      self = BrokenStream()
      resumptions = past
    }
  }
}
