import ArgumentParser
import Foundation
import Orbits

/// `perigee propagate`: an ephemeris of every object in a file.
struct PropagateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propagate",
    abstract: "Propagate element sets with SGP4/SDP4 (WGS72, improved mode).",
    discussion: """
      One row for each object and time. Positions are kilometres, velocities kilometres a second; \
      geodetic is WGS84. `error` is 0, or SGP4's error code where there is no state (6: decayed).

      EXAMPLES
        perigee propagate stations.tle --start 2026-05-30T00:00:00Z --stop 2026-05-30T01:00:00Z --step 60
        perigee propagate active.csv --minutes 0:1440:10 --frame itrf --output csv > day.csv
      """)

  @Argument(help: "TLE, or OMM in CSV, JSON, XML or KVN.")
  var file: String

  @Option(help: "First time (ISO 8601, UTC), or now.")
  var start: TimeArgument?

  @Option(help: "Last time.")
  var stop: TimeArgument?

  @Option(help: "Time between rows: 60, 60s, 1m, 1h.")
  var step: SpanArgument?

  @Option(
    parsing: .unconditional,
    help: "START:STOP:STEP minutes from each set's own epoch, instead of times.")
  var minutes: MinutesArgument?

  @Option(help: "teme, itrf or geodetic.")
  var frame: EphemerisRows.Frame = .teme

  @Option(help: "Threads; all cores where not given.")
  var threads: Int?

  @OptionGroup var orientation: EarthOrientationOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if minutes == nil {
      guard let start, let stop, let step else {
        throw ValidationError("give --start, --stop and --step, or --minutes START:STOP:STEP")
      }
      guard stop.utc >= start.utc else { throw ValidationError("--stop is before --start") }
      guard step.seconds > 0 else { throw ValidationError("--step must be more than 0") }
    } else if start != nil || stop != nil || step != nil {
      throw ValidationError(
        "--minutes counts from each set's epoch: leave out --start, --stop, --step")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads is 1 to 256")
    }
    if frame == .teme, orientation.path != nil {
      throw ValidationError(
        "TEME does not turn with the earth: --eop needs --frame itrf or geodetic")
    }
  }

  func run() async throws {
    let count = try rowCount()
    let file = try ElementFile(path: file)
    let table = try frame == .teme ? nil : earthOrientation(for: file.elements)
    let rows = EphemerisRows(
      of: file.elements, at: times, count: count, frame: frame, orientation: table)
    var printer = RowPrinter(columns: rows.columns, format: format.output)
    var progress = Progress("propagating", total: file.elements.count)
    try await rows.print(
      to: &printer, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: &progress)
    progress.finish()
    printer.finish()
    try file.failIfIncomplete()
  }

  private var times: EphemerisRows.Times {
    if let minutes { return .sinceEpoch(start: minutes.start, step: minutes.step) }
    return .instants(start: start?.utc ?? TimeArgument.now.utc, stepSeconds: step?.seconds ?? 1)
  }

  /// The table for the span of time from the first to the last row.
  private func earthOrientation(for elements: [ElementSet]) throws -> EarthOrientationTable? {
    let ends = elements.flatMap { set -> [UTC] in
      guard let minutes else { return [start?.utc, stop?.utc].compactMap(\.self) }
      return [minutes.start, minutes.stop].map { set.epoch.adding(seconds: $0 * 60) }
    }
    guard let first = ends.min(), let last = ends.max() else { return nil }
    return try orientation.table(from: first, to: last)
  }

  /// Rows of one object beyond this are a mistyped step, and would not fit on a disk.
  private static let rowLimit = 10_000_000

  /// How many rows an object gets.
  private func rowCount() throws -> Int {
    let steps: Double
    if let minutes {
      steps = (minutes.stop - minutes.start) / minutes.step
    } else if let start, let stop, let step {
      steps = stop.utc.seconds(since: start.utc) / step.seconds
    } else {
      return 1
    }
    guard steps < Double(Self.rowLimit) else {
      throw InputError(
        description: "more than \(Self.rowLimit) rows for each object: take a longer step")
    }
    return Int((steps + 1e-9).rounded(.down)) + 1
  }
}
