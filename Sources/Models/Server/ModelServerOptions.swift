/// How a model is served and watched.
public struct ModelServerOptions: Sendable, Hashable {
  /// The context's size: prompt and answer together must fit.
  public var contextTokens: Int
  /// Whether `/v1/embeddings` answers, with the mean of the last hidden layer. Chat is unaffected.
  /// An input may then have 2048 tokens at most.
  public var embeddings: Bool
  /// How long loading may take before the process counts as hung.
  public var loadDeadline: Duration
  /// The time between two health checks of a ready server, and the time each may take.
  public var checkInterval: Duration
  /// After so many unanswered checks in a row the process counts as hung and is replaced.
  public var unhealthyThreshold: Int
  /// The time between SIGTERM and SIGKILL.
  public var stopGrace: Duration
  /// The size at which the server's log file is emptied.
  public var logLimitBytes: Int

  /// The defaults suit a small model on a shared machine.
  public init(
    contextTokens: Int = 4096, embeddings: Bool = true, loadDeadline: Duration = .seconds(300),
    checkInterval: Duration = .seconds(5), unhealthyThreshold: Int = 6,
    stopGrace: Duration = .seconds(5), logLimitBytes: Int = 10_000_000
  ) {
    self.contextTokens = contextTokens
    self.embeddings = embeddings
    self.loadDeadline = loadDeadline
    self.checkInterval = checkInterval
    self.unhealthyThreshold = unhealthyThreshold
    self.stopGrace = stopGrace
    self.logLimitBytes = logLimitBytes
  }
}
