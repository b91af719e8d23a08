import Orbits

/// The network as it stands, during a slot or at an instant: skies, feeder links, and the choice of
/// serving satellites.
public struct NetworkState: Sendable {
  /// The network's fixed part.
  public let topology: Topology
  let now: GroundScan
  let then: GroundScan?
  let lengths: GridLengths
  /// By site; only those with feeder links have any.
  let feeders: StationLinks
  /// By satellite: whether traffic on it can reach the ground or a zone's host at all.
  let isConnected: [Bool]
  /// How serving satellites are chosen, and in which slot; `nil` for an instant.
  let schedule: (scheduler: SlotScheduler, slot: Slot)?

  /// The sky at the beginning.
  public var sky: Sky { now.sky }
  /// The sky at the end of the slot; `nil` for an instant.
  public var later: Sky? { then?.sky }

  /// The network during `slot`: ground links that hold from edge to edge, lasers as they stand at its
  /// beginning, one serving satellite a terminal.
  ///
  /// `start` and `end` are the skies at the slot's edges where the caller has them already.
  public init(
    _ topology: Topology, slot: Slot, start: Sky? = nil, end: Sky? = nil,
    scheduler: SlotScheduler = .published
  ) {
    self.init(
      topology, sky: start ?? topology.sky(at: slot.start),
      later: end ?? topology.sky(at: slot.end), schedule: (scheduler, slot))
  }

  /// The network at one instant, every link that geometry allows included: what an ideal scheduler
  /// that re-decides all the time would have.
  public init(_ topology: Topology, instant: UTC) {
    self.init(topology, sky: topology.sky(at: instant), later: nil, schedule: nil)
  }

  private init(
    _ topology: Topology, sky: Sky, later: Sky?, schedule: (scheduler: SlotScheduler, slot: Slot)?
  ) {
    self.topology = topology
    self.schedule = schedule
    now = GroundScan(sky)
    then = later.map { GroundScan($0) }
    var lengths = GridLengths(rows: topology.grid.count)
    lengths.measure(topology.grid, sky: sky)
    self.lengths = lengths
    var feeders = StationLinks()
    for site in topology.sites {
      if site.kind.hasFeederLinks {
        feeders.addStation(site, topology: topology, scan: now, later: then)
      } else {
        feeders.addIdleStation()
      }
    }
    self.feeders = feeders
    let anchors = feeders.links.map(\.satellite) + topology.zoneHosts.joined()
    self.isConnected = Self.connected(topology, sky: sky, anchors: anchors)
  }

  private static func connected(_ topology: Topology, sky: Sky, anchors: [Int]) -> [Bool] {
    var result = [Bool](repeating: false, count: topology.satelliteNames.count)
    var open: [Int] = []
    func reach(_ satellite: Int) {
      guard !result[satellite] else { return }
      result[satellite] = true
      open.append(satellite)
    }
    for anchor in anchors where sky.isUsable[anchor] { reach(anchor) }
    while let satellite = open.popLast() {
      let links = Int(topology.linkStarts[satellite])..<Int(topology.linkStarts[satellite + 1])
      for target in topology.linkTargets[links] where !result[Int(target)] {
        if sky.linkKm(satellite, Int(target)) != nil { reach(Int(target)) }
      }
    }
    return result
  }

  /// A satellite that a place can use now, and to the end of the slot.
  struct Access: Sendable {
    var satellite: Int
    var rangeKm: Double
  }

  /// The satellites of a constellation that a site can use.
  func accesses(from site: Site, constellation name: String) -> [Access] {
    guard let number = topology.constellations.firstIndex(where: { $0.name == name }) else {
      return []
    }
    let rule = topology.constellations[number].access
    let above = Visibility(from: site.track.position(at: sky.time), rule: rule)
    let after = then.map {
      ($0, Visibility(from: site.track.position(at: $0.sky.time), rule: rule))
    }
    var result: [Access] = []
    now.forEach(above, in: topology.satelliteRanges[number]) { satellite, range in
      if let (later, visibility) = after {
        guard later.rangeKm(visibility, to: satellite) != nil else { return }
      }
      result.append(Access(satellite: satellite, rangeKm: range))
    }
    return result
  }

  /// The satellite that serves a terminal during the slot: of those in use from edge to edge and
  /// connected to the ground, the scheduler's choice. It serves all of the terminal's traffic,
  /// wherever that goes. `nil` where there is none, and at an instant, which knows no schedule.
  func servingSatellite(of site: Site, constellation: String) -> Access? {
    guard let (scheduler, slot) = schedule else { return nil }
    let observer = Observer(site.track.position(at: sky.time))
    let daylight = Daylight(at: sky.time)
    var best: (access: Access, score: Double)?
    for access in accesses(from: site, constellation: constellation)
    where isConnected[access.satellite] {
      let position = sky.positionsKm[access.satellite]
      let candidate = SlotScheduler.Candidate(
        look: observer.lookAngles(to: ITRFState(positionKm: position, velocityKmS: .zero)),
        isSunlit: daylight.reaches(position),
        load: scheduler.load(of: topology.satelliteNames[access.satellite], in: slot))
      let score = scheduler.score(candidate, latitudeDeg: observer.place.latitudeDeg)
      // The first one at a tie.
      if score > best?.score ?? -.infinity { best = (access, score) }
    }
    return best?.access
  }
}
