import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A process that serves until it is told or made to stop.
final class LongRun: Sendable {
  let pid: pid_t
  private let process: Process
  private let log: URL

  /// Starts a program; what it prints goes to a file.
  init(_ program: URL, _ arguments: [String]) throws {
    let process = ChildProgram.process(program, arguments)
    process.currentDirectoryURL = CommandRun.root
    log = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString).log")
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process
    self.pid = process.processIdentifier
  }

  deinit {
    kill(pid, SIGKILL)
    try? FileManager.default.removeItem(at: log)
  }

  /// What it printed so far.
  var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Sends a signal and waits for the end; gives the exit status, or minus the signal that ended it.
  func end(with signal: Int32) -> Int32 {
    kill(pid, signal)
    process.waitUntilExit()
    let status = process.terminationStatus
    return process.terminationReason == .exit ? status : -status
  }

  /// Waits for the end; gives the exit status, or minus the signal that ended it.
  func end() async throws -> Int32 {
    while process.isRunning { try await Task.sleep(for: .milliseconds(100)) }
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }

  /// Waits until `condition` holds, at most a minute.
  func wait(until condition: () async throws -> Bool) async throws {
    for _ in 0..<600 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("still waiting after a minute; printed: \(output)")
    throw CancellationError()
  }
}

/// Asks the node at `port` a question; gives the status and the headers.
func ask(port: Int) async throws -> (status: Int, backend: String?, body: String) {
  let url = try #require(URL(string: "http://127.0.0.1:\(port)/v1/chat/completions"))
  var request = URLRequest(url: url)
  request.httpMethod = "POST"
  request.setValue("application/json", forHTTPHeaderField: "content-type")
  request.httpBody = Data(#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#.utf8)
  let (data, response) = try await URLSession.shared.data(for: request)
  let http = response as? HTTPURLResponse
  return (
    http?.statusCode ?? 0, http?.value(forHTTPHeaderField: "x-perigee-backend"),
    String(decoding: data, as: UTF8.self)
  )
}
