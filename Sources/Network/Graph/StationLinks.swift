import Orbits

/// The links between stations on the ground and satellites at an instant, by station and then by satellite.
struct StationLinks: Sendable {
  /// A satellite that a station can use.
  struct Link: Sendable, Equatable {
    /// The station's place in the list of stations.
    var station: Int
    /// The satellite's number.
    var satellite: Int
    var rangeKm: Double
  }

  private(set) var links: [Link] = []
  /// The links of station s are `links[starts[s]..<starts[s + 1]]`.
  private(set) var starts: [Int] = [0]

  /// The links of one station.
  func of(_ station: Int) -> ArraySlice<Link> { links[starts[station]..<starts[station + 1]] }

  /// Forgets all links and keeps the memory.
  mutating func removeAll() {
    links.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  /// Adds the next station, with the satellites that it can use under `sky`, or only the nearest.
  mutating func addStation(
    _ site: Site, topology: Topology, scan: GroundScan, sky: Sky, nearestOnly: Bool = false
  ) {
    let station = starts.count - 1
    let first = links.count
    let place = site.track.position(at: sky.time)
    for (constellation, range) in zip(topology.constellations, topology.satelliteRanges) {
      guard site.hasAntennas(for: constellation.name) else { continue }
      let visibility = Visibility(from: place, rule: constellation.access)
      scan.forEach(visibility, in: range, sky: sky) { satellite, km in
        links.append(Link(station: station, satellite: satellite, rangeKm: km))
      }
    }
    if nearestOnly, let nearest = links[first...].min(by: { $0.rangeKm < $1.rangeKm }) {
      links.removeSubrange((first + 1)...)
      links[first] = nearest
    }
    starts.append(links.count)
  }
}
