import Foundation
import Logging
import Synchronization
import Testing

@testable import Models

@Suite("A model whose process does not stay up")
struct CrashLoopTests {
  /// A server whose interpreter is the shell script `body`, and whose waits take no time. After
  /// `rounds` waits the last one lasts until the server's task is cancelled.
  private func run(
    _ body: String, rounds: Int, options: ModelServerOptions = ModelServerOptions()
  ) async throws -> (waits: [Duration], states: [ModelState]) {
    let folder = try ScratchFolder()
    let python = try await folder.script("python", body)
    let waits = Mutex<[Duration]>([])
    let located = LocatedModel(model: Provision.model, python: python, weightsPath: "none.gguf")
    let (done, finish) = AsyncStream.makeStream(of: Void.self)
    let server = ModelServer(
      Provision.model, name: "test", runtime: Provision.runtime(folder), options: options,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      locate: { () async throws(ModelError) in located },
      sleep: { wait in
        let count = waits.withLock {
          $0.append(wait)
          return $0.count
        }
        guard count >= rounds else { return }
        finish.yield()
        try await Task.sleep(for: .seconds(3600))
      })
    let states = server.states()
    let running = Task { await server.run() }
    for await _ in done { break }
    running.cancel()
    await running.value
    var seen: [ModelState] = []
    for await state in states {
      seen.append(state)
      if state == .stopped, seen.count > 1 { break }
    }
    return (waits.withLock { $0 }, seen)
  }

  @Test("waits longer and longer, and quotes the process's last words")
  func crashes() async throws {
    let (waits, states) = try await run(
      "echo one; echo the weights are bad >&2; exit 4", rounds: 8)
    let milliseconds = [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]
    #expect(waits == milliseconds.map { .milliseconds($0) })
    #expect(states.first == .stopped && states.last == .stopped)
    let restarts = states.compactMap { state in
      if case .restarting(_, let reason) = state { reason } else { nil }
    }
    let words = "the process exited with code 4: one | the weights are bad"
    #expect(restarts == Array(repeating: words, count: 8))
    #expect(!states.contains { $0.isReady })
  }

  @Test("a process that never answers is ended at the deadline for loading")
  func hangs() async throws {
    var options = ModelServerOptions()
    options.loadDeadline = .milliseconds(100)
    let (_, states) = try await run("sleep 600", rounds: 1, options: options)
    let reason = try #require(
      states.compactMap { if case .restarting(_, let reason) = $0 { reason } else { nil } }.first)
    #expect(reason.contains("not ready within"))
  }

  @Test("missing files are a state, said once, and looked for again")
  func missing() async throws {
    let folder = try ScratchFolder()
    let error = ModelError.noWeights(path: "gone.gguf")
    let tries = Mutex(0)
    let (done, finish) = AsyncStream.makeStream(of: Void.self)
    let server = ModelServer(
      Provision.model, name: "test", runtime: Provision.runtime(folder),
      options: ModelServerOptions(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      locate: { () async throws(ModelError) in throw error },
      sleep: { wait in
        #expect(wait == .seconds(10))
        let count = tries.withLock {
          $0 += 1
          return $0
        }
        guard count == 3 else { return }
        finish.yield()
        try await Task.sleep(for: .seconds(3600))
      })
    let states = server.states()
    let running = Task { await server.run() }
    for await _ in done { break }
    #expect(server.state == .failed(error, retryAfter: .seconds(10)))
    running.cancel()
    await running.value
    var seen: [ModelState] = []
    for await state in states {
      seen.append(state)
      if state == .stopped, seen.count > 1 { break }
    }
    #expect(seen == [.stopped, .starting, .failed(error, retryAfter: .seconds(10)), .stopped])
  }
}
