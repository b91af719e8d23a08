import Decisions
import Gateway
import Logging
import NIOCore
import Store
import Synchronization

/// Requests on disk, so that they can be explained after a restart. Written behind, off the requests' way:
/// what is lost when the process is killed is the last second, or of a busy node some of the last seconds.
///
/// Rendering a request and writing its row costs about as much as half of what the gateway does for it. So only
/// so many are written a second, the newest first. The rest waits until there is time. What others push out of
/// the queue meanwhile would be forgotten on disk as well: as many newer ones have come as are kept at all.
final class RequestHistory: Sendable {
  private static let timeBetweenWrites = Duration.seconds(1)
  /// The most rows of one write.
  static let rowsAtOnce = 1024
  /// How many may wait in memory to be written, whatever the bound on disk.
  static let mostWaiting = 65_536

  /// A request that is not on disk, and its place among all of them.
  private struct Unwritten {
    var sequence: Int64
    var kept: KeptRecord
  }

  private struct State {
    var waiting = CircularBuffer<Unwritten>()
    var sequence: Int64 = 0
    var dropped = 0
  }

  private let store: Store
  /// How many requests are kept; 0 for none.
  let bound: Current<Int>
  private let logger: Logger
  private let state: Mutex<State>

  /// A history that goes on after the newest request that is on disk.
  ///
  /// - Throws: GRDB's `DatabaseError` where the database can't be read.
  init(store: Store, bound: Int, logger: Logger) async throws {
    self.store = store
    self.bound = Current(bound)
    self.logger = logger
    state = Mutex(State(sequence: try await store.newestSequence()))
  }

  /// Requests that were not kept, since the disk took none or too many waited.
  var dropped: Int { state.withLock { $0.dropped } }

  func append(_ kept: KeptRecord) {
    let bound = min(bound.value, Self.mostWaiting)
    state.withLock { state in
      state.sequence += 1
      while !state.waiting.isEmpty, state.waiting.count >= bound {
        state.waiting.removeFirst()
        if bound == Self.mostWaiting { state.dropped += 1 }
      }
      if bound > 0 { state.waiting.append(Unwritten(sequence: state.sequence, kept: kept)) }
    }
  }

  /// Writes what has come, each second, until cancelled, and then all that waits.
  func run() async {
    // A writing is a task of its own: it must not be cancelled with the rest.
    while (try? await Task.sleep(for: Self.timeBetweenWrites)) != nil {
      await Task { _ = await write() }.value
    }
    await Task { while await write() {} }.value
  }

  /// Writes the newest that are not on disk; whether more of them wait.
  func write() async -> Bool {
    let (taken, newest) = state.withLock { state in
      let count = min(Self.rowsAtOnce, state.waiting.count)
      let taken = Array(state.waiting.suffix(count))
      state.waiting.removeLast(count)
      return (taken, state.sequence)
    }
    guard !taken.isEmpty else { return false }
    let rows = taken.map { waiting in
      let record = waiting.kept.record
      let summary = record.summaryJSON
      return KeptRequest(
        sequence: waiting.sequence, id: record.facts.id,
        summary: JSON.object(summary).text,
        explanation: record.explanationJSON(after: summary).text)
    }
    do {
      try await store.keep(rows, upTo: newest, bound: bound.value)
    } catch {
      state.withLock { $0.dropped += rows.count }
      logger.warning("requests can't be kept on disk: \(error)")
    }
    return state.withLock { !$0.waiting.isEmpty }
  }

  /// What was kept of a request, as JSON.
  func explanation(id: String) async -> String? {
    let waiting = state.withLock { state in
      state.waiting.first { $0.kept.record.facts.id == id }?.kept.record
    }
    if let waiting { return waiting.explanationJSON.text }
    return try? await store.keptRequest(id: id)?.explanation
  }

  /// The rows of the newest requests on disk, newest first, each one JSON object.
  func newest(_ limit: Int) async -> [(id: String, row: String)] {
    ((try? await store.newestRequests(limit)) ?? []).map { ($0.id, $0.summary) }
  }
}
