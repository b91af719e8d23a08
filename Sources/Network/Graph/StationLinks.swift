import Orbits

/// The links between stations on the ground and satellites, by station and then by satellite.
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

  /// Adds the next station, with the satellites that it can use in the view `scan`; with those that it
  /// can use in `later` too, where that is given.
  ///
  /// Elevation rises and falls once in a pass, so a link that holds at both ends of a slot holds all
  /// through it.
  mutating func addStation(
    _ site: Site, topology: Topology, scan: GroundScan, later: GroundScan? = nil
  ) {
    let station = starts.count - 1
    for (constellation, range) in zip(topology.constellations, topology.satelliteRanges) {
      guard site.hasAntennas(for: constellation.name) else { continue }
      let rule = constellation.access
      let now = Visibility(from: site.track.position(at: scan.sky.time), rule: rule)
      let then = later.map {
        ($0, Visibility(from: site.track.position(at: $0.sky.time), rule: rule))
      }
      scan.forEach(now, in: range) { satellite, km in
        if let (later, visibility) = then {
          guard later.rangeKm(visibility, to: satellite) != nil else { return }
        }
        links.append(Link(station: station, satellite: satellite, rangeKm: km))
      }
    }
    starts.append(links.count)
  }

  /// Adds the next station without any link.
  mutating func addIdleStation() { starts.append(links.count) }

  /// Leaves the last station only the nearest of its satellites, the first one at a tie.
  mutating func keepNearest() {
    let first = starts[starts.count - 2]
    guard let nearest = links[first...].min(by: { $0.rangeKm < $1.rangeKm }) else { return }
    links.removeSubrange((first + 1)...)
    links[first] = nearest
    starts[starts.count - 1] = links.count
  }
}
