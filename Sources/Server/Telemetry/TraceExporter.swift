import Gateway
import Links
import Logging
import Synchronization

/// Sends the spans of requests to a collector over OTLP/HTTP: in batches, off the requests' way. A collector
/// that is away costs nothing but the spans, which are dropped and counted.
final class TraceExporter: Sendable {
  /// Where spans go, as one reading of the manifest has it.
  struct Target: Sendable {
    var endpoint: Endpoint
    var headers: [(name: String, value: Secret)]
    var site: String
    var satelliteUplinks: Set<String>
  }

  /// Requests that wait at most, and those in one export.
  private static let capacity = 4096
  private static let batch = 256
  private static let timeBetweenExports = Duration.seconds(1)

  /// Requests whose spans were delivered, and how many exports were not.
  private struct Counts {
    var exported = 0
    var failures = 0
    var isFailing = false
  }

  /// `nil` where no traces are asked for.
  let target: Current<Target?>
  private let call: HTTPCall
  private let version: String
  private let logger: Logger
  private let waiting = BoundedQueue<RequestRecord>(capacity: TraceExporter.capacity)
  private let counts = Mutex(Counts())

  init(target: Target?, dialer: Dialer, version: String, logger: Logger) {
    self.target = Current(target)
    self.call = HTTPCall(dialer: dialer, timeout: .seconds(10), maximumBytes: 1 << 20)
    self.version = version
    self.logger = logger
  }

  /// Requests whose spans were delivered; whose spans were dropped; exports that failed.
  var figures: (exported: Int, dropped: Int, failures: Int) {
    let counts = counts.withLock { $0 }
    return (counts.exported, waiting.dropped, counts.failures)
  }

  func append(_ record: RequestRecord) {
    if record.trace?.isSampled == true { waiting.offer(record) }
  }

  /// Sends what has come, each second, until cancelled, and then once more.
  func run() async {
    while (try? await Task.sleep(for: Self.timeBetweenExports)) != nil { await exportAll() }
    // The last export must not be cancelled with the rest.
    await Task { await exportAll() }.value
  }

  private func exportAll() async {
    var records = waiting.takeAll()[...]
    guard let target = target.value else { return }
    while !records.isEmpty {
      let batch = records.prefix(Self.batch)
      guard await export(batch, to: target) else {
        // The rest would fare no better, and what comes meanwhile needs the room.
        return waiting.countDropped(records.count)
      }
      records = records.dropFirst(Self.batch)
    }
  }

  private func export(_ records: ArraySlice<RequestRecord>, to target: Target) async -> Bool {
    let spans = records.compactMap { record in
      RequestSpans(record, site: target.site, satelliteUplinks: target.satelliteUplinks)?.all
    }
    let body = OTLPJSON.export(spans.flatMap { $0 }, site: target.site, version: version)
    var problem: String?
    do {
      let answer = try await call.send(
        "POST", "/v1/traces", to: target.endpoint,
        headers: [("content-type", "application/json")]
          + target.headers.map { ($0.name, $0.value.reveal()) },
        body: Array(body.text.utf8))
      if !(200...299).contains(answer.status) { problem = "it answered \(answer.status)" }
    } catch {
      problem = "\(error)"
    }
    note(problem, requests: records.count, target)
    return problem == nil
  }

  private func note(_ problem: String?, requests: Int, _ target: Target) {
    let isNews = counts.withLock { counts in
      if problem == nil { counts.exported += requests } else { counts.failures += 1 }
      defer { counts.isFailing = problem != nil }
      return counts.isFailing != (problem != nil)
    }
    // Once for each time that it goes away.
    guard isNews else { return }
    let place = target.endpoint.hostHeader
    if let problem {
      logger.warning("traces can't be sent to \(place), and are dropped: \(problem)")
    } else {
      logger.notice("traces are sent to \(place) again")
    }
  }
}
