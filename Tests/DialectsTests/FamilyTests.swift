import Testing

@testable import Dialects

@Test func familiesAreNamedAsInTheManifest() {
  #expect(Family.allCases.map(\.rawValue) == ["chat", "completions", "responses", "messages"])
}
