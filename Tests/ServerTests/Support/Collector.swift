import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A real OpenTelemetry collector (rotel), which prints each span that it takes.
final class Collector: Sendable {
  /// One span as the collector understood it.
  struct Span {
    var trace = ""
    var parent = ""
    var id = ""
    var name = ""
    var kind = ""
    var status = ""
    var attributes: [String: String] = [:]
    var service: String
  }

  let url: String
  private let process: Process
  private let log: URL

  /// The collector's binary, beside the test environment's packages; `nil` where it is not installed.
  static let binary: URL? = RealParts.python.flatMap { python in
    let root = URL(fileURLWithPath: python).deletingLastPathComponent().deletingLastPathComponent()
    let library = root.appendingPathComponent("lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
    return versions.map {
      library.appendingPathComponent("\($0)/site-packages/rotel/rotel-agent")
    }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  init() async throws {
    let (http, grpc) = (try freePort(), try freePort())
    url = "http://127.0.0.1:\(http)"
    log = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString).log")
    try Data().write(to: log)
    process = ChildProgram.process(
      try #require(Self.binary),
      [
        "start", "--otlp-http-endpoint", "127.0.0.1:\(http)", "--otlp-grpc-endpoint",
        "127.0.0.1:\(grpc)", "--exporter", "blackhole", "--debug-log", "traces",
        "--debug-log-verbosity", "detailed",
      ])
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    for _ in 0..<200 where !output.contains("Starting Rotel") {
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  deinit {
    // It does not end for SIGTERM.
    kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(at: log)
  }

  var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// The spans so far.
  var spans: [Span] {
    var spans: [Span] = []
    var service = ""
    for line in output.split(separator: "\n") {
      let text = line.trimmingCharacters(in: .whitespaces)
      func value(_ label: String) -> String? {
        guard text.hasPrefix(label), let colon = text.firstIndex(of: ":") else { return nil }
        return text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
      if text.hasPrefix("-> service.instance.id: Str(") {
        service = String(text.dropFirst("-> service.instance.id: Str(".count).dropLast())
      } else if text.hasPrefix("Span #") {
        spans.append(Span(service: service))
      } else if let last = spans.indices.last {
        if let trace = value("Trace ID") { spans[last].trace = trace }
        if let parent = value("Parent ID") { spans[last].parent = parent }
        if let id = value("ID  ") { spans[last].id = id }
        if let name = value("Name") { spans[last].name = name }
        if let kind = value("Kind") { spans[last].kind = kind }
        if let status = value("Status code") { spans[last].status = status }
        if text.hasPrefix("-> "), let colon = text.firstRange(of: ": ") {
          spans[last].attributes[String(text.dropFirst(3)[..<colon.lowerBound])] =
            String(text[colon.upperBound...])
        }
      }
    }
    return spans
  }
}
