import Foundation
import Glibc
import Testing

@testable import Models

/// The real llama.cpp server with the real weights. Serialised: each test loads the model.
@Suite("A real model", .provisioned, .serialized)
struct RealModelTests {
  private func serving<R>(
    _ options: ModelServerOptions = ModelServerOptions(),
    _ body: (ModelServer) async throws -> R
  ) async throws -> R {
    let folder = try ScratchFolder()
    let server = ModelServer(
      Provision.model, name: "test", runtime: Provision.runtime(folder), options: options)
    let running = Task { await server.run() }
    let result: Result<R, any Error>
    do { result = .success(try await body(server)) } catch { result = .failure(error) }
    running.cancel()
    await running.value
    #expect(server.state == .stopped)
    return try result.get()
  }

  private func readyPid(_ server: ModelServer, otherThan old: Int32 = 0) async throws -> Int32 {
    for await state in server.states() {
      if case .ready(server.port, let pid) = state, pid != old { return pid }
      if case .failed(let error, _) = state { throw error }
    }
    throw CancellationError()
  }

  /// Posts JSON with Python's own HTTP client, which shares no code with Perigee.
  private func post(_ path: String, to server: ModelServer, _ body: String) async throws -> String {
    let folder = try ScratchFolder()
    let log = ChildLog(path: "\(folder.path)/answer", limitBytes: .max)
    let descriptor = try log.open()
    defer { close(descriptor) }
    let client = try ChildProcess(
      executable: Provision.python, arguments: ["-I", "-", server.baseURL + path, body],
      environment: [:],
      input: """
        import sys, urllib.request
        request = urllib.request.Request(sys.argv[1], sys.argv[2].encode())
        request.add_header("Content-Type", "application/json")
        print(urllib.request.urlopen(request, timeout=120).read().decode())
        """, log: descriptor)
    let exit = await client.exit()
    let answer = try String(contentsOfFile: log.path, encoding: .utf8)
    try #require(exit == .code(0), "\(answer)")
    return answer
  }

  private static let question = """
    {"model": "smollm2-135m-instruct", "max_tokens": 8, "temperature": 0,
     "messages": [{"role": "user", "content": "Name three planets."}]}
    """

