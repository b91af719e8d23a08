import Decisions
import Gateway
import Logging
import Store

/// Requests on disk, so that they can be explained after a restart. Written behind, in batches, off the
/// requests' way: what is lost when the process is killed is the last second.
final class RequestHistory: Sendable {
  private static let secondsBetweenWrites = 1

  private let store: Store
  /// How many requests are kept; 0 for none.
  let bound: Current<Int>
  private let logger: Logger
  private let waiting = BoundedQueue<RequestRecord>(capacity: 8192)

  init(store: Store, bound: Int, logger: Logger) {
    self.store = store
    self.bound = Current(bound)
    self.logger = logger
  }

  /// Requests that were not kept, since too many came or the disk took none.
  var dropped: Int { waiting.dropped }

  func append(_ record: RequestRecord) { waiting.offer(record) }

  /// Writes what has come, each second, until cancelled, and then once more.
  func run() async {
    // A writing is a task of its own: it must not be cancelled with the rest.
    while (try? await Task.sleep(for: .seconds(Self.secondsBetweenWrites))) != nil {
      await Task { await write() }.value
    }
    await Task { await write() }.value
  }

  private func write() async {
    let records = waiting.takeAll()
    let bound = bound.value
    guard bound > 0, !records.isEmpty else { return }
    let rows = records.suffix(bound).map { record in
      let summary = record.summaryJSON
      return KeptRequest(
        id: record.facts.id, summary: JSON.object(summary).text,
        explanation: record.explanationJSON(after: summary).text)
    }
    do {
      try await store.keep(rows, newest: bound)
    } catch {
      waiting.countDropped(rows.count)
      logger.warning("requests can't be kept on disk: \(error)")
    }
  }

  /// What was kept of a request, as JSON.
  func explanation(id: String) async -> String? {
    try? await store.keptRequest(id: id)?.explanation
  }

  /// The rows of the newest requests, newest first, each one JSON object.
  func newest(_ limit: Int) async -> [(id: String, row: String)] {
    ((try? await store.newestRequests(limit)) ?? []).map { ($0.id, $0.summary) }
  }
}
