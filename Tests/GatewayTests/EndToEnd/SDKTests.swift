import Decisions
import Links
import TestSupport
import Testing

@testable import Gateway

/// The unmodified `openai` package for Python against the gateway. The assertions are in the scripts.
@Suite(
  .serialized, .timeLimit(.minutes(5)),
  .enabled(
    if: PythonScript.hasOpenAI,
    "set PERIGEE_PYTHON to a Python interpreter that has the openai package"))
struct SDKTests {
  private static let key = "sdk-key"

  private func run(_ script: String, then check: (Rig) async throws -> Void = { _ in }) async throws
  {
    try await Rig.run(
      responding: [ModelBackend.respond], configure: { $0.keys = [Secret(Self.key)] },
      router: { TestRouter([("b0", $0[0].endpoint)], models: ModelBackend.models) }
    ) { rig in
      let outcome = try await PythonScript.run(script, port: rig.port, key: Self.key)
      #expect(outcome.status == 0, "\(script): \(outcome.output)")
      try await check(rig)
    }
  }

  @Test func chat() async throws {
    try await run("chat.py") { rig in
      #expect(rig.router.told.records.allSatisfy { $0.fault == nil })
      #expect(rig.router.told.records.contains { $0.facts.bytes > 2_000_000 })
    }
  }

  @Test func tools() async throws { try await run("tools.py") }

  @Test func errors() async throws { try await run("errors.py") }

  @Test func embeddingsAndModels() async throws { try await run("embeddings_models.py") }

  @Test func manyAtOnce() async throws {
    try await run("many_at_once.py") { rig in
      #expect(rig.router.told.records.filter { $0.fault == nil }.count == 3 * 64)
    }
  }

  @Test func cancel() async throws {
    try await run("cancel.py") { rig in
      let isCancelled = try await rig.eventually { rig.backends[0].seen.abandoned == 3 }
      #expect(isCancelled)
      let faults = rig.router.told.records.map(\.fault)
      #expect(faults.count == 3)
      // Of the SDK's time-out the gateway knows too: either may be first.
      #expect(faults.allSatisfy { $0 == .callerCancelled || $0 == .callerDeadline })
      #expect(faults.first == .callerCancelled && faults.last == .callerCancelled)
    }
  }

  @Test func resume() async throws {
    let model = FixedModel(
      tokens: ["Once", " more", ",", " with", " an", " end", " \\ud83d\\ude80."])
    let respond: @Sendable (MockBackend.Request) -> [MockBackend.Step] = { request in
      let events = model.stream(for: request.body)
      let isContinuing = request.text.contains("\"continue_final_message\":true")
      return [Script.streamHead] + events.prefix(isContinuing ? .max : 5).map(Script.chunk)
        + (isContinuing ? [Script.lastChunk] : [.wait(milliseconds: 20), .reset])
    }
    try await Rig.run(
      responding: [respond, respond], configure: { $0.keys = [Secret(Self.key)] },
      router: { backends in
        TestRouter(
          backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) },
          models: ["breaks"], continuing: ["b0", "b1"])
      }
    ) { rig in
      let outcome = try await PythonScript.run("resume.py", port: rig.port, key: Self.key)
      #expect(outcome.status == 0, "\(outcome.output)")
      #expect(rig.router.told.records.allSatisfy { $0.fault == nil && $0.attempts.count == 2 })
    }
  }
}
