import Decisions
import Fleet
import Foundation
import Links
import Logging
import Server

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A node that serves for the length of `body`.
struct RunningNode: Sendable {
  let url: String

  /// A folder for state that no other node has.
  static func newFolder() -> String {
    NSTemporaryDirectory() + "/perigee-state-\(UUID().uuidString)"
  }

  /// As many connections at a time as a test asks for.
  private static let session: URLSession = {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpMaximumConnectionsPerHost = 200
    return URLSession(configuration: configuration)
  }()

  static func serve<Result: Sendable>(
    _ fleet: Fleet, stateDirectory: String = RunningNode.newFolder(), manifestFolder: String = ".",
    untilReady: Bool = false, readFleet: (@Sendable () throws -> Fleet)? = nil,
    whileStopping: (@Sendable (RunningNode) async throws -> Void)? = nil,
    _ body: @Sendable (RunningNode) async throws -> Result
  ) async throws -> Result {
    let node = try Node(
      fleet: fleet,
      options: NodeOptions(
        stateDirectory: stateDirectory, manifestFolder: manifestFolder,
        version: "test",
        readFleet: readFleet),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (events, report) = AsyncStream.makeStream(of: Node.Event.self)
    let serving = Task {
      defer { report.finish() }
      try await node.run { report.yield($0) }
    }
    defer { serving.cancel() }
    var url: String?
    for await event in events {
      if case .listening(let address) = event { url = address.url }
      if case .ready = event, url != nil { break }
      if url != nil, !untilReady { break }
    }
    guard let url else {
      try await serving.value
      throw CancellationError()
    }
    let result = try await body(RunningNode(url: url))
    serving.cancel()
    try await whileStopping?(RunningNode(url: url))
    try await serving.value
    return result
  }

  struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:]
    }
  }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
    try await send(path, body: nil, headers: headers)
  }

  func post(
    _ path: String, _ body: Data = Data(), headers: [String: String] = [:]
  ) async throws -> Answer {
    try await send(path, body: body, headers: headers)
  }

  /// The value of one series of the metrics page; 0 where there is none.
  func value(_ series: String) async throws -> Double {
    let text = try await get("/metrics").text
    let line = text.split(separator: "\n").first { $0.hasPrefix(series) }
    return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
  }

  /// Requests under way at a backend.
  func underWay(_ backend: String) async throws -> Int {
    Int(try await value("perigee_backend_requests_in_flight{backend=\"\(backend)\"}"))
  }

  /// Asks the model `m` a question.
  func ask(
    _ question: String = "who are you?", stream: Bool = false, headers: [String: String] = [:]
  ) async throws -> Answer {
    let body = try JSONSerialization.data(
      withJSONObject: [
        "model": "m", "messages": [["role": "user", "content": question]], "stream": stream,
      ] as [String: Any], options: .sortedKeys)
    return try await send("/v1/chat/completions", body: body, headers: headers)
  }

  private func send(
    _ path: String, body: Data?, headers: [String: String]
  ) async throws -> Answer {
    guard let target = URL(string: url + path) else { throw CancellationError() }
    var request = URLRequest(url: target)
    request.httpMethod = body == nil ? "GET" : "POST"
    request.httpBody = body
    if body != nil { request.setValue("application/json", forHTTPHeaderField: "content-type") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await Self.session.data(for: request)
    let http = response as? HTTPURLResponse
    var fields: [String: String] = [:]
    for (name, value) in http?.allHeaderFields ?? [:] {
      fields["\(name)".lowercased()] = "\(value)"
    }
    return Answer(status: http?.statusCode ?? 0, headers: fields, body: data)
  }
}
