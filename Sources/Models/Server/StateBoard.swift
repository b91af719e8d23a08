import Synchronization

/// The newest state of a model, and those who follow its changes.
final class StateBoard: Sendable {
  private struct Content {
    var current = ModelState.stopped
    var followers: [Int: AsyncStream<ModelState>.Continuation] = [:]
    var nextFollower = 0
  }

  private let content = Mutex(Content())

  var current: ModelState { content.withLock { $0.current } }

  /// Makes `state` the current one and tells the followers, unless it is so already.
  ///
  /// - Returns: whether it is a change.
  func post(_ state: ModelState) -> Bool {
    content.withLock { content in
      guard content.current != state else { return false }
      content.current = state
      for follower in content.followers.values { follower.yield(state) }
      return true
    }
  }

  /// The current state, then every change, until the reader's task ends.
  func stream() -> AsyncStream<ModelState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ModelState.self, bufferingPolicy: .bufferingNewest(64))
    let id = content.withLock { content in
      content.nextFollower += 1
      content.followers[content.nextFollower] = continuation
      continuation.yield(content.current)
      return content.nextFollower
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.content.withLock { $0.followers.removeValue(forKey: id) }
    }
    return stream
  }
}
