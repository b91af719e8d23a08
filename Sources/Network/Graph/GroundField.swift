/// The part of a field on the ground: the shortest way to one destination from every site.
struct GroundField: Sendable {
  /// Kilometres of vacuum, by site; infinite where there is no way.
  private(set) var kmFromSite: [Double]
  private(set) var nextOfSite: [DistanceFields.Next]
  /// Whether the destination is entered from satellites alone, so that sites come last.
  let startsInSpace: Bool

  /// Spreads from the entries on the ground over fiber.
  init(_ topology: Topology, entries: [DistanceFields.Entry]) {
    kmFromSite = [Double](repeating: .infinity, count: topology.sites.count)
    nextOfSite = [DistanceFields.Next](repeating: .unreachable, count: topology.sites.count)
    var seeds: [Int] = []
    for entry in entries {
      switch entry {
      case .site(let site):
        kmFromSite[site] = 0
        nextOfSite[site] = .destination
        seeds.append(site)
      case .satellite(_, _, .site(let terminal)):
        nextOfSite[terminal] = .destination
      case .satellite: break
      }
    }
    startsInSpace = seeds.isEmpty
    spread(topology, seeds: seeds)
  }

  /// Sites that reach a satellite over a feeder link, and those behind them by fiber.
  mutating func ascend(
    _ topology: Topology, feeders: StationLinks, fromSatelliteKm: (Int) -> Double
  ) {
    var reached: [Int] = []
    for link in feeders.links {
      let km = link.rangeKm + fromSatelliteKm(link.satellite)
      guard km < kmFromSite[link.station] else { continue }
      kmFromSite[link.station] = km
      nextOfSite[link.station] = .satellite(link.satellite)
      reached.append(link.station)
    }
    spread(topology, seeds: reached)
  }

  private mutating func spread(_ topology: Topology, seeds: [Int]) {
    guard !seeds.isEmpty, !topology.fibers.isEmpty else { return }
    var heap = DistanceHeap(capacity: topology.sites.count)
    for seed in seeds { heap.push(kmFromSite[seed], Int32(seed)) }
    while let (km, node) = heap.pop() {
      let site = Int(node)
      guard km <= kmFromSite[site] else { continue }
      // A terminal is an end, never a way through.
      if topology.sites[site].kind == .terminal, nextOfSite[site] != .destination { continue }
      for neighbour in topology.fiberNeighbours[site] {
        let through = km + neighbour.vacuumKm
        guard through < kmFromSite[neighbour.site] else { continue }
        kmFromSite[neighbour.site] = through
        nextOfSite[neighbour.site] = .site(site)
        heap.push(through, Int32(neighbour.site))
      }
    }
  }
}
