import Foundation
import TestSupport
import Testing

/// A node under load while its backends and links are killed, stalled, half-closed and corrupted.
///
/// Twenty seconds here; `make chaos` goes on for five minutes, and `PERIGEE_CHAOS_SECONDS` and
/// `PERIGEE_CHAOS_SEED` choose otherwise.
@Suite struct ChaosTests {
  @Test(arguments: [true, false])
  func everyAcceptedRequestEndsOnceWithTheRightBytesOrAnHonestError(resumes: Bool) async throws {
    let environment = ProcessInfo.processInfo.environment
    let run = try LongRun(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "python3", CommandRun.root.appendingPathComponent("Tests/Chaos/run.py").path,
        "--perigee", CommandRun.binary.path,
        "--seconds", environment["PERIGEE_CHAOS_SECONDS"] ?? "20",
        "--seed", environment["PERIGEE_CHAOS_SEED"] ?? "1",
      ] + (resumes ? [] : ["--no-resume"]))
    let status = try await run.end()
    #expect(status == 0, "\(run.output)")
  }
}
