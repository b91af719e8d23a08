import ArgumentParser
import Orbits

/// `perigee propagate`: an ephemeris of every object in a file.
struct PropagateCommand: ParsableCommand {
  enum Frame: String, ExpressibleByArgument, CaseIterable {
    case teme, itrf, geodetic
  }

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
  var frame: Frame = .teme

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
    if frame == .teme, orientation.path != nil {
      throw ValidationError(
        "TEME does not turn with the earth: --eop needs --frame itrf or geodetic")
    }
  }

  func run() throws {
    let lastRow = try lastRow()
    let file = try ElementFile(path: file)
    var printer = RowPrinter(columns: columns, format: format.output)
    let table = try frame == .teme ? nil : earthOrientation(for: file.elements)
    var progress = Progress("propagating", total: file.elements.count)
    for (index, elements) in file.elements.enumerated() {
      try add(elements, lastRow: lastRow, orientation: table, to: &printer)
      progress.update(index + 1)
    }
    progress.finish()
    printer.finish()
    try file.failIfIncomplete()
  }

  private var columns: [String] {
    let state =
      frame == .geodetic
      ? ["lat_deg", "lon_deg", "alt_km"]
      : ["x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s"]
    return ["catalog_number", "name", "time"] + state + ["error"]
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

  private func add(
    _ elements: ElementSet, lastRow: Int, orientation table: EarthOrientationTable?,
    to printer: inout RowPrinter
  ) throws {
    let satellite = Result { () throws(PropagationError) in try Satellite(elements) }
    for index in 0...lastRow {
      let time = time(index, epoch: elements.epoch)
      var row: [Cell] = [
        .integer(elements.catalogNumber), .text(elements.name), .text(time.utc.description),
      ]
      do throws(PropagationError) {
        let state = try satellite.get().state(minutesSinceEpoch: time.minutes)
        row += cells(of: state, at: time.utc, orientation: table) + [.integer(0)]
      } catch {
        let width = frame == .geodetic ? 3 : 6
        row += [Cell](repeating: .number(.nan, decimals: 0), count: width)
        row.append(.integer(error.code))
      }
      try printer.add(row)
    }
  }

  /// Rows of one object beyond this are a mistyped step, and would not fit on a disk.
  private static let rowLimit = 10_000_000

  /// How many rows an object gets, less one.
  private func lastRow() throws -> Int {
    let steps: Double
    if let minutes {
      steps = (minutes.stop - minutes.start) / minutes.step
    } else if let start, let stop, let step {
      steps = stop.utc.seconds(since: start.utc) / step.seconds
    } else {
      return 0
    }
    guard steps < Double(Self.rowLimit) else {
      throw InputError(
        description: "more than \(Self.rowLimit) rows for each object: take a longer step")
    }
    return Int((steps + 1e-9).rounded(.down))
  }

  private func time(_ row: Int, epoch: UTC) -> (utc: UTC, minutes: Double) {
    if let minutes {
      let offset = minutes.start + Double(row) * minutes.step
      return (epoch.adding(seconds: offset * 60), offset)
    }
    guard let start, let step else { return (epoch, 0) }
    let utc = start.utc.adding(seconds: Double(row) * step.seconds)
    return (utc, utc.minutes(since: epoch))
  }

  private func cells(
    of state: TEMEState, at time: UTC, orientation table: EarthOrientationTable?
  ) -> [Cell] {
    switch frame {
    case .teme: return cells(state.positionKm, state.velocityKmS)
    case .itrf:
      let itrf = EarthRotation(at: time, table: table).itrf(state)
      return cells(itrf.positionKm, itrf.velocityKmS)
    case .geodetic:
      let rotation = EarthRotation(at: time, table: table)
      let place = Geodetic(itrfKm: rotation.itrf(positionKm: state.positionKm))
      return [
        .number(place.latitudeDeg, decimals: 9), .number(place.longitudeDeg, decimals: 9),
        .number(place.altitudeKm, decimals: 6),
      ]
    }
  }

  private func cells(_ position: Vector3, _ velocity: Vector3) -> [Cell] {
    [position.x, position.y, position.z].map { .number($0, decimals: 9) }
      + [velocity.x, velocity.y, velocity.z].map { .number($0, decimals: 9) }
  }
}
