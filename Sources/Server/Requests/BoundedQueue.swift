import Synchronization

/// A queue between those who must not wait and one who takes what has come: full, it drops the newest and
/// counts them.
final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var dropped = 0
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  /// How many found no room so far.
  var dropped: Int { state.withLock { $0.dropped } }

  func offer(_ element: Element) {
    state.withLock { state in
      if state.waiting.count < capacity {
        state.waiting.append(element)
      } else {
        state.dropped += 1
      }
    }
  }

  /// Everything that waits, oldest first; it waits no more.
  func takeAll() -> [Element] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Counts elements as dropped that were taken and could not be delivered.
  func countDropped(_ count: Int) { state.withLock { $0.dropped += count } }
}
