import Foundation
import Testing

@Suite("perigee calibrate")
struct CalibrateCommandTests {
  /// An hour of pings every 200 ms, slots of their own level, one ping in 97 lost.
  private static let pings: String = {
    var text = "unix_s,seq,rtt_ms\n"
    for number in 0..<18_000 {
      let time = 1_699_999_992 + Double(number) / 5
      let slot = number / 75
      let level = 30 + (slot * 7_919) % 40
      let wait = (number * 31) % 17
      text += "\(time),\(number),\(number % 97 == 96 ? -1 : level + wait)\n"
    }
    return text
  }()

  @Test("it finds the slots, fits, holds the model against the rest, and draws")
  func pings() throws {
    let file = try TemporaryFile(Self.pings, suffix: ".csv")
    let plot = file.path + ".svg"
    defer { try? FileManager.default.removeItem(atPath: plot) }
    let run = try CommandRun(
      "calibrate", file.path, "--propagation", "10", "--realisations", "2", "--output", "csv",
      "--plot", plot)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.rows.contains { $0.prefix(3) == ["slots", "phase_s", "12"] })
    for figure in ["rtt_ms_p5", "rtt_ms_p99", "within_to_between_variance"] {
      let row = run.rows.first { $0.prefix(2) == ["held-out", figure] }
      #expect(row?.last == "true", "\(figure): \(row ?? [])")
    }
    #expect(run.rows.contains { $0.first == "replay" })
    let svg = try String(contentsOfFile: plot, encoding: .utf8)
    #expect(svg.hasPrefix("<svg") && svg.contains("Where slots begin: at 12 s"))
    let whole = try CommandRun(
      "calibrate", file.path, "--whole", "--realisations", "1", "--output", "json")
    #expect(whole.status == 0)
    let rows =
      try JSONSerialization.jsonObject(with: Data(whole.output.utf8)) as? [[String: Any]] ?? []
    #expect(rows.contains { $0["part"] as? String == "fit" })
    #expect(!rows.contains { $0["part"] as? String == "held-out" })
  }

  @Test("figures that a trace does not define are empty, and no goal is met by them")
  func undefined() throws {
    let text =
      "unix_s,rtt_ms\n" + (0..<6_000).map { "\(1_699_999_992 + Double($0) / 5),30\n" }.joined()
    let file = try TemporaryFile(text, suffix: ".csv")
    let run = try CommandRun("calibrate", file.path, "--realisations", "1", "--output", "json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(!run.output.lowercased().contains("nan"))
    let rows =
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]] ?? []
    let ratio = try #require(
      rows.first { $0["figure"] as? String == "within_to_between_variance" })
    #expect(ratio["met"] is NSNull && ratio["difference"] is NSNull && ratio["trace"] is NSNull)
    let table = try CommandRun("calibrate", file.path, "--realisations", "1")
    #expect(!table.output.lowercased().contains("nan"))
    // What rounds to nothing has no sign.
    #expect(!table.output.contains("+0.0 %") && !table.output.contains("-0.0 %"))
  }

  @Test("throughput gives the law of capacity")
  func throughput() throws {
    let text =
      "unix_s,mbps\n"
      + (0..<3_600).map { "\(1_699_999_992 + $0),\(100 + ($0 / 15 * 7_919) % 100)\n" }.joined()
    let file = try TemporaryFile(text, suffix: ".csv")
    let run = try CommandRun("calibrate", file.path, "--output", "csv")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.rows.contains { $0.prefix(2) == ["capacity", "usual_mbps"] })
    #expect(run.rows.contains { $0.prefix(3) == ["slots", "phase_s", "12"] })
  }

  @Test("mistakes end with 2, the place and the cure")
  func mistakes() throws {
    let bad = try TemporaryFile("unix_s,rtt_ms\n1,20\n2,far\n", suffix: ".csv")
    let short = try TemporaryFile("unix_s,rtt_ms\n1,20\n2,30\n", suffix: ".csv")
    let rates = try TemporaryFile("unix_s,mbps\n1,20\n2,30\n", suffix: ".csv")
    let leap = try TemporaryFile("unix_s,rtt_ms\n1,20\n99999,30\n", suffix: ".csv")
    for (arguments, says) in [
      (["calibrate", bad.path], "line 3: rtt_ms is not a number (far): give a number"),
      (["calibrate", short.path], "give a trace of at least 10 minutes"),
      (["calibrate", "missing.csv"], "no such file"),
      (["calibrate", bad.path, "--plot", "x.png"], "FILE.svg"),
      (["calibrate", bad.path, "--propagation", "-1"], "--propagation"),
      (["calibrate", bad.path, "--column", "down"], "name one of the columns unix_s, rtt_ms"),
      (["calibrate", bad.path, "--parked"], "--parked is for throughput only"),
      (["calibrate", rates.path, "--propagation", "0"], "--propagation is for pings only"),
      (["calibrate", rates.path, "--realisations", "20"], "--realisations is for pings only"),
      (["calibrate", leap.path], "line 3: unix_s leaps by"),
    ] {
      let run = try CommandRun(arguments: arguments)
      #expect(run.status == 2)
      #expect(run.errors.contains(says), "\(run.errors)")
    }
  }
}
