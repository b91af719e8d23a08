extension SatelliteBatch {
  /// Writes the TEME state of every satellite at every time of a grid: `start`, `start` + `stepSeconds`
  /// and so on. Allocates nothing for each time.
  ///
  /// - Precondition: `grid.satellites == count`, and `stepSeconds` is finite.
  public func propagate(from start: UTC, stepSeconds: Double, into grid: inout StateGrid) {
    let work = work(from: start, stepSeconds: stepSeconds, into: &grid)
    work.run(0..<work.units)
  }

  /// The same on several threads. Results are those of one thread, bit for bit.
  ///
  /// - Precondition: `grid.satellites == count`, and `stepSeconds` is finite.
  public func propagate(
    from start: UTC, stepSeconds: Double, threads: Int, into grid: inout StateGrid
  ) async {
    let work = work(from: start, stepSeconds: stepSeconds, into: &grid)
    await work.run(threads: threads)
  }

  private func work(from start: UTC, stepSeconds: Double, into grid: inout StateGrid) -> GridWork {
    precondition(
      grid.satellites == count, "the grid holds \(grid.satellites) satellites, not \(count)")
    return GridWork(
      kernel: kernel, theories: theories, epochs: elements.map(\.epoch), start: start,
      stepMinutes: stepSeconds / 60, times: grid.times, memory: grid.writable())
  }
}

extension Satellite {
  /// Writes the TEME state at every time of a grid of one satellite: `start`, `start` + `stepSeconds` and
  /// so on. Allocates nothing for each time. Agrees with ``state(at:)`` to 0.1 mm within
  /// a month of epoch.
  ///
  /// - Precondition: `grid.satellites == 1`, and `stepSeconds` is finite.
  public func propagate(
    from start: UTC, stepSeconds: Double, into grid: inout StateGrid,
    instructionSet: InstructionSet = .best
  ) {
    let work = work(from: start, stepSeconds, &grid, instructionSet)
    work.run(0..<work.units)
  }

  /// The same on several threads. Results are those of one thread, bit for bit.
  ///
  /// - Precondition: `grid.satellites == 1`, and `stepSeconds` is finite.
  public func propagate(
    from start: UTC, stepSeconds: Double, threads: Int, into grid: inout StateGrid,
    instructionSet: InstructionSet = .best
  ) async {
    await work(from: start, stepSeconds, &grid, instructionSet).run(threads: threads)
  }

  private func work(
    from start: UTC, _ stepSeconds: Double, _ grid: inout StateGrid,
    _ instructionSet: InstructionSet
  ) -> GridWork {
    precondition(grid.satellites == 1, "the grid holds \(grid.satellites) satellites, not one")
    return GridWork(
      kernel: instructionSet.kernel, theories: [Theory(self)], epochs: [elements.epoch],
      start: start, stepMinutes: stepSeconds / 60, times: grid.times, memory: grid.writable())
  }
}

/// A grid to fill, as units of one satellite and one stretch of times.
private struct GridWork: Sendable {
  let kernel: VectorKernel
  let theories: [Theory]
  let epochs: [UTC]
  let start: UTC
  let stepMinutes: Double
  let times: Int
  let memory: GridMemory

  var units: Int { theories.count * GridWriter.stretches(times: times) }

  /// Fills the places of some units.
  func run(_ units: Range<Int>) {
    precondition(stepMinutes.isFinite, "the step is not a finite number")
    let stretches = GridWriter.stretches(times: times)
    LaneScratch.with { scratch in
      var writer = GridWriter(
        kernel: kernel, memory: memory, times: times, stepMinutes: stepMinutes, scratch: scratch)
      for unit in units {
        let satellite = unit / stretches
        writer.turn(
          to: satellite, theories[satellite],
          firstMinutes: start.minutes(since: epochs[satellite]))
        writer.write(stretch: unit % stretches)
      }
    }
  }

  /// Fills all, in several parts for each thread so that a slow part keeps no thread waiting.
  func run(threads: Int) async {
    let threads = max(1, threads)
    let parts = threads == 1 ? 1 : min(units, threads * 8)
    await withTaskGroup(of: Void.self) { group in
      for part in 0..<parts {
        if part >= threads { await group.next() }
        group.addTask { run(units * part / parts..<units * (part + 1) / parts) }
      }
    }
  }
}
