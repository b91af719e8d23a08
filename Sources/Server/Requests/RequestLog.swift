import Decisions
import Gateway
import Synchronization

/// The newest requests, for `perigee explain` and the dashboard, and those who watch them come.
final class RequestLog: Sendable {
  /// How many requests are kept.
  static let capacity = 4096

  private struct State {
    var records: [KeptRecord] = []
    var oldest = 0
    var followers: [Int: AsyncStream<RequestRecord>.Continuation] = [:]
    var nextFollower = 0
  }

  private let state = Mutex(State())

  /// Keeps a finished request, in place of the oldest when full.
  func append(_ record: KeptRecord) {
    state.withLock { state in
      if state.records.count < Self.capacity {
        state.records.append(record)
      } else {
        state.records[state.oldest] = record
        state.oldest = (state.oldest + 1) % Self.capacity
      }
      for follower in state.followers.values { follower.yield(record.record) }
    }
  }

  /// The request of that id, if it is still kept. Looks through all of them: people ask now and then, and
  /// an index would have to be kept up for each request.
  func record(id: String) -> RequestRecord? {
    state.withLock { state in state.records.first { $0.record.facts.id == id } }?.record
  }

  /// Up to `limit` requests, newest first.
  func newest(_ limit: Int) -> [RequestRecord] {
    state.withLock { state in
      let count = state.records.count
      return (0..<min(limit, count)).map { age in
        state.records[(state.oldest + count - 1 - age) % count].record
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
