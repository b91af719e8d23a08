import NIOCore
import Synchronization

/// The channels with which a connection is tried, so that a cancelled task can end them.
final class ConnectionAttempt: Sendable {
  private struct State {
    var isCancelled = false
    var channels: [any Channel] = []
  }

  private let state = Mutex(State())

  /// Adds a channel that is about to connect.
  ///
  /// - Throws: `CancellationError` where the attempt is over.
  func add(_ channel: any Channel) throws {
    try state.withLock {
      guard !$0.isCancelled else { throw CancellationError() }
      $0.channels.append(channel)
    }
  }

  /// Closes every channel, and lets no further one connect.
  func cancel() {
    let channels = state.withLock {
      $0.isCancelled = true
      return $0.channels
    }
    for channel in channels { channel.close(promise: nil) }
  }
}
