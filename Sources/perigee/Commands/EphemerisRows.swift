import ArgumentParser
import Orbits

/// The rows of an ephemeris: object after object, time after time.
///
/// States are those of ``Satellite`` digit for digit. Rows carry micrometres, finer than what the vector kernels
/// share with it, and putting rows into text takes three times as long as the scalar theory.
struct EphemerisRows: Sendable {
  enum Frame: String, ExpressibleByArgument, CaseIterable {
    case teme, itrf, geodetic
  }

  /// When an object's rows are.
  enum Times: Sendable {
    /// Minutes from its epoch.
    case sinceEpoch(start: Double, step: Double)
    /// The same instants for all.
    case instants(start: UTC, stepSeconds: Double)
  }

  let elements: [ElementSet]
  let frame: Frame
  private let times: Times
  private let timesCount: Int
  private let orientation: EarthOrientationTable?
  /// The instants that all objects share, where there are not too many to keep.
  private let shared: [Instant]

  /// An instant, as text, and how the earth is turned then.
  private struct Instant: Sendable {
    let utc: UTC
    let text: String
    let rotation: EarthRotation?
  }

  /// Rows of one piece of work for a thread, and the most instants to keep.
  private static let partSize = 4_096

  init(
    of elements: [ElementSet], at times: Times, count: Int, frame: Frame,
    orientation: EarthOrientationTable?
  ) {
    self.elements = elements
    self.times = times
    self.timesCount = count
    self.frame = frame
    self.orientation = orientation
    var shared: [Instant] = []
    if case .instants(let start, let step) = times, count <= Self.partSize {
      shared = (0..<count).map { index in
        Self.instant(start.adding(seconds: Double(index) * step), frame, orientation)
      }
    }
    self.shared = shared
  }

  var columns: [String] {
    let state =
      frame == .geodetic
      ? ["lat_deg", "lon_deg", "alt_km"]
      : ["x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s"]
    return ["catalog_number", "name", "time"] + state + ["error"]
  }

  /// Prints all rows in order, put together by several threads, a few parts ahead of the printer.
  func print(to printer: inout RowPrinter, threads: Int, progress: inout Progress) async throws {
    let rows = elements.count * timesCount
    let parts = (rows + Self.partSize - 1) / Self.partSize
    let empty = printer.batch
    try await OrderedParts.forEach(count: parts, threads: threads) { part in
      var batch = empty
      let first = part * Self.partSize
      add(first..<min(first + Self.partSize, rows), to: &batch)
      return batch
    } take: { part, batch in
      try printer.add(batch)
      progress.update(min((part + 1) * Self.partSize, rows) / timesCount)
    }
  }

  /// Adds rows, counted over all objects.
  private func add(_ rows: Range<Int>, to batch: inout RowBatch) {
    var row: [Cell] = []
    for object in rows.lowerBound / timesCount...(rows.upperBound - 1) / timesCount {
      let set = elements[object]
      let satellite = Result { () throws(PropagationError) in try Satellite(set) }
      let own = (object * timesCount..<(object + 1) * timesCount).clamped(to: rows)
      for index in own {
        let (instant, minutes) = time(index - object * timesCount, epoch: set.epoch)
        row.removeAll(keepingCapacity: true)
        row.append(.integer(set.catalogNumber))
        row.append(.text(set.name))
        row.append(.text(instant.text))
        do throws(PropagationError) {
          try add(satellite.get().state(minutesSinceEpoch: minutes), at: instant, to: &row)
          row.append(.integer(0))
        } catch {
          for _ in 0..<(frame == .geodetic ? 3 : 6) { row.append(.number(.nan, decimals: 0)) }
          row.append(.integer(error.code))
        }
        batch.add(row)
      }
    }
  }

  private func time(_ index: Int, epoch: UTC) -> (Instant, minutes: Double) {
    switch times {
    case .sinceEpoch(let start, let step):
      let minutes = start + Double(index) * step
      return (Self.instant(epoch.adding(seconds: minutes * 60), frame, orientation), minutes)
    case .instants(let start, let step):
      let instant =
        shared.isEmpty
        ? Self.instant(start.adding(seconds: Double(index) * step), frame, orientation)
        : shared[index]
      return (instant, instant.utc.minutes(since: epoch))
    }
  }

  private static func instant(
    _ utc: UTC, _ frame: Frame, _ orientation: EarthOrientationTable?
  ) -> Instant {
    Instant(
      utc: utc, text: utc.description,
      rotation: frame == .teme ? nil : EarthRotation(at: utc, table: orientation))
  }

  private func add(_ state: TEMEState, at instant: Instant, to row: inout [Cell]) {
    guard let rotation = instant.rotation else {
      return add(state.positionKm, state.velocityKmS, to: &row)
    }
    guard frame == .geodetic else {
      let itrf = rotation.itrf(state)
      return add(itrf.positionKm, itrf.velocityKmS, to: &row)
    }
    let place = Geodetic(itrfKm: rotation.itrf(positionKm: state.positionKm))
    row.append(.number(place.latitudeDeg, decimals: 9))
    row.append(.number(place.longitudeDeg, decimals: 9))
    row.append(.number(place.altitudeKm, decimals: 6))
  }

  private func add(_ position: Vector3, _ velocity: Vector3, to row: inout [Cell]) {
    for vector in [position, velocity] {
      for axis in 0..<3 { row.append(.number(vector[axis], decimals: 9)) }
    }
  }
}
