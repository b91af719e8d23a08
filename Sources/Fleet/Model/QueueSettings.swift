/// How many may wait for a place at a backend or on an uplink, and for how long.
public struct QueueSettings: Sendable, Equatable {
  /// Requests that may wait for one backend, or for one uplink.
  public var length: Int
  /// How long one of them may wait.
  public var longestWait: Duration
  /// After how long without being empty a queue counts as a standing one.
  public var standing: Duration
  /// How long one may wait in a standing queue.
  public var standingWait: Duration

  /// As many as a batching server may have under way.
  public static let standardLength = 256
  /// Half of what proxies usually give a silent answer.
  public static let standardLongestWait = Duration.seconds(30)
  /// Longer than a burst.
  public static let standardStanding = Duration.seconds(10)
  /// What a person still takes for an answer that comes at once.
  public static let standardStandingWait = Duration.seconds(3)

  /// Creates settings.
  public init(
    length: Int = QueueSettings.standardLength,
    longestWait: Duration = QueueSettings.standardLongestWait,
    standing: Duration = QueueSettings.standardStanding,
    standingWait: Duration = QueueSettings.standardStandingWait
  ) {
    self.length = length
    self.longestWait = longestWait
    self.standing = standing
    self.standingWait = standingWait
  }
}
