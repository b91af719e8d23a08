import Decisions
import Fleet
import Foundation
import Gateway
import Orbits
import Synchronization

/// The node's own pages and API: dashboard, metrics, state, requests and their explanations.
final class NodeControl: ControlPlane {
  /// Event streams at a time; each costs a report every two seconds.
  static let maximumEventStreams = 64
  private static let secondsBetweenReports = 2

  private let world: World
  private let router: LiveRouter
  private let requests: RequestLog
  private let metrics: NodeMetrics
  private let history: RequestHistory
  private let traces: TraceExporter
  private let terminals: Current<NodeTerminals>
  private let readiness: Readiness
  private let work: DurableWork
  private let startedAt: UTC
  private let version: String
  private let now: @Sendable () -> UTC
  private let reload: @Sendable () async throws -> ReloadReport
  private let reloads: Current<ReloadState>
  private let keys: KeysControl
  private let assets: DashboardFiles
  private let eventStreams = Atomic<Int>(0)

  init(
    world: World, router: LiveRouter, requests: RequestLog, metrics: NodeMetrics,
    history: RequestHistory, traces: TraceExporter, terminals: Current<NodeTerminals>,
    readiness: Readiness,
    work: DurableWork, assets: DashboardFiles,
    startedAt: UTC, version: String, now: @escaping @Sendable () -> UTC,
    reloads: Current<ReloadState>, keys: KeysControl,
    reload: @escaping @Sendable () async throws -> ReloadReport
  ) {
    self.reload = reload
    self.keys = keys
    self.reloads = reloads
    self.world = world
    self.router = router
    self.requests = requests
    self.metrics = metrics
    self.history = history
    self.traces = traces
    self.readiness = readiness
    self.work = work
    self.terminals = terminals
    self.assets = assets
    self.startedAt = startedAt
    self.version = version
    self.now = now
  }

  func isPublic(path: String) -> Bool { path == "/ready" || assets.contains(path) }

  func scope(method: String, path: String) -> KeyScope {
    KeysControl.owns(path) || method != "GET" && method != "HEAD" ? .admin : .metrics
  }

  func respond(to request: ControlRequest) async throws -> ControlResponse {
    if request.path == "/api/reload" {
      if request.method == "POST" { keys.noteReload(by: request.caller) }
      return await reload(request)
    }
    if KeysControl.owns(request.path) { return keys.respond(to: request) }
    guard request.method == "GET" else {
      return Self.problem(405, "\(request.method) is not offered here: use GET", [("allow", "GET")])
    }
    // Whoever has an answer finds its request.
    router.takeInEnded()
    switch request.path {
    case "/metrics":
      let page = MetricsPage(
        plan: world.plan, knowledge: world.knowledge, counters: world.counters, metrics: metrics,
        spend: keys.accounts.spendMetrics, dishes: DishMetrics(terminals.value),
        reload: reloads.value,
        traces: traces.figures, historyDropped: history.dropped,
        work: await work.figures(), process: ProcessFigures(startedAt: startedAt), time: now(),
        version: version)
      return .full(
        status: 200, headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
        body: Array(page.text().utf8))
    case "/api/state": return Self.json(state)
    case "/api/links":
      let report = LinksReport(ways: world.plan.ways, knowledge: world.knowledge, time: now())
      return Self.json(report.json)
    case "/api/sky": return sky(QueryItems(request.query))
    case "/api/top":
      let report = TopReport(
        world: world, knowledge: world.knowledge, requests: requests.newest(1000),
        startedAt: startedAt, version: version, time: now())
      return Self.json(report.json)
    case "/ready":
      let (status, body) = await readiness.answer(at: now())
      return Self.json(body, status: status)
    case "/api/requests":
      let limit = QueryItems(request.query)["limit"].flatMap { Int($0) } ?? 100
      return await newest(max(0, min(limit, 1000)))
    case "/events": return events()
    default: break
    }
    if request.path.hasPrefix("/api/requests/") {
      let id = String(request.path.dropFirst("/api/requests/".count))
      if let record = requests.record(id: id) { return Self.json(record.explanationJSON) }
      if let kept = await history.explanation(id: id) { return Self.json(text: kept) }
      return Self.problem(
        404, "no request \(id.prefix(100)) among those that are kept: see /api/requests")
    }
    if let file = assets.file(at: request.path) {
      let known = request.headers.first { $0.name.lowercased() == "if-none-match" }?.value
      return file.response(ifNoneMatch: known)
    }
    return Self.problem(404, "nothing at \(request.path): the dashboard is at /")
  }

