import Orbits

extension Trace {
  /// Rows farther apart than this are not of one run of a tool, seconds: a model is pinged through all of the
  /// time from the first row to the last.
  private static let longestLeapSeconds = 3_600.0

  /// Reads pings from comma-separated values with the columns `unix_s` (seconds since 1970, in order)
  /// and `rtt_ms` (milliseconds; negative or empty where the ping was lost). Others are ignored.
  ///
  /// Many tools stamp a row when it is *written*: an answer on arrival, a loss when its timeout is
  /// over, seconds later. Which it is shows in the rows: where a tool waits for each answer and then
  /// pauses, rows stamped on arrival lie the pause and their *own* round trip after the row before.
  /// Such stamps are turned into times of sending, which is what a link's losses hang on.
  public static func read(_ text: String) throws(TraceProblem) -> Trace {
    var table = try TraceTable(text)
    guard let time = table.column("unix_s"), let roundTrip = table.column("rtt_ms") else {
      throw TraceProblem(
        line: 1, message: "unix_s or rtt_ms is not among the columns",
        cure: "name the columns in the first line: unix_s,rtt_ms")
    }
    var rows: [StampedPing] = []
    while try table.next() {
      let row = try StampedPing(
        stampSeconds: table.number(time),
        roundTripMs: table.text(roundTrip) == nil ? -1 : table.number(roundTrip))
      guard abs(row.stampSeconds) < 9e9 else {
        throw table.problem("unix_s is out of range", "give seconds since 1970, not milliseconds")
      }
      guard row.roundTripMs < 3_600_000 else {
        throw table.problem("rtt_ms is over an hour", "give milliseconds, or -1 for a loss")
      }
      if let last = rows.last, row.stampSeconds < last.stampSeconds {
        throw table.problem("unix_s goes back", "sort the rows by time")
      }
      if let last = rows.last, row.stampSeconds - last.stampSeconds > longestLeapSeconds {
        throw table.problem(
          "unix_s leaps by \(Int(row.stampSeconds - last.stampSeconds)) s, more than an hour",
          "correct the time, or cut the trace before this line and give one part")
      }
      rows.append(row)
    }
    guard rows.count > 1 else {
      throw TraceProblem(
        line: table.line, message: "there are fewer than two pings", cure: "give a longer trace")
    }
    return Trace(pings: StampedPing.pings(rows))
  }
}

/// One row of a file: a ping and the time that the tool wrote beside it.
struct StampedPing {
  var stampSeconds: Double
  /// Negative where the ping was lost.
  var roundTripMs: Double

  /// The rows as pings, each with its time of sending.
  static func pings(_ rows: [StampedPing]) -> [Trace.Ping] {
    guard let pause = pauseAfterArrivalSeconds(rows) else {
      return rows.map {
        Trace.Ping(
          sent: UTC(secondsSince1970: $0.stampSeconds),
          roundTripMs: $0.roundTripMs < 0 ? nil : $0.roundTripMs)
      }
    }
    return rows.indices.map { index in
      let row = rows[index]
      guard row.roundTripMs < 0 else {
        return Trace.Ping(
          sent: UTC(secondsSince1970: row.stampSeconds - row.roundTripMs / 1_000),
          roundTripMs: row.roundTripMs)
      }
      let sent = index > 0 ? rows[index - 1].stampSeconds + pause : row.stampSeconds
      return Trace.Ping(
        sent: UTC(secondsSince1970: min(sent, row.stampSeconds)), roundTripMs: nil)
    }
  }

  /// The tool's pause between an answer and the next request, seconds, where rows are stamped on
  /// arrival; `nil` where they are stamped when sent.
  private static func pauseAfterArrivalSeconds(_ rows: [StampedPing]) -> Double? {
    var plain: [Double] = []
    var lessOwn: [Double] = []
    var lessPrevious: [Double] = []
    for (before, row) in zip(rows, rows.dropFirst())
    where before.roundTripMs >= 0 && row.roundTripMs >= 0 {
      let step = row.stampSeconds - before.stampSeconds
      plain.append(step)
      lessOwn.append(step - row.roundTripMs / 1_000)
      lessPrevious.append(step - before.roundTripMs / 1_000)
    }
    guard plain.count >= 20 else { return nil }
    let spread = lessOwn.spread
    // Steps that are even already, or explained by the round trip before, are those of sending.
    guard spread < plain.spread / 2, spread < lessPrevious.spread / 2 else { return nil }
    let pause = lessOwn.quantile(0.5)
    return pause >= 0 ? pause : nil
  }
}
