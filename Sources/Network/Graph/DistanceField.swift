import Orbits

/// The shortest way to one destination from every satellite and every ground site.
///
/// A way never bounces off the ground: from a satellite it goes over inter-satellite links, down one
/// feeder link and on by fiber; from the ground it goes by fiber and, to reach a host in orbit, up one
/// feeder link and on by inter-satellite links. Distances are kilometres of vacuum that take light as long.
struct DistanceField: Sendable {
  /// What comes after a node on the way to the destination.
  enum Next: Sendable, Equatable {
    case destination
    case satellite(Int)
    case site(Int)
    case unreachable
  }

  private(set) var fromSatelliteKm: [Double]
  private(set) var fromSiteKm: [Double]
  private(set) var nextOfSatellite: [Next]
  private(set) var nextOfSite: [Next]

  /// A way in to the destination: a node and what is left from there.
  enum Entry: Sendable {
    case satellite(Int, km: Double, next: Next)
    case site(Int)
  }

  init(_ topology: Topology, sky: Sky, feeders: FeederLinks, entries: [Entry]) {
    fromSatelliteKm = [Double](repeating: .infinity, count: topology.satelliteNames.count)
    fromSiteKm = [Double](repeating: .infinity, count: topology.sites.count)
    nextOfSatellite = [Next](repeating: .unreachable, count: topology.satelliteNames.count)
    nextOfSite = [Next](repeating: .unreachable, count: topology.sites.count)

    var groundSeeds: [Int] = []
    var spaceSeeds: [Int] = []
    for entry in entries {
      switch entry {
      case .site(let site):
        fromSiteKm[site] = 0
        nextOfSite[site] = .destination
        groundSeeds.append(site)
      case .satellite(let satellite, let km, let next):
        guard sky.isUsable[satellite], km < fromSatelliteKm[satellite] else { continue }
        fromSatelliteKm[satellite] = km
        nextOfSatellite[satellite] = next
        if case .site(let terminal) = next { nextOfSite[terminal] = .destination }
        spaceSeeds.append(satellite)
      }
    }

    if !groundSeeds.isEmpty {
      spreadOverFiber(topology, seeds: groundSeeds)
      spaceSeeds += descend(feeders)
      spreadOverLasers(topology, sky: sky, seeds: spaceSeeds)
    } else {
      spreadOverLasers(topology, sky: sky, seeds: spaceSeeds)
      spreadOverFiber(topology, seeds: ascend(feeders))
    }
  }

  /// Satellites that reach the ground over a feeder link; returns those that got a way.
  private mutating func descend(_ feeders: FeederLinks) -> [Int] {
    var reached: [Int] = []
    for link in feeders.links {
      let km = link.rangeKm + fromSiteKm[link.gateway]
      guard km < fromSatelliteKm[link.satellite] else { continue }
      fromSatelliteKm[link.satellite] = km
      nextOfSatellite[link.satellite] = .site(link.gateway)
      reached.append(link.satellite)
    }
    return reached
  }

  /// Gateways that reach a satellite over a feeder link; returns those that got a way.
  private mutating func ascend(_ feeders: FeederLinks) -> [Int] {
    var reached: [Int] = []
    for link in feeders.links {
      let km = link.rangeKm + fromSatelliteKm[link.satellite]
      guard km < fromSiteKm[link.gateway] else { continue }
      fromSiteKm[link.gateway] = km
      nextOfSite[link.gateway] = .satellite(link.satellite)
      reached.append(link.gateway)
    }
    return reached
  }

  private mutating func spreadOverFiber(_ topology: Topology, seeds: [Int]) {
    var heap = DistanceHeap(capacity: topology.sites.count)
    for seed in seeds { heap.push(fromSiteKm[seed], Int32(seed)) }
    while let (km, node) = heap.pop() {
      let site = Int(node)
      guard km <= fromSiteKm[site] else { continue }
      // A terminal is an end, never a way through.
      if topology.sites[site].kind == .terminal, nextOfSite[site] != .destination { continue }
      for neighbour in topology.fiberNeighbours[site] {
        let through = km + neighbour.vacuumKm
        guard through < fromSiteKm[neighbour.site] else { continue }
        fromSiteKm[neighbour.site] = through
        nextOfSite[neighbour.site] = .site(site)
        heap.push(through, Int32(neighbour.site))
      }
    }
  }

  private mutating func spreadOverLasers(_ topology: Topology, sky: Sky, seeds: [Int]) {
    guard !topology.linkTargets.isEmpty else { return }
    var heap = DistanceHeap(capacity: 256)
    for seed in seeds { heap.push(fromSatelliteKm[seed], Int32(seed)) }
    while let (km, node) = heap.pop() {
      let satellite = Int(node)
      guard km <= fromSatelliteKm[satellite] else { continue }
      let first = Int(topology.linkStarts[satellite])
      for slot in first..<Int(topology.linkStarts[satellite + 1]) {
        let other = Int(topology.linkTargets[slot])
        guard let link = sky.linkKm(satellite, other) else { continue }
        let through = km + link
        guard through < fromSatelliteKm[other] else { continue }
        fromSatelliteKm[other] = through
        nextOfSatellite[other] = .satellite(satellite)
        heap.push(through, Int32(other))
      }
    }
  }
}
