import Foundation
import TestSupport
import Testing

@Suite("perigee simulate and compare")
struct SimulateCommandTests {
  private static let island = "examples/tristan-da-cunha.yaml"
  private static let smoke = [
    "simulate", island, "--workload", "examples/workloads/smoke-hour.yaml", "--start",
    "2026-11-25T18:00:00Z", "--hours", "0.02", "--policy", "perigee", "--policy", "static",
  ]

  @Test func theSameSeedGivesTheSameBytesAndAnotherDoesNot() throws {
    let one = try CommandRun(arguments: Self.smoke + ["--output", "json", "--threads", "1"])
    let two = try CommandRun(arguments: Self.smoke + ["--output", "json", "--threads", "3"])
    let other = try CommandRun(arguments: Self.smoke + ["--output", "json", "--seed", "7"])
    #expect(one.status == 0 && one.errors.isEmpty, "\(one.errors)")
    #expect(one.output == two.output && one.output != other.output)
    #expect(one.output.contains("\"handoffs_hit\""))

    let before = try TemporaryFile(one.output, suffix: ".json")
    let after = try TemporaryFile(other.output, suffix: ".json")
    let same = try CommandRun("compare", before.path, before.path)
    #expect(same.status == 0 && same.output == "no figure differs\n")
    let rows = try CommandRun("compare", before.path, after.path, "--all", "--output", "csv").rows
    #expect(rows.contains { $0.starts(with: ["perigee", "answered", "12"]) }, "\(rows)")
    let gated = try CommandRun("compare", before.path, before.path, "--fail-if", "answered>11")
    #expect(gated.status == 1 && gated.errors.contains("answered is 12"), "\(gated.errors)")
    let unknown = try CommandRun("compare", before.path, before.path, "--fail-if", "answerd>+0")
    #expect(unknown.status == 2 && unknown.errors.contains("there are answered"))
  }

  /// A gate compares what a change to the code does, not two simulations or a policy that is not there.
  @Test func gatesNeedReportsOfOneSimulation() throws {
    func report(_ more: String..., policy: String = "perigee") throws -> TemporaryFile {
      let run = try CommandRun(
        arguments: Array(Self.smoke.prefix(8)) + ["--policy", policy, "--output", "json"] + more)
      return try TemporaryFile(run.output, suffix: ".json")
    }
    let before = try report()
    let gate = ["--fail-if", "failed>+1000000"]
    func compare(_ one: TemporaryFile, _ other: TemporaryFile) throws -> CommandRun {
      try CommandRun(arguments: ["compare", one.path, other.path] + gate)
    }
    #expect(try compare(before, before).status == 0)
    let seed = try compare(before, report("--seed", "7"))
    #expect(seed.status == 2 && seed.errors.contains("seed: 1 and 7"), "\(seed.errors)")
    let fixed = try report(policy: "static")
    for run in [try compare(before, fixed), try compare(fixed, before)] {
      #expect(run.status == 2 && run.errors.contains("no policy perigee"), "\(run.errors)")
    }
    let text = try String(contentsOfFile: before.path, encoding: .utf8)
    let other = try TemporaryFile(
      text.replacing(#/"workload_digest" : "[0-9a-f]{16}"/#, with: #""workload_digest" : "0""#),
      suffix: ".json")
    let workload = try compare(before, other)
    #expect(workload.status == 2 && workload.errors.contains("workload's files"))
    let shown = try CommandRun("compare", before.path, other.path)
    #expect(shown.status == 0 && shown.errors.contains("warning"), "without a gate it only warns")
  }

  @Test func noRequestsPassNoGate() throws {
    let run = try CommandRun(
      arguments: Self.smoke.prefix(6) + ["--hours", "0.00001", "--output", "json"])
    #expect(run.status == 0 && run.errors.contains("no request arrives"), "\(run.errors)")
    let report = try TemporaryFile(run.output, suffix: ".json")
    let gated = try CommandRun("compare", report.path, report.path, "--fail-if", "failed>+0")
    #expect(gated.status == 1 && gated.errors.contains("no requests"), "\(gated.errors)")
  }

  @Test func aReportIsWrittenAndDrawn() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-report-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try CommandRun(arguments: Self.smoke + ["--report", folder])
    #expect(run.status == 0 && run.output.contains("ttft_p99_ms"))
    let plot = try String(contentsOfFile: folder + "/report.svg", encoding: .utf8)
    #expect(plot.hasPrefix("<svg") && plot.hasSuffix("</svg>\n") && !plot.contains("nan"))
    #expect(try CommandRun("compare", folder + "/report.json", folder + "/report.json").status == 0)
  }

  @Test func mistakesAreToldWithTheirPlace() throws {
    let workload = try TemporaryFile("name: x\narrivals: {perDay: 0}\n", suffix: ".yaml")
    func run(_ more: String...) throws -> CommandRun {
      try CommandRun(
        arguments: ["simulate", Self.island, "--start", "2026-11-25T18:00:00Z"] + more)
    }
    let bad = try run("--workload", workload.path)
    #expect(bad.status == 2 && bad.errors.contains("\(workload.path):2:20:"), "\(bad.errors)")
    #expect(try run("--workload", "nowhere.yaml").status == 2)
    #expect(try run("--workload", workload.path, "--policy", "best").status == 2)
    #expect(try run("--workload", workload.path, "--hours", "0").status == 2)
    let many = try TemporaryFile(
      """
      name: x
      arrivals: {perDay: 5000000}
      requests: [{name: a, model: smollm2-135m-instruct, prompt: 1, answer: 1}]

      """, suffix: ".yaml")
    let tooMany = try run("--workload", many.path, "--hours", "48")
    #expect(tooMany.status == 2 && tooMany.errors.contains("more than 5000000 requests"))
    let noReport = try CommandRun("compare", workload.path, workload.path)
    #expect(noReport.status == 2 && noReport.errors.contains("no simulation report"))
  }
}
