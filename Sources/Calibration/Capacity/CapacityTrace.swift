import Orbits

/// What a saturating flow over a link measured: throughput over time.
public struct CapacityTrace: Sendable, Equatable {
  /// The throughput of one interval.
  public struct Sample: Sendable, Equatable {
    /// When the interval began.
    public var start: UTC
    /// Throughput, Mbit/s.
    public var mbps: Double

    /// Creates a sample.
    public init(start: UTC, mbps: Double) {
      self.start = start
      self.mbps = mbps
    }
  }

  /// The samples, in order of time.
  public var samples: [Sample]

  /// Creates a trace.
  public init(samples: [Sample]) { self.samples = samples.sorted { $0.start < $1.start } }

  /// The samples of the first half of the time that the trace spans.
  public var firstHalf: CapacityTrace { half { $0 < $1 } }

  /// The samples of the second half of the time that the trace spans.
  public var secondHalf: CapacityTrace { half { $0 >= $1 } }

  private func half(_ belongs: (Int, Int) -> Bool) -> CapacityTrace {
    // By number: throughput tests are often days apart, and the middle of the time may hold none.
    let middle = samples.count / 2
    return CapacityTrace(
      samples: samples.enumerated().filter { belongs($0.offset, middle) }.map(\.element))
  }

  /// The columns that may hold the time: seconds or milliseconds since 1970, or ISO 8601.
  private static let timeColumns = ["unix_s", "t_ms", "timestamp_start", "utc_start_dl", "utc"]
  /// The columns that may hold the throughput, where none is named.
  private static let rateColumns = ["mbps", "capacity_mbps", "download_mbps", "down_mbps"]
  private static let speedColumns = ["average_speed", "speed_kmh"]

  /// Whether `text` looks like a trace of throughput and not of pings.
  public static func isThroughput(_ text: String) -> Bool {
    guard let table = try? TraceTable(text) else { return false }
    return !table.columns.contains("rtt_ms") && table.columns.contains { rateColumns.contains($0) }
  }

  /// Reads throughput from comma-separated values.
  ///
  /// - Parameters:
  ///   - text: The file: a time (`unix_s`, `t_ms`, `timestamp_start`, `utc_start_dl`) and Mbit/s.
  ///   - column: The column with the throughput; the first known one where not given.
  ///   - parkedOnly: Leaves out rows whose speed column is not 0.
  public static func read(
    _ text: String, column: String? = nil, parkedOnly: Bool = false
  ) throws(TraceProblem) -> CapacityTrace {
    var table = try TraceTable(text)
    let columns = table.columns
    func place(_ names: [String], _ what: String) throws(TraceProblem) -> Int {
      if let found = names.lazy.compactMap({ columns.firstIndex(of: $0) }).first { return found }
      throw TraceProblem(
        line: 1, message: "there is no column with \(what)",
        cure: "name one of the columns \(names.joined(separator: ", "))")
    }
    let time = try place(timeColumns, "the time")
    if let column, !columns.contains(column.lowercased()) {
      throw TraceProblem(
        line: 1, message: "there is no column \(column.prefix(40))",
        cure: "name one of the columns \(table.namedColumns)")
    }
    let rate = try place(column.map { [$0.lowercased()] } ?? rateColumns, "the throughput")
    let speed = parkedOnly ? try place(speedColumns, "the speed") : nil
    var samples: [Sample] = []
    while try table.next() {
      if let speed, table.text(speed).flatMap(Double.init) != 0 { continue }
      guard table.text(rate) != nil else { continue }
      let mbps = try table.number(rate)
      guard mbps >= 0, mbps < 1e6 else {
        throw table.problem("\(columns[rate]) is out of range", "give Mbit/s")
      }
      samples.append(Sample(start: try start(of: time, in: table), mbps: mbps))
    }
    guard samples.count > 1 else {
      throw TraceProblem(
        line: table.line, message: "there are fewer than two samples", cure: "give a longer trace")
    }
    return CapacityTrace(samples: samples)
  }

  private static func start(of column: Int, in table: TraceTable) throws(TraceProblem) -> UTC {
    if let text = table.text(column), let utc = UTC(text) { return utc }
    let number = try table.number(column)
    let seconds = table.columns[column] == "t_ms" ? number / 1_000 : number
    guard abs(seconds) < 9e9 else {
      throw table.problem("\(table.columns[column]) is out of range", "give seconds since 1970")
    }
    return UTC(secondsSince1970: seconds)
  }
}
