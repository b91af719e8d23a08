import Foundation
import Orbits

/// Finds the passes of many satellites over several places, several times, and prints the CPU seconds of each run.
struct PassesBench {
  let sets: [ElementSet]
  let finder: PassFinder
  let start: UTC
  let runs: Int
  let found: String

  init(_ a: [String]) throws {
    guard a.count == 8, let start = UTC(a[1]), let hours = Double(a[2]), let mask = Double(a[3]),
      let runs = Int(a[5]), let limit = Int(a[6])
    else {
      fatalError("see the comment at the head of OrbitsBench.swift")
    }
    let places = a[4].split(separator: ";").map { place in
      let degrees = place.split(separator: ",").compactMap { Double($0) }
      return Geodetic(latitudeDeg: degrees[0], longitudeDeg: degrees[1])
    }
    sets = Array(try OrbitsBench.elements(a[0], epoch: start).prefix(limit))
    finder = PassFinder(
      over: places, from: start, to: start.adding(seconds: hours * 3_600), maskDeg: mask)
    self.start = start
    self.runs = runs
    found = a[7]
  }

  /// Prints one JSON line and writes `satellite,place,AOS,LOS` rows, seconds since the start.
  func run() throws {
    var cpu: [Double] = []
    var passes: [FoundPass] = []
    for run in 0...runs {
      let began = cpuSeconds()
      passes = finder.passes(of: sets)
      if run > 0 { cpu.append(cpuSeconds() - began) }
    }
    let rows = passes.map { one in
      let (aos, los) = (one.pass.aos.seconds(since: start), one.pass.los.seconds(since: start))
      return "\(one.satellite),\(one.place),\(aos),\(los)\n"
    }
    try Data(rows.joined().utf8).write(to: URL(fileURLWithPath: found))
    print(
      """
      {"engine": "perigee", "satellites": \(sets.count), "passes": \(passes.count), "cpu_s": \(cpu)}
      """)
  }
}
