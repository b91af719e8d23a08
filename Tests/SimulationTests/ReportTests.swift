import Foundation
import Testing

@testable import Simulation

@Suite("Reports, comparisons and gates")
struct ReportTests {
  static func report() async throws -> Report {
    try await Fixtures.simulation(Fixtures.town(), Fixtures.steady(), seconds: 60)
      .run([.perigee, .fixed])
  }

  @Test func percentilesAreByNearestRank() throws {
    let times = try #require(PolicyReport.Times((1...200).map { Int64($0) * 1_000_000 }))
    #expect(times.count == 200 && times.p50 == 100 && times.p90 == 180 && times.p95 == 190)
    #expect(times.p99 == 198 && times.max == 200 && times.mean == 100.5)
    let one = try #require(PolicyReport.Times([1_260_000]))
    #expect(one.p50 == 1.3 && one.p99 == 1.3)
    #expect(PolicyReport.Times([]) == nil)
  }

  @Test func survivesCoding() async throws {
    let report = try await Self.report()
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(Report.self, from: data) == report)
  }

  @Test func aReportComparedWithItselfHasNoDifference() async throws {
    let report = try await Self.report()
    let comparison = Comparison(report, report)
    #expect(comparison.mismatches.isEmpty)
    #expect(comparison.rows.allSatisfy { ($0.change ?? 0) == 0 && $0.before == $0.after })
    #expect(Gate("failed>+0")?.failure(in: comparison) == nil)
  }

  @Test func gatesBoundGrowthAndValue() async throws {
    let before = try await Self.report()
    var after = before
    let p99 = try #require(before.policies[0].ttftMs?.p99)
    after.policies[0].ttftMs?.p99 = p99 * 1.2
    after.policies[1].failed += 3
    after.seed = 9
    let comparison = Comparison(before, after)
    #expect(comparison.mismatches == ["seed: 1 and 9"])
    func passes(_ gate: String) -> Bool? { Gate(gate).map { $0.failure(in: comparison) == nil } }
    #expect(passes("ttft_p99>+10%") == false)
    #expect(passes("ttft_p99_ms > +20.1%") == true)
    #expect(passes("perigee:ttft_p99>+20%") == true)
    #expect(passes("ttft_p99>\(p99)") == false)
    #expect(passes("failed>+0") == true)
    #expect(passes("static:failed>+2") == false)
    #expect(passes("static:failed>+3") == true)
    #expect(passes("latency-only:failed>+3") == false, "no such policy in the reports")
  }

  @Test func contentAndRequestsAreOfTheComparison() async throws {
    let before = try await Self.report()
    var after = before
    after.workloadDigest = "0123456789abcdef"
    after.fleetDigest = "fedcba9876543210"
    #expect(Comparison(before, after).mismatches.count == 2)
    var empty = before
    empty.requests = 0
    let gate = try #require(Gate("failed>+0"))
    #expect(gate.failure(in: Comparison(before, before)) == nil)
    #expect(gate.failure(in: Comparison(before, empty))?.contains("no requests") == true)
    #expect(gate.failure(in: Comparison(empty, before)) != nil)
  }

  @Test func digestsTellContentsApart() {
    func digest(_ texts: String...) -> String {
      var digest = ContentDigest()
      for text in texts { digest.add(text) }
      return digest.text
    }
    let all = [digest(), digest(""), digest("a"), digest("b"), digest("ab"), digest("a", "b")]
    #expect(Set(all).count == all.count && all.allSatisfy { $0.count == 16 })
    #expect(digest("a", "b") == digest("a", "b"))
  }

  /// A file may hold any numbers.
  @Test func sumsOfHostileFiguresDoNotTrap() async throws {
    var report = try await Self.report()
    for number in report.policies[0].uplinks.indices {
      report.policies[0].uplinks[number].bytesUp = .max
      report.policies[0].uplinks[number].bytesDown = .max
    }
    report.policies[0].backends[0].promptTokens = .max
    report.policies[0].backends[0].answerTokens = .max
    #expect(try #require(report.policies[0].metric("link_bytes")?.value) > 3e19)
    #expect(try #require(report.policies[0].metric("tokens")?.value) > 1.8e19)
    #expect(!Comparison(report, report).rows.isEmpty)
  }

  @Test func meansOfManyDaysFit() throws {
    let day: Int64 = 86_400_000_000_000
    let times = [Int64](repeating: day, count: 200_000)
    #expect(try #require(PolicyReport.Times(times)).mean == 86_400_000)
  }

  @Test(arguments: ["", "ttft_p99", "ttft_p99>", ">5", "ttft>5%", "a>b", "x:failed>+0", "a>1>2"])
  func whatIsNoGate(_ text: String) { #expect(Gate(text) == nil) }
}
