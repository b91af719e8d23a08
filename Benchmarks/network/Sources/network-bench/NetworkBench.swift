import AllocationCount
import Foundation
import Network
import Orbits

/// Measures Perigee's next-hop table, or writes its distances for a comparison.
///
///     network-bench cold|step SHELL STATIONS RULE RUNS
///     network-bench distances SHELL STATIONS RULE FIRST STEP COUNT FILE
///     network-bench query SHELL STATIONS RULE ROUNDS
///     network-bench orbit SHELL STATIONS RULE STEPS SECONDS
///
/// SHELL and STATIONS are as `Workload` says; RULE is a ``NextHopTable/Rule``. `cold` makes a table and
/// works it out, SGP4 included, each run at another time; `step` moves one table on by a second, and
/// counts what that allocates. `distances` writes, at COUNT times FIRST + k STEP seconds, the kilometres
/// from every station to every station as doubles. `query` times questions to a prepared slot; `orbit`
/// compares a moved table with fresh ones at every step.
@main
struct NetworkBench {
  static func main() throws {
    let a = CommandLine.arguments
    guard a.count >= 6, let workload = Workload(shell: a[2], stations: a[3]),
      let rule = NextHopTable.Rule(rawValue: a[4])
    else { fatalError("see the comment at the head of NetworkBench.swift") }
    let numbers = a[5...].compactMap { Double($0) }
    switch a[1] {
    case "cold":
      measure(runs: Int(numbers[0])) { run in
        var table = NextHopTable(workload.topology, rule: rule)
        return cpuSeconds { table.move(to: Workload.epoch.adding(seconds: Double(run) * 37)) }
      }
    case "step":
      var table = NextHopTable(workload.topology, rule: rule)
      table.move(to: Workload.epoch)
      measure(runs: Int(numbers[0])) { run in
        cpuSeconds { table.move(to: Workload.epoch.adding(seconds: Double(run + 1))) }
      }
    case "distances":
      let times = (0..<Int(numbers[2])).map { numbers[0] + numbers[1] * Double($0) }
      try write(distances(workload, rule: rule, times: times), to: a[8])
    case "query": Queries(workload).measure(rounds: Int(numbers[0]))
    case "orbit":
      OrbitCheck(topology: workload.topology, rule: rule).run(
        steps: Int(numbers[0]), stepSeconds: numbers[1])
    default: fatalError("no such measurement: \(a[1])")
    }
  }

  /// Prints the CPU seconds of each run but the first two, which bring memory and caches up.
  static func measure(runs: Int, _ run: (Int) -> Double) {
    _ = run(0)
    _ = run(1)
    var seconds = [Double](repeating: 0, count: runs)
    let before = allocation_count()
    for index in 0..<runs { seconds[index] = run(index + 2) }
    let allocations = allocation_count() - before
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let list = seconds.map { String($0) }.joined(separator: ", ")
    print(
      """
      {"cpu_s": [\(list)], "peak_mb": \(Double(usage.ru_maxrss) / 1_024), \
      "allocations": \(allocations)}
      """)
  }

  static func distances(
    _ workload: Workload, rule: NextHopTable.Rule, times: [Double]
  ) -> [Double] {
    var table = NextHopTable(workload.topology, rule: rule)
    var result: [Double] = []
    for time in times {
      table.move(to: Workload.epoch.adding(seconds: time))
      for from in table.stations.indices {
        for to in table.stations.indices { result.append(table.distanceKm(from: from, to: to)) }
      }
    }
    return result
  }

  static func write(_ values: [Double], to file: String) throws {
    try values.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: file)) }
  }
}

/// The CPU time that `body` takes, user and system, all threads.
func cpuSeconds(_ body: () -> Void) -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  let began = now()
  body()
  return now() - began
}
