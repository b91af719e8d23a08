import Foundation
import TestSupport
import Testing

@testable import perigee

@Suite struct TopScreenTests {
  private static let figures = """
    {"now":"2026-11-26T00:00:00Z","fleet":"f","site":"s","version":"0","uptime_seconds":7300,
     "generation":2,"requests":{"per_second":1.5,"count":90,"failed":2,"attempts":95,
     "hedges":3,"hedges_won":1,"resumes":2,"held":4,
     "ttft_p50_ms":40.5,"ttft_p95_ms":null,"tokens_out":800},
     "uplinks":[{"name":"leo","kind":"leo","up":true,"serving_satellite":"sat-1","rtt_forecast_ms":41,
     "rtt_estimate_ms":43.2,"rtt_measured_ms":null,"next_change_seconds":7,"handoffs":3,
     "outage_seconds":0,"bytes_up":1500,"bytes_down":2500000,"usd":0.1}],
     "backends":[{"name":"b","location":"region","models":["m"],"paths":2,"healthy_paths":0,
     "in_flight":4,"places":8,"waiting":3,"service_ms":12,"model_state":null,"last_error":"refused\\u001b[2J"}],
     "recent":[{"id":"req_1","time":"2026-11-26T00:00:00.000Z","model":"m","stream":true,
     "status":200,"backend":"b","uplink":"leo","predicted_ms":40,"actual_ms":41,"total_ms":90,
     "attempts":1,"hedged":null,"resumes":0,"error":null},{"id":"req_2","time":"2026-11-26T00:00:01.000Z","model":"m",
     "stream":true,"status":503,"backend":null,"uplink":null,"predicted_ms":null,
     "actual_ms":null,"total_ms":5,"attempts":2,"hedged":"lost","resumes":1,"error":"link_no_path"}]}
    """

  private func decoded() throws -> TopFigures {
    try JSONDecoder().decode(TopFigures.self, from: Data(Self.figures.utf8))
  }

  @Test func everythingIsThereWhereThereIsRoom() throws {
    let text = TopScreen(width: 300, height: 50).lines(try decoded()).joined(separator: "\n")
    for part in [
      "1.50/s", "failed 2 of 90", "p50 40.5 ms", "sat-1", "43.2 ms", "in 7 s", "1.5 kB", "2.5 MB",
      "0/2", "4/8", "DOWN: refused?[2J", "503 link_no_path", "req_2", "up 2 h",
      "hedges 3, 1 won", "resumes 2", "waited for a link 4", "2 hedge lost resumed",
    ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
    #expect(!text.contains("\u{1B}"), "a node can't steer the terminal")
  }

  /// In the heading, in the tables, or in a line that is none of the figures.
  @Test func nothingSteersTheTerminal() throws {
    let controls = [
      "\u{07}", "\n", "\r\n", "\u{1B}", "\u{7F}", "\u{80}", "\u{9B}", "\u{9F}", "\u{200B}",
      "\u{202E}", "\u{2028}", "\u{FEFF}", "\u{E000}",
    ]
    let screen = TopScreen(width: 300, height: 50)
    for control in controls {
      let name = "a\(control)b"
      var figures = try decoded()
      (figures.version, figures.fleet, figures.site, figures.now) = (name, name, name, name)
      figures.uplinks[0].name = name
      figures.uplinks[0].serving_satellite = name
      figures.backends[0].models = [name]
      figures.backends[0].last_error = name
      figures.recent[0].id = name
      let lines = screen.lines(figures) + screen.fitted([name])
      let text = lines.joined()
      #expect(!text.unicodeScalars.contains { control.unicodeScalars.contains($0) }, "\(lines)")
      #expect(text.split(separator: "a?b", omittingEmptySubsequences: false).count == 11)
    }
    #expect(screen.fitted(["Ñandú 漢字 🛰 ~"]) == ["Ñandú 漢字 🛰 ~"])
  }

  @Test func itFitsEverySize() throws {
    let figures = try decoded()
    var random = Seeded(9)
    for _ in 0..<300 {
      let (width, height) = (
        Int.random(in: 1...250, using: &random), Int.random(in: 1...60, using: &random)
      )
      let lines = TopScreen(width: width, height: height).lines(figures)
      #expect(lines.count <= height && lines.allSatisfy { $0.count <= width })
    }
  }

  @Test func spansAndBytesAreAsPeopleSayThem() {
    #expect(
      [-1, 0, 119, 120, 7200, 200_000].map { TopScreen.span($0) }
        == ["0 s", "0 s", "119 s", "2 min", "2 h", "2 d"])
    #expect(
      [0, 999, 1000, 1_234_567].map { TopScreen.bytes($0) } == ["0 B", "999 B", "1.0 kB", "1.2 MB"])
  }
}
