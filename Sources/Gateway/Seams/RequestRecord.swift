import Decisions
import Dialects
import Fleet
import Orbits

/// All that is known of a request once it is over: the source of `perigee explain` and of metrics.
public struct RequestRecord: Sendable, Equatable {
  /// One attempt to get an answer.
  public struct Attempt: Sendable, Equatable {
    /// Which backend over which uplink.
    public var path: PathID
    /// Predicted time to first token, milliseconds.
    public var predictedMs: Double?
    /// Whether it was begun beside another one.
    public var isHedge: Bool
    /// When the attempt began.
    public var started: UTC
    /// When the connection stood; equal to ``started`` where a kept one was reused.
    public var connected: UTC?
    /// Whether a kept connection was reused.
    public var reusedConnection: Bool
    /// When the first byte of the answer (of a stream: its first content) came.
    public var firstByte: UTC?
    /// When the attempt was over.
    public var ended: UTC
    /// The backend's status, where it answered.
    public var status: Int?
    /// Bytes that went over the connection: TLS, heads and framing included.
    public var bytesUp: Int
    /// Bytes that came over the connection: TLS, heads and framing included.
    public var bytesDown: Int
    /// Bytes of the answer's body.
    public var answerBytes: Int
    /// What went wrong; `nil` where nothing did.
    public var fault: Fault?
    /// What went wrong, in words; holds no secret.
    public var detail: String?
    /// Whether it asked for the rest of an answer that an earlier attempt had begun.
    public var isFollowUp: Bool
    /// The place that it had at the backend; `nil` where places are not counted.
    public var place: PlaceQueue.Place?

    /// Creates an attempt.
    public init(
      path: PathID, predictedMs: Double?, isHedge: Bool = false, started: UTC,
      connected: UTC? = nil,
      reusedConnection: Bool = false, firstByte: UTC? = nil, ended: UTC, status: Int? = nil,
      bytesUp: Int = 0, bytesDown: Int = 0, answerBytes: Int? = nil, fault: Fault? = nil,
      detail: String? = nil,
      isFollowUp: Bool = false, place: PlaceQueue.Place? = nil
    ) {
      self.isFollowUp = isFollowUp
      self.place = place
      self.answerBytes = answerBytes ?? bytesDown
      self.path = path
      self.predictedMs = predictedMs
      self.isHedge = isHedge
      self.started = started
      self.connected = connected
      self.reusedConnection = reusedConnection
      self.firstByte = firstByte
      self.ended = ended
      self.status = status
      self.bytesUp = bytesUp
      self.bytesDown = bytesDown
      self.fault = fault
      self.detail = detail
    }
  }

  /// What was known before it was routed.
  public var facts: RequestFacts
  /// What was considered and decided.
  public var decision: RoutingDecision
  /// The attempts, in order.
  public var attempts: [Attempt]
  /// The path whose answer the client got; `nil` where it got none.
  public var chosen: PathID?
  /// Predicted time to first token over ``chosen``, milliseconds.
  public var predictedMs: Double?
  /// Time from the start of the attempt over ``chosen`` to its first byte, milliseconds: what
  /// ``predictedMs`` is held against.
  public var actualMs: Double?
  /// Time from the request's arrival to the first byte of its answer, failed attempts included,
  /// milliseconds.
  public var timeToFirstByteMs: Double?
  /// The status the client got; 499 where it left before any.
  public var status: Int
  /// What the backend counted, where it said.
  public var usage: AnswerUsage?
  /// Events of the answer's stream that reached the client.
  public var events: Int
  /// How often its stream broke and was gone on with by another attempt.
  public var resumes: Int
  /// The longest silence between two events of the stream, milliseconds; `nil` where there was no stream.
  public var longestGapMs: Double?
  /// How long it waited for a link to come back with no attempt under way, milliseconds.
  public var heldMs: Double
  /// How long it waited for a place at a backend or on an uplink, milliseconds.
  public var waitedMs: Double
  /// When it was over.
  public var ended: UTC
  /// What went wrong; `nil` where the client got a complete answer.
  public var fault: Fault?
  /// What it cost, all attempts together; `nil` where no price is known.
  public var cost: Cost?

  /// Where it stands in a trace; `nil` where this node takes no part in traces.
  public var trace: TraceContext?

  /// Creates a record.
  public init(
    facts: RequestFacts, decision: RoutingDecision, attempts: [Attempt], chosen: PathID? = nil,
    predictedMs: Double? = nil, actualMs: Double? = nil, timeToFirstByteMs: Double? = nil,
    status: Int, usage: AnswerUsage? = nil, events: Int = 0,
    longestGapMs: Double? = nil, resumes: Int = 0,
    heldMs: Double = 0, waitedMs: Double = 0, ended: UTC, fault: Fault? = nil, cost: Cost? = nil,
    trace: TraceContext? = nil
  ) {
    self.cost = cost
    self.trace = trace
    self.facts = facts
    self.decision = decision
    self.attempts = attempts
    self.chosen = chosen
    self.predictedMs = predictedMs
    self.actualMs = actualMs
    self.timeToFirstByteMs = timeToFirstByteMs
    self.status = status
    self.usage = usage
    self.events = events
    self.resumes = resumes
    self.longestGapMs = longestGapMs
    self.heldMs = heldMs
    self.waitedMs = waitedMs
    self.ended = ended
    self.fault = fault
  }
}
