import Foundation
import Network
import Orbits

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
@main struct Bench {
  static func main() throws {
    let a = CommandLine.arguments
    let planes = Int(a[1])!, per = Int(a[2])!
    let csv = try String(contentsOfFile: "/work/shared/data/network/ground_stations_top100.csv", encoding: .utf8)
    let sites = csv.split(separator: "\n").compactMap { line -> Site? in
      let f = line.split(separator: ",")
      guard let lat = Double(f[2]), let lon = Double(f[3]) else { return nil }
      return Site(name: String(f[1]), kind: .groundStation, track: .fixed(Geodetic(latitudeDeg: lat, longitudeDeg: lon)))
    }
    let epoch = UTC(year: 2000, month: 1, day: 1)
    let w = WalkerShell(name: "s", planes: planes, satellitesPerPlane: per, orbit: .meanMotionRevPerDay(15.19), inclinationDeg: 53, phasing: .alternating)
    let t = Topology(constellations: [Constellation(name: "s", shells: [.init(name: "1", satellites: w.elementSets(epoch: epoch, firstCatalogNumber: 1), planes: w.planeIndices)], links: .plusGrid, access: .maxSlantRangeKm(1089.686))], sites: sites)
    var best = 1e9
    var table = NextHopTable(t)
    var b2 = 1e9
    for k in 0..<2000 {
      let c = cpuSeconds()
      table.move(to: epoch.adding(seconds: Double(k)))
      let d = cpuSeconds() - c
      if k > 0 { best = min(best, d) }
      let s = cpuSeconds()
      _ = t.sky(at: epoch)
      b2 = min(b2, cpuSeconds() - s)
    }
    print(sites.count, "best ms", best * 1000, "sky ms", b2 * 1000, table.distanceKm(from: 0, to: 5), table.distanceKm(from: 5, to: 0))
  }
}
