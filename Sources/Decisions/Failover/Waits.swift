extension RequestStateMachine {
  /// The waits it bounds.
  public struct Waits: Sendable, Equatable {
    /// For a connection, at most: less where the path is predicted to be quick.
    public var connect: Duration
    /// From a request's last byte to the answer's first, while another candidate is left to try.
    public var firstByte: Duration
    /// Between two signs of an answer that has begun.
    public var idle: Duration
    /// How long a stream may be silent before its first event until a comment is sent, and how often.
    public var heartbeat: Duration
    /// For the body of an error that is going to be passed over anyway.
    public var errorBody: Duration
    /// How long a request is held while no link leads anywhere: the longest outage that is ridden
    /// through, and what it takes to notice its end.
    public var outage: Duration
    /// How long nothing may be heard from any backend until the client is told so, however many candidates
    /// there are: the waits for their connections are cut to fit.
    public var unreachable: Duration
    /// How long a stream that broke is held until something can go on with it. Its client sees signs of life
    /// meanwhile.
    public var brokenStream: Duration
    /// The least silence of a stream that may be a stall: two heartbeats of a far Perigee node are missing.
    public var stall: Duration
    /// How often the links of attempts without an answer are looked at, and a held request decided anew.
    public var linkCheck: Duration

    /// What a gateway waits where nobody has said otherwise.
    public static let standard = Waits(
      connect: .seconds(4), firstByte: .seconds(120), idle: .seconds(120), heartbeat: .seconds(5))

    /// Creates bounds.
    public init(
      connect: Duration, firstByte: Duration, idle: Duration, heartbeat: Duration,
      errorBody: Duration = .seconds(5), outage: Duration = .seconds(2),
      unreachable: Duration = .milliseconds(4_500), brokenStream: Duration = .seconds(30),
      stall: Duration = .seconds(10), linkCheck: Duration = .milliseconds(200)
    ) {
      self.connect = connect
      self.firstByte = firstByte
      self.idle = idle
      self.heartbeat = heartbeat
      self.errorBody = errorBody
      self.outage = outage
      self.unreachable = unreachable
      self.brokenStream = brokenStream
      self.stall = stall
      self.linkCheck = linkCheck
    }

    /// For a connection over a path that is predicted to take `pathMs`: three times as long, since a lost
    /// packet costs about that, but a second at least, which is when TCP sends the first one again
    /// (RFC 6298), and at most ``connect``.
    func connect(pathMs: Double) -> Duration {
      guard pathMs.isFinite, pathMs < 1e6 else { return connect }
      return min(connect, max(.seconds(1), .milliseconds(3 * pathMs)))
    }
  }
}
