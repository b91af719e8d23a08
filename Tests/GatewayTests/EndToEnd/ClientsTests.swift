import Dialects
import Links
import Testing

@testable import Gateway

/// The unmodified clients of every family against a gateway whose only backend speaks only chat. The
/// assertions are in the scripts.
@Suite(
  .serialized, .timeLimit(.minutes(5)),
  .enabled(
    if: PythonScript.hasEveryClient,
    "set PERIGEE_PYTHON to a Python interpreter that has what requirements/test.txt names"))
struct ClientsTests {
  private static let key = "sdk-key"

  @Test(arguments: [
    "anthropic_messages.py", "responses.py", "frameworks.py", "chat.py", "tools.py",
  ])
  func script(_ name: String) async throws {
    try await Rig.run(
      responding: [ModelBackend.respondInChat], configure: { $0.keys = [Secret(Self.key)] },
      router: {
        TestRouter(
          [("b0", $0[0].endpoint)], models: ModelBackend.models, apis: ["b0": [.chat]])
      }
    ) { rig in
      let outcome = try await PythonScript.run(name, port: rig.port, key: Self.key)
      #expect(outcome.status == 0, "\(name): \(outcome.output)")
    }
  }
}
