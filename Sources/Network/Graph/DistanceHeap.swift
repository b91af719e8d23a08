/// A binary min-heap of (distance, node), for Dijkstra's algorithm with lazy deletion.
///
/// Ties are broken by node number, so that equal paths are chosen the same way on every machine.
struct DistanceHeap {
  private var distances: [Double] = []
  private var nodes: [Int32] = []

  init(capacity: Int) {
    distances.reserveCapacity(capacity)
    nodes.reserveCapacity(capacity)
  }

  var isEmpty: Bool { nodes.isEmpty }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    distances[a] < distances[b] || (distances[a] == distances[b] && nodes[a] < nodes[b])
  }

  mutating func push(_ distance: Double, _ node: Int32) {
    distances.append(distance)
    nodes.append(node)
    var child = nodes.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(child, parent) else { break }
      swapEntries(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (distance: Double, node: Int32)? {
    guard let distance = distances.first, let node = nodes.first else { return nil }
    swapEntries(0, nodes.count - 1)
    distances.removeLast()
    nodes.removeLast()
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < nodes.count, isBefore(left, least) { least = left }
      if left + 1 < nodes.count, isBefore(left + 1, least) { least = left + 1 }
      guard least != parent else { break }
      swapEntries(least, parent)
      parent = least
    }
    return (distance, node)
  }

  private mutating func swapEntries(_ a: Int, _ b: Int) {
    distances.swapAt(a, b)
    nodes.swapAt(a, b)
  }
}
