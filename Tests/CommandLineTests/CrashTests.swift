import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Work that was accepted survives the process that accepted it: the real binary is killed at random
/// instants, with SIGKILL, and afterwards everything it said yes to has exactly one answer.
///
/// `PERIGEE_CRASHES` asks for more kills than the usual 20.
@Suite struct CrashTests {
  private static let kills =
    ProcessInfo.processInfo.environment["PERIGEE_CRASHES"].flatMap { Int($0) } ?? 20
  private static let itemsOfABatch = 24

  /// What a node has said yes to.
  private struct Accepted {
    var batches: [(id: String, name: String)] = []
    var works: [(path: String, text: String)] = []
  }

  @Test(.timeLimit(.minutes(20))) func everythingAcceptedIsAnsweredOnce() async throws {
    let ports = (backend: try freePort(), node: try freePort())
    let backend = try LongRun(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "python3",
        CommandRun.root.appendingPathComponent("Tests/CommandLineTests/Python/echo_backend.py")
          .path, "\(ports.backend)", "0.02",
      ])
    let fleet = try TemporaryFile(
      """
      name: crash
      gateway: {site: here}
      sites:
        - name: here
          kind: terminal
          position: {lat: 53, lon: 3}
          uplinks:
            - {name: fiber, kind: fiber, landsAt: pop, stretch: 1.2, up: 100 Mbit/s, down: 100 Mbit/s}
        - {name: pop, kind: pop, position: {lat: 50.1, lon: 8.7}}
      backends:
        - {name: b, site: here, url: "http://127.0.0.1:\(ports.backend)/v1", models: [{name: m}]}
      """, suffix: ".yaml")
    let state = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-crash-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: state) }
    let client = WorkClient(port: ports.node)
    func start() throws -> LongRun {
      try LongRun(
        CommandRun.binary,
        ["up", fleet.path, "--listen", "127.0.0.1:\(ports.node)", "--state", state.path])
    }

    var random = Seeded(2026)
    var accepted = Accepted()
    for round in 0..<Self.kills {
      let node = try start()
      // Some are killed before they listen.
      if Int.random(in: 0..<5, using: &random) > 0 {
        try await node.wait { node.output.contains("endpoint") }
        let wait = Int.random(in: 0...600, using: &random)
        let sending = Task { await Self.send(round, client) }
        try await Task.sleep(for: .milliseconds(wait))
        #expect(node.end(with: SIGKILL) == -SIGKILL)
        let more = await sending.value
        accepted.batches += more.batches
        accepted.works += more.works
      } else {
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
        #expect(node.end(with: SIGKILL) == -SIGKILL)
      }
    }
    #expect(!accepted.batches.isEmpty && !accepted.works.isEmpty)

    let node = try start()
    try await node.wait { node.output.contains("endpoint") }
    for batch in accepted.batches { try await check(batch, client, node) }
    for work in accepted.works {
      try await node.wait { try await client.send("GET", work.path).status != 202 }
      let answer = try await client.send("GET", work.path)
      #expect(answer.status == 200 && answer.text.contains(work.text), "\(answer)")
    }
    #expect(node.end(with: SIGTERM) == 0)
    _ = backend.end(with: SIGKILL)
  }

  /// Hands in a batch and a few single requests, until the node is gone.
  private static func send(_ round: Int, _ client: WorkClient) async -> Accepted {
    var accepted = Accepted()
    do {
      for number in 0..<3 {
        let text = "work \(round).\(number)"
        let answer = try await client.send(
          "POST", "/v1/chat/completions", body: WorkClient.question(text),
          headers: ["prefer": "respond-async", "x-perigee-wait": "2h"])
        if answer.status == 202, let path = answer.headers["location"] {
          accepted.works.append((path, text))
        }
        let name = "round-\(round)-\(number)"
        if let id = try await client.batch(name, items: itemsOfABatch) {
          accepted.batches.append((id, name))
        }
      }
    } catch {
      // The node was killed: what was not answered was not accepted.
    }
    return accepted
  }

  private func check(
    _ batch: (id: String, name: String), _ client: WorkClient, _ node: LongRun
  ) async throws {
    try await node.wait {
      let batch = try await client.send("GET", "/v1/batches/\(batch.id)")
      return batch.json["status"] as? String == "completed"
    }
    let answer = try await client.send("GET", "/v1/batches/\(batch.id)")
    let counts = answer.json["request_counts"] as? [String: Int]
    #expect(counts?["completed"] == Self.itemsOfABatch && counts?["failed"] == 0, "\(answer.text)")
    let file = try #require(answer.json["output_file_id"] as? String)
    let lines = try await client.send("GET", "/v1/files/\(file)/content").text.split(
      separator: "\n")
    var seen: [String: Int] = [:]
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let name = object?["custom_id"] as? String ?? ""
      seen[name, default: 0] += 1
      #expect(line.contains("answer me \(name)!"), "\(line)")
    }
    let expected = (0..<Self.itemsOfABatch).map { "\(batch.name)-\($0)" }
    #expect(seen == Dictionary(uniqueKeysWithValues: expected.map { ($0, 1) }))
  }
}

/// A client of a node's durable work.
struct WorkClient: Sendable {
  struct Answer {
    var status: Int
    var headers: [String: String]
    var body: Data
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }
  }

  let port: Int

  static func question(_ text: String) -> String {
    #"{"model":"m","messages":[{"role":"user","content":"\#(text)"}]}"#
  }

  func send(
    _ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.timeoutInterval = 20
    if let body {
      request.httpBody = Data(body.utf8)
      request.setValue("application/json", forHTTPHeaderField: "content-type")
    }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await URLSession.shared.data(for: request)
    let http = response as? HTTPURLResponse
    var fields: [String: String] = [:]
    for (name, value) in http?.allHeaderFields ?? [:] {
      fields["\(name)".lowercased()] = "\(value)"
    }
    return Answer(status: http?.statusCode ?? 0, headers: fields, body: data)
  }

  /// Uploads a file of questions and makes a batch of it; its id if that was accepted.
  func batch(_ name: String, items: Int) async throws -> String? {
    let lines = (0..<items).map { number in
      let id = "\(name)-\(number)"
      return #"{"custom_id":"\#(id)","method":"POST","url":"/v1/chat/completions","body":"#
        + Self.question("answer me \(id)!") + "}"
    }
    let form = """
      --xx\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--xx\r
      Content-Disposition: form-data; name="file"; filename="in.jsonl"\r\n\r
      \(lines.joined(separator: "\n"))\r\n--xx--\r\n
      """
    let file = try await send(
      "POST", "/v1/files", body: form,
      headers: ["content-type": "multipart/form-data; boundary=xx"])
    guard let id = file.json["id"] as? String else {
      Issue.record("no file: \(file.text)")
      return nil
    }
    let batch = try await send(
      "POST", "/v1/batches",
      body: #"{"input_file_id":"\#(id)","endpoint":"/v1/chat/completions","#
        + #""completion_window":"24h"}"#)
    #expect(batch.status == 200, "\(batch.text)")
    return batch.json["id"] as? String
  }
}
