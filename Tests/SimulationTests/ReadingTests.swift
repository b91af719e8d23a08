import Decisions
import Fleet
import Foundation
import Network
import Orbits
import TestSupport
import Testing

@testable import Simulation

@Suite("Reading workloads")
struct ReadingTests {
  static func problems(
    _ yaml: String, readFile: (String) throws -> String = { _ in throw Fixtures.Missing() }
  ) throws -> [FleetProblem] {
    let fleet = try Fixtures.town()
    let site = try Fixtures.site(of: fleet)
    do {
      _ = try Workload.load(
        yaml: yaml, file: "workload.yaml", fleet: fleet, site: site, readFile: readFile)
      return []
    } catch {
      return error.problems
    }
  }

  @Test(arguments: ["island-day", "smoke-hour"])
  func examplesAreRight(_ name: String) throws {
    let fleet = try Fixtures.island()
    let workload = try Fixtures.workload(
      Fixtures.text("examples/workloads/\(name).yaml"), for: fleet)
    #expect(workload.name == name)
    let count = workload.requests(from: Fixtures.start, seconds: 86_400, seed: 1).count
    #expect(count == (name == "island-day" ? 10_000 : 14_400))
  }

  static let mistakes: [(yaml: String, line: Int, message: String, cure: String)] = [
    ("", 1, "empty", "arrivals"),
    ("name: x\narrivals: {perDay: many}\nrequests: []\n", 2, "requests a day", "10000"),
    ("name: x\narrivals: {perDay: 5, shape: [1, 2]}\nrequests: []\n", 2, "2 weights", "24"),
    ("name: x\narrivals: {perDay: 5}\nrequests: []\n", 3, "no kind", "- name"),
    (
      Fixtures.steady("faults: [{backend: near-clod, at: 1m, for: 1m}]"), 10, "near-clod",
      "near-cloud"
    ),
    (
      Fixtures.steady("faults: [{uplink: fiber, at: 1m, every: 2h, for: 1m}]"), 10, "exclude",
      "Keep one"
    ),
    (Fixtures.steady("faults: [{uplink: fiber, at: 1m, for: 5}]"), 10, "no unit", "5s"),
    (
      Fixtures.steady("faults: [{backend: cellar, does: stal, at: 1m, for: 1m}]"), 10, "stal",
      "stall"
    ),
    (
      Fixtures.steady("faults: [{uplink: fiber, does: stall, at: 1m, for: 1m}]"), 10, "does",
      "backend"
    ),
    (Fixtures.steady("backends: {cellar: {prefil: 3}}"), 10, "prefil", "prefill"),
    (Fixtures.steady("backgroundLoad: {fibre: 0.2}"), 10, "fibre", "fiber"),
    (Fixtures.steady().replacing("model: m", with: "model: n"), 5, "`n`", "`m`"),
    (Fixtures.steady().replacing("p95: 1200", with: "p95: 200"), 7, "below the median", "at least"),
    ("name: x\nrecording: gone.csv\n", 2, "no such file", "CSV"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreToldWithTheirPlaceAndACure(
    _ mistake: (yaml: String, line: Int, message: String, cure: String)
  ) throws {
    let problems = try Self.problems(mistake.yaml)
    let found = problems.contains {
      $0.line == mistake.line && $0.message.contains(mistake.message)
        && $0.cure.contains(mistake.cure)
    }
    #expect(found, "\(problems)")
  }

  @Test func recordingsAreReadInAnyOrderOfColumns() throws {
    let csv = """
      model,offset_s,answer_tokens,prompt_tokens,deadline_s,stream
      m,1.5,20,300,10,false
      m, 0.25 ,5,40,60,true\r

      """
    let workload = try Workload.load(csv: csv, file: "r.csv", name: "r", fleet: Fixtures.town())
    let requests = workload.requests(from: Fixtures.start, seconds: 60, seed: 1)
    #expect(requests.map(\.promptTokens) == [40, 300])
    #expect(requests.map(\.facts.stream) == [true, false])
    #expect(requests[1].facts.deadline.seconds(since: requests[1].facts.arrival) == 10)
    #expect(workload.requests(from: Fixtures.start, seconds: 1, seed: 1).count == 1)
  }

  @Test(arguments: [
    ("", 1, "empty"), ("model\n", 1, "lacks"), ("modle,offset_s\n", 1, "modle"),
    ("model,model\n", 1, "twice"),
    ("offset_s,model,prompt_tokens,answer_tokens\n1,m,5\n", 2, "3 fields"),
    ("offset_s,model,prompt_tokens,answer_tokens\n1,m,5,6\n-1,m,5,6\n", 3, "offset_s"),
    ("offset_s,model,prompt_tokens,answer_tokens\n1,n,5,6\n", 2, "model of the fleet"),
    ("offset_s,model,prompt_tokens,answer_tokens\n1,m,nan,6\n", 2, "prompt_tokens"),
    ("offset_s,model,prompt_tokens,answer_tokens,stream\n1,m,5,6,yes\n", 2, "true or false"),
  ])
  func mistakesInRecordings(_ csv: String, _ line: Int, _ message: String) throws {
    let fleet = try Fixtures.town()
    let error = #expect(throws: FleetProblems.self) {
      try Workload.load(csv: csv, file: "r.csv", name: "r", fleet: fleet)
    }
    let problems = error?.problems ?? []
    #expect(problems.contains { $0.line == line && $0.message.contains(message) }, "\(problems)")
    #expect(problems.allSatisfy { $0.file == "r.csv" && !$0.cure.isEmpty })
  }

  /// How many damaged copies are read; PERIGEE_FUZZ_ROUNDS asks for more.
  private static let rounds =
    ProcessInfo.processInfo.environment["PERIGEE_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 150

  /// Each damaged workload is one, or problems inside the text, each with a cure.
  @Test func damagedWorkloads() throws {
    let fleet = try Fixtures.island()
    let site = try Fixtures.site(of: fleet)
    let yaml = try Fixtures.text("examples/workloads/island-day.yaml")
    let csv = "offset_s,model,prompt_tokens,answer_tokens\n1,smollm2-135m-instruct,5,6\n2,x,5,6\n"
    var random = Seeded(11)
    for _ in 0..<Self.rounds {
      let damagedYAML = Self.damaged(yaml, &random)
      Self.expectPlaced(damagedYAML) {
        try Workload.load(
          yaml: damagedYAML, file: "w.yaml", fleet: fleet, site: site,
          readFile: { _ in Self.damaged(csv, &random) })
      }
      let damagedCSV = Self.damaged(csv, &random)
      Self.expectPlaced(damagedCSV) {
        try Workload.load(csv: damagedCSV, file: "w.csv", name: "w", fleet: fleet)
      }
    }
  }

  private static func expectPlaced(_ text: String, _ load: () throws -> Workload) {
    do {
      let workload = try load()
      // What was read can be run: nothing in it overflows or divides by zero.
      _ = workload.requests(from: Fixtures.start, seconds: 60, seed: 1)
    } catch let error as FleetProblems {
      let lines = text.unicodeScalars.count {
        "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0)
      }
      for problem in error.problems {
        #expect((1...(lines + 1)).contains(problem.line), "\(problem)\n\(text)")
        #expect(!problem.message.isEmpty && !problem.cure.isEmpty)
      }
    } catch {
      Issue.record("\(error)")
    }
  }

  private static let pieces = [
    "recording: r.csv\n", "\t", ": ", "- ", "[", "}", "&a ", "*a", "'", "#", "\n", "-1", "1e999",
    "nan", "99999999999999999999", "\u{FEFF}", "é", "😀", "\r", "5 parsec", ",", "0", "1e300s",
  ]

  private static func damaged(_ text: String, _ random: inout Seeded) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let at = Int.random(in: 0...scalars.count, using: &random)
      let end = min(scalars.count, at + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scalars.removeSubrange(at..<end)
      case 1:
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
        scalars.insert(contentsOf: piece.unicodeScalars, at: at)
      case 2: scalars.insert(contentsOf: scalars[at..<end], at: at)
      default: scalars.removeSubrange(at...)
      }
      if scalars.isEmpty { break }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
