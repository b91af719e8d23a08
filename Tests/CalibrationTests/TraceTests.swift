import Calibration
import Orbits
import TestSupport
import Testing

@Suite("Reading traces")
struct TraceTests {
  /// Rows of a tool that waits for each answer (a loss for 5 s) and then pauses 100 ms.
  private func waiting(stampOnArrival: Bool) -> (text: String, sent: [Double], losses: [Bool]) {
    var random = Seeded(4)
    var (text, sent, losses) = ("unix_s,seq,rtt_ms\n", [Double](), [Bool]())
    var now = 1_700_000_000.0
    for number in 0..<400 {
      let isLost = number % 50 == 49
      let roundTrip = Double(Int.random(in: 300...900, using: &random)) / 10
      let wait = isLost ? 5 : roundTrip / 1_000
      sent.append(now)
      losses.append(isLost)
      text += "\(stampOnArrival ? now + wait : now),\(number),\(isLost ? -1 : roundTrip)\n"
      now += wait + 0.1
    }
    return (text, sent, losses)
  }

  @Test("stamps become times of sending, whichever they are", arguments: [true, false])
  func stamps(onArrival: Bool) throws {
    let made = waiting(stampOnArrival: onArrival)
    let trace = try Trace.read(made.text)
    #expect(trace.pings.count == made.sent.count)
    for (index, ping) in trace.pings.enumerated() {
      #expect(abs(ping.sent.secondsSince1970 - made.sent[index]) < 1e-5)
      #expect((ping.roundTripMs == nil) == made.losses[index])
    }
  }

  @Test("evenly sent pings keep their stamps")
  func even() throws {
    let rows = (0..<100).map { "\(100 + $0),\($0 % 7 == 3 ? "" : "\(20 + $0 % 13)")" }
    let trace = try Trace.read("unix_s,rtt_ms\r\n" + rows.joined(separator: "\r\n"))
    #expect(trace.pings.map(\.sent.secondsSince1970) == (0..<100).map { Double(100 + $0) })
    #expect(trace.loss == 0.14)
    #expect(trace.roundTripsMs.count == 86)
    #expect(trace.firstHalf.pings.count == 50)
    #expect(trace.secondHalf.pings.first?.sent == UTC(secondsSince1970: 150))
  }

  @Test(
    "mistakes name the line and the cure",
    arguments: [
      ("", 1, "header"), ("a,b\n1,2\n", 1, "unix_s"), ("unix_s,rtt_ms\n", 1, "fewer"),
      ("unix_s,rtt_ms\n1,20\n\n2,x\n", 4, "not a number"), ("unix_s,rtt_ms\n,20\n", 2, "missing"),
      ("unix_s,rtt_ms\n2,20\n1,20\n", 3, "goes back"),
      ("unix_s,rtt_ms\n1700000000000,20\n", 2, "milliseconds"),
      ("unix_s,rtt_ms\n1,20\n2,20\n90000000,20\n", 4, "leaps by 89999998 s"),
      ("unix_s,rtt_ms\n1,9e9\n", 2, "hour"), ("unix_s,rtt_ms\n1,nan\n", 2, "not a number"),
    ])
  func mistakes(text: String, line: Int, says: String) {
    let problem = #expect(throws: TraceProblem.self) { try Trace.read(text) }
    #expect(problem?.line == line)
    #expect(problem?.description.contains(says) == true, "\(String(describing: problem))")
  }

  @Test("no bytes crash the reader")
  func fuzz() {
    var random = Seeded(7)
    let pieces = [
      "unix_s", "rtt_ms", ",", "\n", "\r", "-1", "1e308", "20", "\u{FEFF}", "é", "\"", " ",
    ]
    for _ in 0..<3_000 {
      var text = Bool.random(using: &random) ? "unix_s,rtt_ms\n" : ""
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        text += pieces.randomElement(using: &random) ?? ""
      }
      if let trace = try? Trace.read(text) { #expect(trace.pings.count >= 2) }
    }
  }

  @Test(
    "the shared traces read whole",
    .enabled(
      if: SharedTraces.available != nil, "the measured traces are not beside the repository"),
    arguments: SharedTraces.allCases)
  func shared(file: SharedTraces) throws {
    let trace = try file.trace()
    #expect(trace.pings.count == 36_000)
    // One request at a time: none is sent while another is under way.
    for (ping, next) in zip(trace.pings, trace.pings.dropFirst()) {
      #expect(next.sent.seconds(since: ping.sent) > (ping.roundTripMs ?? 100) / 1_000)
    }
  }
}