  @Test("answers chat and embeddings under its catalogue name; killed, it is back on its port")
  func answersAndComesBack() async throws {
    try await serving { server in
      let first = try await readyPid(server)
      let answer = try await post("/chat/completions", to: server, Self.question)
      #expect(answer.contains("\"chat.completion\"") && answer.contains("Mars"), "\(answer)")
      #expect(answer.contains("\"model\":\"smollm2-135m-instruct\""))
      let vectors = try await post("/embeddings", to: server, #"{"input": "the sea"}"#)
      #expect(vectors.contains("\"embedding\":["))

      kill(first, SIGKILL)
      let second = try await readyPid(server, otherThan: first)
      #expect(server.state == .ready(port: server.port, pid: second))
      let again = try await post("/chat/completions", to: server, Self.question)
      #expect(again.contains("Mars"), "\(again)")
      #expect(kill(first, 0) == -1, "the killed process must have been reaped")
    }
  }

  /// What `resume: prefill` of a manifest says of a managed model. Only streams are gone on with; a whole
  /// answer of this server repeats what it was given.
  @Test("goes on with a message of its own that ends a request")
  func goesOn() async throws {
    try await serving { server in
      _ = try await readyPid(server)
      func text(_ given: String) async throws -> String {
        let more = given.isEmpty ? "" : ", {\"role\": \"assistant\", \"content\": \"\(given)\"}"
        let flags =
          given.isEmpty
          ? "" : ", \"continue_final_message\": true, \"add_generation_prompt\": false"
        let answer = try await post(
          "/chat/completions", to: server,
          """
          {"max_tokens": 16, "temperature": 0, "stream": true, "messages": [
            {"role": "user", "content": "Name the planets of the solar system in order."}\(more)]\(flags)}
          """)
        let chunks = answer.split(separator: "\n").filter { $0.hasPrefix("data: {") }
        let pieces = try chunks.map { line in
          let chunk = try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8))
          let choices = (chunk as? [String: Any])?["choices"] as? [[String: Any]]
          return (choices?.first?["delta"] as? [String: Any])?["content"] as? String ?? ""
        }
        return pieces.joined()
      }
      let whole = try await text("")
      let words = whole.split(separator: " ")
      try #require(words.count > 6, "\(whole)")
      let given = words.prefix(4).joined(separator: " ")
      let rest = try await text(given)
      #expect((given + rest).hasPrefix(words.prefix(7).joined(separator: " ")), "\(given)|\(rest)")
    }
  }

  @Test("a process that stops answering is replaced")
  func hung() async throws {
    var options = ModelServerOptions()
    options.checkInterval = .milliseconds(200)
    options.unhealthyThreshold = 3
    options.stopGrace = .milliseconds(200)
    try await serving(options) { server in
      let first = try await readyPid(server)
      kill(first, SIGSTOP)
      let second = try await readyPid(server, otherThan: first)
      #expect(second != first && kill(first, 0) == -1)
    }
  }

  @Test("holds no descriptor but its own, and none of the node's secrets")
  func inheritsNothing() async throws {
    // A listening socket without close-on-exec, as a careless library would leave one.
    let careless = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(careless) }
    try #require(listen(careless, 8) == 0)
    var status = stat()
    try #require(fstat(careless, &status) == 0)
    try await serving { server in
      let pid = try await readyPid(server)
      let folder = "/proc/\(pid)/fd"
      let held = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
      }
      #expect(!held.contains("socket:[\(status.st_ino)]"))
      let environment = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/environ"))
      let names = String(decoding: environment, as: UTF8.self).split(separator: "\0").map {
        String($0.prefix { $0 != "=" })
      }
      #expect(Set(names).isSubset(of: ChildEnvironment.inherited + ["OMP_NUM_THREADS"]))
    }
  }

  @Test("ends by itself when the node is killed with kill -9")
  func orphan() async throws {
    let folder = try ScratchFolder()
    let located = try await Provision.runtime(folder).locate(Provision.model)
    let port = Loopback.freePort()
    // The shell stands for the node: it passes its own pid as the parent's and is then killed.
    let launcher = ModelLauncher(
      weights: located.weightsPath, alias: "m", port: port, context: 512, embeddings: false,
      parent: 0)
    let settings = try #require(try launcher.arguments().last)
    try ModelLauncher.script.write(
      toFile: "\(folder.path)/launcher.py", atomically: true, encoding: .utf8)
    let log = ChildLog(path: "\(folder.path)/log", limitBytes: .max)
    let descriptor = try log.open()
    defer { close(descriptor) }
    let node = try ChildProcess(
      executable: "/bin/sh",
      arguments: [
        "-c",
        """
        settings=$(printf %s "$1" | sed 's/"parent":0/"parent":'$$'/')
        "$0" -I - "$settings" < "$2/launcher.py" & echo $! > "$2/pid"; wait
        """, Provision.python, settings, "\(folder.path)",
      ],
      environment: ["PATH": "/usr/bin:/bin"], input: "", log: descriptor)
    #expect(
      await eventually {
        await Loopback.status(port: port, path: "/health", timeout: .seconds(1)) == 200
      }, "\(log.lastLines(5, after: 0))")
    let text = try String(contentsOfFile: "\(folder.path)/pid", encoding: .utf8)
    let pid = try #require(Int32(text.filter(\.isNumber)))
    #expect(kill(pid, 0) == 0)
    node.send(SIGKILL)
    #expect(await node.exit() == .signal(SIGKILL))
    // A container without an init may leave the orphan a zombie: it must serve no longer.
    #expect(
      await eventually {
        await Loopback.status(port: port, path: "/health", timeout: .seconds(1)) == nil
      })
    #expect(
      await eventually {
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return state.map { $0.contains(") Z ") } ?? true
      })
  }
}
