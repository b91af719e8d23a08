import Decisions
import Gateway
import Synchronization

/// The newest requests, for `perigee explain` and the dashboard, and those who watch them come.
final class RequestLog: Sendable {
  /// How many requests are kept.
  static let capacity = 4096

  private struct State {
    var records: [RequestRecord] = []
    var oldest = 0
    var position: [String: Int] = [:]
    var followers: [Int: AsyncStream<RequestRecord>.Continuation] = [:]
    var nextFollower = 0
  }

  private let state = Mutex(State())

  /// Keeps a finished request, in place of the oldest when full.
  func append(_ record: RequestRecord) {
    state.withLock { state in
      if state.records.count < Self.capacity {
        state.position[record.facts.id] = state.records.count
        state.records.append(record)
      } else {
        state.position[state.records[state.oldest].facts.id] = nil
        state.records[state.oldest] = record
        state.position[record.facts.id] = state.oldest
        state.oldest = (state.oldest + 1) % Self.capacity
      }
      for follower in state.followers.values { follower.yield(record) }
    }
  }

  /// The request of that id, if it is still kept.
  func record(id: String) -> RequestRecord? {
    state.withLock { state in state.position[id].map { state.records[$0] } }
  }

  /// Up to `limit` requests, newest first.
  func newest(_ limit: Int) -> [RequestRecord] {
    state.withLock { state in
      let count = state.records.count
      return (0..<min(limit, count)).map { age in
        state.records[(state.oldest + count - 1 - age) % count]
      }
    }
  }

  /// Every request that ends from now on. A slow reader loses the oldest beyond 256.
  func follow() -> AsyncStream<RequestRecord> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RequestRecord.self, bufferingPolicy: .bufferingNewest(256))
    let id = state.withLock { state in
      state.nextFollower += 1
      state.followers[state.nextFollower] = continuation
      return state.nextFollower
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.followers.removeValue(forKey: id) }
    }
    return stream
  }
}
