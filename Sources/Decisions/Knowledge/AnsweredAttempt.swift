import Orbits

/// An attempt that a backend answered: what there is to learn from it.
public struct AnsweredAttempt: Sendable, Equatable {
  /// Which backend over which uplink.
  public var path: PathID
  /// What was asked, and whether as a stream.
  public var service: ServiceKind
  /// Bytes of the request; `nil` where they are not known.
  public var requestBytes: Int?
  /// When the attempt began.
  public var started: UTC
  /// Whether a kept connection was reused.
  public var reusedConnection: Bool
  /// How long a new connection took to stand, where that was one round trip over the link, milliseconds.
  public var connectMs: Double?
  /// When the first byte of the answer (of a stream: its first event) came; `nil` where none did.
  public var firstByte: UTC?
  /// When the attempt was over.
  public var ended: UTC
  /// The backend's status, where it answered.
  public var status: Int?
  /// Tokens of the answer; `nil` where nobody counted them.
  public var outputTokens: Int?
  /// Bytes of the answer's body.
  public var bytesDown: Int
  /// The longest silence between two events of a stream, milliseconds; `nil` where there was none.
  public var longestGapMs: Double?
  /// The place that it had; `nil` where that is not known.
  public var place: PlaceQueue.Place?

  /// Creates an attempt.
  public init(
    path: PathID, service: ServiceKind, requestBytes: Int? = nil, started: UTC,
    reusedConnection: Bool, connectMs: Double? = nil, firstByte: UTC?, ended: UTC, status: Int?,
    outputTokens: Int? = nil, bytesDown: Int = 0, longestGapMs: Double? = nil,
    place: PlaceQueue.Place? = nil
  ) {
    self.place = place
    self.outputTokens = outputTokens
    self.longestGapMs = longestGapMs
    self.bytesDown = bytesDown
    self.path = path
    self.service = service
    self.requestBytes = requestBytes
    self.started = started
    self.reusedConnection = reusedConnection
    self.connectMs = connectMs
    self.firstByte = firstByte
    self.ended = ended
    self.status = status
  }

  /// Whether the answer is what was asked for: a refusal is quick, and says nothing about the time an
  /// answer takes, nor whether the backend is well.
  public var isGood: Bool { status.map { (200..<300).contains($0) } ?? false }
}