  /// The newest requests: those of this run, then those that an earlier one has kept.
  private func newest(_ limit: Int) async -> ControlResponse {
    let recent = requests.newest(limit)
    var rows = recent.map { JSON.object($0.summaryJSON).text }
    if rows.count < limit {
      let known = Set(recent.map(\.facts.id))
      rows += await history.newest(limit).filter { !known.contains($0.id) }.map(\.row)
    }
    return Self.json(text: "{\"requests\":[\(rows.prefix(limit).joined(separator: ","))]}")
  }

  /// Reads the manifest anew; one that can't be used changes nothing, and the answer says why.
  private func reload(_ request: ControlRequest) async -> ControlResponse {
    guard request.method == "POST" else {
      return Self.problem(
        405, "\(request.method) is not offered here: use POST", [("allow", "POST")])
    }
    do {
      return Self.json(try await reload().json)
    } catch let error as NodeError where !error.isInput {
      return Self.problem(503, error.description, [("retry-after", "1")])
    } catch {
      return Self.problem(422, "nothing was changed: \(error)")
    }
  }

  private var state: JSON {
    StateReport(
      world: world, knowledge: world.knowledge, startedAt: startedAt, version: version, time: now()
    ).json
  }

  private func sky(_ query: QueryItems) -> ControlResponse {
    var time = now()
    if let text = query["at"] {
      guard let at = UTC(text) else {
        return Self.problem(400, "at=\(text) is no time: write 2026-11-25T12:00:00Z")
      }
      time = at
    }
    let report = SkyReport(
      topology: world.plan.topology, time: time, withNames: query["names"] == "1")
    return Self.json(report.json)
  }

  /// Requests as they end, and the state every two seconds.
  private func events() -> ControlResponse {
    guard eventStreams.wrappingAdd(1, ordering: .relaxed).newValue <= Self.maximumEventStreams
    else {
      eventStreams.wrappingSubtract(1, ordering: .relaxed)
      return Self.problem(503, "too many event streams: close a dashboard", [("retry-after", "10")])
    }
    let (stream, continuation) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingNewest(64))
    let ended = requests.follow()
    let feed = Task { [weak self] in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          for await record in ended {
            continuation.yield(Self.event("request", .object(record.summaryJSON)))
          }
        }
        group.addTask {
          while !Task.isCancelled, let self {
            continuation.yield(Self.event("state", self.state))
            try? await Task.sleep(for: .seconds(Self.secondsBetweenReports))
          }
        }
      }
    }
    continuation.onTermination = { [weak self] _ in
      feed.cancel()
      self?.eventStreams.wrappingSubtract(1, ordering: .relaxed)
    }
    return .stream(
      status: 200,
      headers: [("content-type", "text/event-stream"), ("cache-control", "no-store")],
      body: stream)
  }

  private static func event(_ name: String, _ data: JSON) -> [UInt8] {
    Array("event: \(name)\ndata: \(data.text)\n\n".utf8)
  }

  private static func json(
    _ value: JSON, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> ControlResponse {
    json(text: value.text, status: status, headers: headers)
  }

  static func json(
    text: String, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> ControlResponse {
    .full(
      status: status,
      headers: [("content-type", "application/json"), ("cache-control", "no-store")] + headers,
      body: Array(text.utf8))
  }

  static func problem(
    _ status: Int, _ message: String, _ headers: [(name: String, value: String)] = []
  ) -> ControlResponse {
    json(["error": ["message": .string(message)]], status: status, headers: headers)
  }
}

/// The items of a query string, percent-decoded.
struct QueryItems {
  private var items: [String: String] = [:]

  init(_ query: String) {
    for item in query.split(separator: "&").prefix(32) {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts[0].removingPercentEncoding else { continue }
      items[name] = parts.count > 1 ? parts[1].removingPercentEncoding : ""
    }
  }

  subscript(name: String) -> String? { items[name] }
}
