import Network
import Orbits

/// Outages as pings show them: two losses in a row or more.
enum OutageFit {
  /// Which pings belong to a run of losses.
  static func partsOfOutages(_ trace: Trace, isIgnored: [Bool]) -> [Bool] {
    var parts = trace.pings.map { _ in false }
    for run in runs(trace, isIgnored: isIgnored) { for index in run { parts[index] = true } }
    return parts
  }

  /// The law of the runs; none where there are none. The pings do not tell the cause: it is given as
  /// the one that dishes report most.
  static func laws(of trace: Trace, isIgnored: [Bool]) -> [OutageLaw] {
    let runs = runs(trace, isIgnored: isIgnored)
    guard let first = trace.pings.first?.sent, let last = trace.pings.last?.sent, !runs.isEmpty
    else { return [] }
    let seconds = runs.map { run in
      let next = min(run.upperBound, trace.pings.count - 1)
      let before = max(run.lowerBound - 1, 0)
      // It began after the last answer's request and ended before the next one's: half way, both.
      let longest = trace.pings[next].sent.seconds(since: trace.pings[before].sent)
      let shortest = trace.pings[run.upperBound - 1].sent.seconds(
        since: trace.pings[run.lowerBound].sent)
      return min(OutageLaw.longestSeconds, (longest + shortest) / 2)
    }
    let hours = max(1, last.seconds(since: first)) / 3_600
    return [
      OutageLaw(
        cause: .noDownlink, perHour: Double(runs.count) / hours, seconds: QuantileLaw(of: seconds))
    ]
  }

  private static func runs(_ trace: Trace, isIgnored: [Bool]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start: Int?
    for index in 0...trace.pings.count {
      let isLost =
        index < trace.pings.count && trace.pings[index].roundTripMs == nil && !isIgnored[index]
      if isLost, start == nil { start = index }
      if !isLost, let begun = start {
        if index - begun >= 2 { found.append(begun..<index) }
        start = nil
      }
    }
    return found
  }
}
