/// Works out one block of a ``NextHopTable``: the distances and next hops to up to eight stations.
///
/// Distances come first, and next hops follow from them: the hop of a node leads to any neighbour v
/// with `d[u] = d[v] + w(u, v)`, exactly.
struct BlockTable {
  let topology: Topology
  let links: StationLinks
  let stations: Int
  /// The stations that are this block's destinations, one a lane.
  let destinations: Range<Int>
  let sweep: LaneSweep
  /// By node; a satellite's number, or the number of satellites plus a station's place, or -1.
  let hops: UnsafeMutablePointer<SIMD8<Int32>>
  let satellites: Int

  private var rows: UnsafeMutablePointer<Lanes> { sweep.rows }
  private var rowOfSatellite: [Int32] { topology.grid.rowOfSatellite }

  func solveOverLasers() {
    rows.update(repeating: Lanes(repeating: .infinity), count: satellites + stations)
    for (lane, station) in destinations.enumerated() {
      for link in links.of(station) {
        rows[Int(rowOfSatellite[link.satellite])][lane] = link.rangeKm
      }
    }
    sweep.settle(hops: hops)
    for (lane, station) in destinations.enumerated() {
      for link in links.of(station) {
        let row = Int(rowOfSatellite[link.satellite])
        if rows[row][lane] == link.rangeKm { hops[row][lane] = Int32(satellites + station) }
      }
    }
    for station in 0..<stations { climb(from: station) }
    arrive()
  }

  /// The best satellite above a station for each destination; the first one at a tie.
  private func climb(from station: Int) {
    var best = Lanes(repeating: .infinity)
    var hop = SIMD8<Int64>(repeating: -1)
    for link in links.of(station) {
      let through = rows[Int(rowOfSatellite[link.satellite])] + link.rangeKm
      let isShorter = through .< best
      best.replace(with: through, where: isShorter)
      hop.replace(with: Int64(link.satellite), where: isShorter)
    }
    rows[satellites + station] = best
    hops[satellites + station] = SIMD8<Int32>(truncatingIfNeeded: hop)
  }

  /// The destinations are where they are.
  private func arrive() {
    for (lane, station) in destinations.enumerated() {
      rows[satellites + station][lane] = 0
      hops[satellites + station][lane] = -1
    }
  }

  /// Ways that touch the ground in between: relaxes all links up and down until nothing improves.
  func solveOverStations() {
    rows.update(repeating: Lanes(repeating: .infinity), count: satellites + stations)
    hops.update(repeating: SIMD8(repeating: -1), count: satellites + stations)
    arrive()
    var isSettled = false
    while !isSettled {
      isSettled = true
      for link in links.links {
        let (up, down) = (Int(rowOfSatellite[link.satellite]), satellites + link.station)
        if improve(up, from: down, link.rangeKm, hop: satellites + link.station) {
          isSettled = false
        }
        if improve(down, from: up, link.rangeKm, hop: link.satellite) { isSettled = false }
      }
    }
  }

  @inline(__always)
  private func improve(_ row: Int, from other: Int, _ km: Double, hop: Int) -> Bool {
    let through = rows[other] + km
    let isShorter = through .< rows[row]
    guard isShorter.isSomewhere else { return false }
    rows[row].replace(with: through, where: isShorter)
    for lane in 0..<Lanes.scalarCount where isShorter[lane] { hops[row][lane] = Int32(hop) }
    return true
  }
}
