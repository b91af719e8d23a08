import Foundation
import Testing

@Suite struct KeysCommandTests {
  private func withState(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func fromCreateToAudit() throws {
    try withState { state in
      let made = try CommandRun(
        "keys", "create", "app", "--limit", "60 requests/minute", "--budget", "5/day",
        "--expires-days", "1", "--state", state)
      #expect(made.status == 0, "\(made.errors)")
      let key = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(key.hasPrefix("pgk_") && made.errors.contains("state      \(state)"))
      let list = try CommandRun("keys", "list", "--state", state, "--output", "json")
      #expect(
        list.output.contains("\"name\": \"app\"") && list.output.contains("60 requests/minute"))
      #expect(!list.output.contains(key))
      let rotated = try CommandRun("keys", "rotate", "app", "--state", state)
      #expect(rotated.status == 0 && !rotated.output.contains(key))
      #expect(rotated.output.hasPrefix(key.prefix(12)))
      #expect(try CommandRun("keys", "revoke", "app", "--state", state).status == 0)
      let shown = try CommandRun("keys", "show", "app", "--state", state, "--output", "csv")
      #expect(shown.output.contains("revoked"))
      let audit = try CommandRun("keys", "audit", "--state", state, "--output", "csv")
      #expect(
        audit.rows.dropFirst().map { $0[2] } == ["key revoked", "key rotated", "key created"])
      #expect(!audit.output.contains(key.suffix(36)))
    }
  }

  @Test(arguments: [
    ["create", "app", "--limit", "many"], ["create", "app", "--budget", "5/week"],
    ["create", "app", "--scope", "root"], ["create", ""], ["show", "nobody"],
    ["audit", "--count", "0"], ["rotate", "app", "--overlap-hours=-1"],
    ["list", "--url", "not a url"],
  ])
  func mistakes(_ arguments: [String]) throws {
    try withState { state in
      let run = try CommandRun(arguments: ["keys"] + arguments + ["--state", state])
      #expect(run.status == 2, "\(run.output)\(run.errors)")
      #expect(run.errors.hasPrefix("error: ") || run.errors.hasPrefix("Error: "), "\(run.errors)")
    }
  }
}
