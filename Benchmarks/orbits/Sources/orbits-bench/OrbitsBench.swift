import Foundation
import Orbits

/// Propagates one workload several times and prints the CPU seconds of each run, as one JSON line for
/// each instruction set. With more than one thread, prints the wall-clock seconds of one thread and of all in turn.
///
///     orbits-bench ELEMENTS|walker START(ISO 8601) STEP(seconds) TIMES RUNS THREADS SATELLITES [STATES EVERY]
///     orbits-bench passes ELEMENTS START HOURS MASK(degrees) PLACES(LAT,LON;...) RUNS SATELLITES FOUND
///
/// SATELLITES is how many of the file's element sets to take (0: all). STATES names a file for the states at every
/// EVERY-th time (x, y, z of all those times, satellite after satellite, as doubles), one for each instruction set.
/// FOUND names a file for the passes that were found.
@main
struct OrbitsBench {
  let sets: [ElementSet]
  let start: UTC
  let stepSeconds: Double
  let times: Int
  let runs: Int
  let threads: Int

  static func main() async throws {
    let a = CommandLine.arguments
    if a.count > 1, a[1] == "passes" { return try PassesBench(Array(a.dropFirst(2))).run() }
    guard a.count >= 8, let start = UTC(a[2]), let step = Double(a[3]),
      let times = Int(a[4]), let runs = Int(a[5]), let threads = Int(a[6]), let limit = Int(a[7])
    else {
      fatalError("see the comment at the head of OrbitsBench.swift")
    }
    let all = try elements(a[1], epoch: start)
    let bench = OrbitsBench(
      sets: limit == 0 ? all : Array(all.prefix(limit)), start: start, stepSeconds: step,
      times: times, runs: runs, threads: threads)
    if threads > 1 { return print(await bench.compareThreads()) }
    for instructionSet in InstructionSet.available {
      let line = bench.measure(
        instructionSet, states: a.count > 9 ? (a[8], Int(a[9]) ?? 1) : nil)
      print(line)
    }
  }

  /// The sets of a file, or a shell of 9,500 generated satellites.
  static func elements(_ source: String, epoch: UTC) throws -> [ElementSet] {
    guard source == "walker" else {
      let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: source)), as: UTF8.self)
      return ElementSet.parse(text).elements
    }
    let shell = WalkerShell(
      name: "shell", planes: 95, satellitesPerPlane: 100, orbit: .altitudeKm(550),
      inclinationDeg: 53, phasing: .walker(F: 1))
    return shell.elementSets(epoch: epoch, firstCatalogNumber: 1)
  }

  func measure(_ instructionSet: InstructionSet, states: (file: String, every: Int)?) -> String {
    let batch = SatelliteBatch(sets, instructionSet: instructionSet)
    var grid = StateGrid(satellites: batch.count, times: times)
    var cpu: [Double] = []
    for _ in 0...runs {
      let began = cpuSeconds()
      batch.propagate(from: start, stepSeconds: stepSeconds, into: &grid)
      cpu.append(cpuSeconds() - began)
    }
    // The first run brings the memory and the caches up.
    cpu.removeFirst()
    if let states {
      write(grid, to: "\(states.file).\(instructionSet.rawValue)", every: states.every)
    }
    let seconds = cpu.map { String($0) }.joined(separator: ", ")
    return """
      {"engine": "perigee \(instructionSet.rawValue)", "satellites": \(batch.count), \
      "propagations": \(batch.count * times), "cpu_s": [\(seconds)]}
      """
  }

  /// One thread and several in turn, so that what else the machine does meets both alike.
  func compareThreads() async -> String {
    let batch = SatelliteBatch(sets)
    var grid = StateGrid(satellites: batch.count, times: times)
    var (one, several, cpuOne, cpu): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for run in 0...runs {
      let (began, cpuOneBegan) = (ContinuousClock.now, cpuSeconds())
      batch.propagate(from: start, stepSeconds: stepSeconds, into: &grid)
      let between = ContinuousClock.now
      let cpuBegan = cpuSeconds()
      await batch.propagate(from: start, stepSeconds: stepSeconds, threads: threads, into: &grid)
      guard run > 0 else { continue }
      cpuOne.append(cpuBegan - cpuOneBegan)
      cpu.append(cpuSeconds() - cpuBegan)
      one.append((between - began) / .seconds(1))
      several.append((ContinuousClock.now - between) / .seconds(1))
    }
    return """
      {"engine": "perigee \(batch.instructionSet.rawValue)", "threads": \(threads), \
      "propagations": \(batch.count * times), "cpu_s": \(cpu), "cpu_one_s": \(cpuOne), "wall_one_s": \(one), \
      "wall_s": \(several)}
      """
  }

  /// Positions at every `every`-th time; satellites in error have zeros.
  private func write(_ grid: borrowing StateGrid, to file: String, every: Int) {
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    guard let handle = FileHandle(forWritingAtPath: file) else {
      fatalError("cannot write \(file)")
    }
    let chosen = Array(stride(from: 0, to: times, by: every))
    for satellite in 0..<grid.satellites {
      let rows = grid.withSeries(ofSatellite: satellite) { series in
        [series.x, series.y, series.z].flatMap { column in chosen.map { column[$0] } }
      }
      rows.withUnsafeBytes { handle.write(Data($0)) }
    }
    try? handle.close()
  }
}

/// CPU time of this process, user and system, all threads.
func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
