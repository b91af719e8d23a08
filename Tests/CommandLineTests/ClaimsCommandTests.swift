import Foundation
import Testing

@Suite struct ClaimsCommandTests {
  private struct Claim: Decodable {
    struct Figure: Decodable {
      var name: String
      var value: Double
      var unit: String
    }

    var id: String
    var claim: String
    var verdict: String
    var only_if: String?
    var figures: [Figure]
    var conditions: String
  }

  @Test func claimsComeWithVerdictsFiguresAndConditionsInEveryForm() throws {
    let run = try CommandRun("claims", "--slots", "1", "--output", "json")
    #expect(run.status == 0, "\(run.errors)")
    let claims = try JSONDecoder().decode([Claim].self, from: Data(run.output.utf8))
    #expect(claims.count == 10)
    for claim in claims {
      #expect(["holds", "holds_only_if", "does_not_hold"].contains(claim.verdict))
      #expect((claim.only_if != nil) == (claim.verdict == "holds_only_if"))
      #expect(!claim.figures.isEmpty && !claim.conditions.isEmpty)
    }
    let lasers = try #require(claims.first { $0.id == "lasers-round-trip" })
    let reach = try #require(lasers.figures.first { $0.name == "ideal path holds to" })
    #expect(
      lasers.verdict == "does_not_hold" && abs(reach.value - 2_570) < 30 && reach.unit == "km")

    let text = try CommandRun("claims", "--slots", "1")
    for claim in claims { #expect(text.output.contains(claim.claim + "\n  ")) }
    let rows = try CommandRun("claims", "--slots", "1", "--output", "csv")
    #expect(
      rows.output.split(separator: "\n").count == 1 + claims.map(\.figures.count).reduce(0, +))
  }

  @Test(arguments: [["--slots", "0"], ["--slots", "many"], ["--start", "yesterday"]])
  func wrongUseIsExitCodeTwo(_ options: [String]) throws {
    let run = try CommandRun(arguments: ["claims"] + options)
    #expect(run.status == 2 && !run.errors.isEmpty)
  }
}
