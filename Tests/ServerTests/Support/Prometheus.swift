import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A real Prometheus that scrapes one node each second, and promtool beside it.
final class Prometheus: Sendable {
  static let binary = program("prometheus")
  static let tool = program("promtool")

  let url: String
  private let process: Process
  private let folder: URL

  private static func program(_ name: String) -> URL? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { URL(fileURLWithPath: "\($0)/\(name)") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// - Parameter key: What it shows the node.
  init(scraping node: String, key: String? = nil) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let target = node.replacing("http://", with: "")
    let rules = RealParts.root.appendingPathComponent("monitoring/prometheus/perigee.rules.yml")
    let authorization = key.map { ", authorization: {credentials: \"\($0)\"}" } ?? ""
    try Data(
      """
      global: {scrape_interval: 1s, evaluation_interval: 1s}
      rule_files: ["\(rules.path)"]
      scrape_configs: [{job_name: perigee, static_configs: [{targets: ["\(target)"]}]\(authorization)}]
      """.utf8
    ).write(to: folder.appendingPathComponent("prometheus.yml"))
    let port = try freePort()
    url = "http://127.0.0.1:\(port)"
    process = ChildProgram.process(
      try #require(Self.binary),
      [
        "--config.file=\(folder.path)/prometheus.yml", "--storage.tsdb.path=\(folder.path)/data",
        "--web.listen-address=127.0.0.1:\(port)",
      ])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// How many series an expression has now; `nil` where Prometheus does not answer or refuses it.
  func series(_ expression: String) async -> Int? {
    var parts = URLComponents(string: "\(url)/api/v1/query")
    parts?.queryItems = [URLQueryItem(name: "query", value: expression)]
    guard let target = parts?.url,
      let (data, _) = try? await URLSession.shared.data(from: target),
      let answer = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      answer["status"] as? String == "success",
      let result = (answer["data"] as? [String: Any])?["result"] as? [Any]
    else { return nil }
    return result.count
  }

  /// Runs promtool; gives its status and what it said.
  static func promtool(_ arguments: [String], input: Data = Data()) throws -> (Int32, String) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out"].map { folder.appendingPathComponent($0) }
    try input.write(to: files[0])
    try Data().write(to: files[1])
    let process = ChildProgram.process(try #require(tool), arguments)
    process.currentDirectoryURL = RealParts.root.appendingPathComponent("monitoring/prometheus")
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    let output = try FileHandle(forWritingTo: files[1])
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: files[1], encoding: .utf8))
  }
}
