import Decisions

/// Events in order of time; those of one time in the order in which they were added. A binary heap.
struct EventQueue<Event: Sendable>: Sendable {
  private struct Entry: Sendable {
    var time: Instant
    var number: UInt64
    var event: Event

    func isBefore(_ other: Entry) -> Bool {
      (time.nanoseconds, number) < (other.time.nanoseconds, other.number)
    }
  }

  private var heap: [Entry] = []
  private var added: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }

  mutating func add(_ event: Event, at time: Instant) {
    add(event, at: time, number: reserve(1))
  }

  /// Keeps places for `count` events that are added later, each as if it were added now; gives the
  /// number of the first.
  mutating func reserve(_ count: Int) -> UInt64 {
    defer { added += UInt64(count) }
    return added
  }

  /// Adds an event in a place that ``reserve(_:)`` has kept.
  mutating func add(_ event: Event, at time: Instant, number: UInt64) {
    heap.append(Entry(time: time, number: number, event: event))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func next() -> (time: Instant, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return (first.time, first.event)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
