import Orbits

/// How likely a connection kept from the last answer saves the next request a handshake.
///
/// Learned, as some servers close after each answer (llama.cpp's does after each stream).
struct KeptConnections: Sendable, Equatable {
  /// How long a connection is expected to be kept after its last use.
  private static let keptSeconds = 55.0
  /// The weight of one more observation.
  private static let learningRate = 0.4

  /// The end of the newest answer over a path, after which its connection may have been kept.
  private struct LastAnswer: Sendable, Equatable {
    var ended: UTC
    var service: ServiceKind

    func isRecent(at time: UTC) -> Bool { time.seconds(since: ended) < keptSeconds }
  }

  private var lastAnswer: [PathID: LastAnswer] = [:]
  private var reuse: [ServiceKind: Double] = [:]

  /// The probability that a request over `path` at `time` finds a kept connection.
  func probability(_ path: PathID, at time: UTC) -> Double {
    guard let last = lastAnswer[path], last.isRecent(at: time) else { return 0 }
    return reuse[last.service] ?? 1
  }

  /// Learns from whether `attempt` reused a connection, and remembers its end.
  ///
  /// An attempt that overlaps the answer before it could not have reused its connection.
  mutating func observe(_ attempt: AnsweredAttempt) {
    if let last = lastAnswer[attempt.path], last.ended <= attempt.started,
      last.isRecent(at: attempt.started)
    {
      let seen = attempt.reusedConnection ? 1.0 : 0.0
      reuse[last.service] = reuse[last.service].map { $0 + (seen - $0) * Self.learningRate } ?? seen
    }
    lastAnswer[attempt.path] = LastAnswer(ended: attempt.ended, service: attempt.service)
  }

  /// Forgets what was learned over the paths for which `isGone`.
  mutating func forget(where isGone: (PathID) -> Bool) {
    for path in lastAnswer.keys.filter(isGone) {
      if let last = lastAnswer.removeValue(forKey: path) { reuse[last.service] = nil }
    }
  }
}
