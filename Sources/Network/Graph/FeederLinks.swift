import Orbits

/// The feeder links there are: for each gateway, the satellites its antennas can hold.
struct FeederLinks: Sendable {
  struct Link: Sendable {
    var gateway: Int
    var satellite: Int
    var rangeKm: Double
  }

  /// All links, by gateway and then by satellite.
  let links: [Link]
  /// For each satellite, the positions in ``links`` of its own.
  let bySatellite: [Int: [Int]]

  /// The feeder links of `topology` under `sky` that also hold under `later`, where it is given.
  ///
  /// Elevation rises and falls once in a pass, so a link that holds at both ends of a slot holds
  /// all through it.
  init(_ topology: Topology, sky: Sky, later: Sky?) {
    var links: [Link] = []
    for (number, site) in topology.sites.enumerated() where site.kind.hasFeederLinks {
      let place = site.track.position(at: sky.time)
      for (constellation, range) in zip(topology.constellations, topology.satelliteRanges) {
        guard site.hasAntennas(for: constellation.name) else { continue }
        let visibility = Visibility(from: place, rule: constellation.access)
        for satellite in range where sky.isUsable[satellite] {
          guard let km = visibility.slantRangeKm(to: sky.positionsKm[satellite]) else { continue }
          if let later {
            guard later.isUsable[satellite],
              visibility.slantRangeKm(to: later.positionsKm[satellite]) != nil
            else { continue }
          }
          links.append(Link(gateway: number, satellite: satellite, rangeKm: km))
        }
      }
    }
    self.links = links
    self.bySatellite = Dictionary(grouping: links.indices) { links[$0].satellite }
  }
}
