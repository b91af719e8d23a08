import Foundation
import TestSupport
import Testing

/// `perigee forecast` over several pairs at once.
@Suite struct FleetForecastTests {
  static let fleet = "examples/tristan-da-cunha.yaml"
  static let span = ["--start", "2026-11-25T12:00:12Z", "--stop", "2026-11-25T12:10:12Z"]

  private func rows(_ arguments: [String]) throws -> [[String]] {
    let run = try CommandRun(
      arguments: ["forecast", Self.fleet] + arguments + ["--output", "csv"])
    try #require(run.status == 0, "\(run.errors)")
    return run.rows
  }

  @Test func aPairIsTheSameAloneAndAmongOthers() throws {
    let all = try rows(["--from", "all", "--to", "all"] + Self.span)
    #expect(
      all.first == ["time", "from", "to", "reachable", "rtt_ms", "hops", "uplink", "satellite"])
    for destination in ["eu-central-1", "af-south-1", "orbit"] {
      let alone = try rows(["--from", "tristan", "--to", destination] + Self.span).dropFirst()
      let among = all.filter { $0[2] == destination }
      try #require(among.count == 40 && alone.count == 41)
      for (one, other) in zip(alone, among) {
        #expect(one[0] == other[0] && one[1] == other[3])
        guard one[1] == "true" else { continue }
        let (a, b) = (try #require(Double(one[2])), try #require(Double(other[4])))
        #expect(abs(a - b) < 0.001)
        #expect(one[3] == other[5])
        #expect(other[7].isEmpty || one[4].hasPrefix("tristan>\(other[7])"))
      }
    }
  }

  @Test func summariesAreOfTheRows() throws {
    let all = try rows(["--from", "all", "--to", "all"] + Self.span)
    let summary = try rows(["--from", "all", "--to", "all", "--summary"] + Self.span)
    #expect(summary.count == 4)
    for row in summary.dropFirst() {
      let own = all.filter { $0[2] == row[1] }
      let values = own.compactMap { Double($0[4]) }.sorted()
      #expect(Int(row[2]) == own.count)
      let reachable = try #require(Double(row[3]))
      #expect(abs(reachable - 100 * Double(values.count) / Double(own.count)) < 0.01)
      let middle = values[(values.count + 1) / 2 - 1]
      for (text, value) in [
        (row[4], values[0]), (row[5], middle), (row[8], values[values.count - 1]),
      ] {
        #expect(abs(try #require(Double(text)) - value) < 0.002)
      }
      let satellites = own.map { $0[7] }.filter { !$0.isEmpty }
      #expect(Int(row[9]) == zip(satellites, satellites.dropFirst()).count { $0 != $1 })
    }
  }

  @Test func threadsChangeNothing() throws {
    let span = [
      "--from", "all", "--to", "all", "--hours", "0.4", "--start", "2026-11-25T12:00:12Z",
    ]
    #expect(try rows(span + ["--threads", "1"]) == rows(span + ["--threads", "3"]))
  }

  @Test(arguments: [
    (["--from", "all", "--to", "atlantis"], "no such site"),
    (["--from", "tristan,atlantis", "--to", "all"], "no such site"),
    (["--from", "all", "--to", "all", "--ideal"], "leave out --ideal"),
    (["--from", "all", "--to", "all", "--step", "5"], "leave out --ideal and --step"),
    (["--from", "all", "--to", "all", "--summary", "--ideal"], "leave out --ideal"),
    (["--from", "all", "--to", "all", "--uplink", "carrier-pigeon"], "there are"),
    (["--from", "all", "--to", "all", "--hours", "0"], "--hours"),
    (
      ["--from", "all", "--to", "all", "--hours", "1", "--stop", "2030-01-01T00:00:00Z"], "give one"
    ),
    (["--from", "pop-lagos", "--to", "tristan,eu-central-1"], "put the terminal in --from"),
    (["--from", "all", "--to", "all", "--hours", "10000"], "--summary, or --output csv"),
  ])
  func mistakesAreTold(_ arguments: [String], _ cure: String) throws {
    let run = try CommandRun(arguments: ["forecast", Self.fleet] + arguments)
    #expect(run.status == 2)
    #expect(run.errors.contains(cure), "\(run.errors)")
  }
}
