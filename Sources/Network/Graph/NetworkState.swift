import Orbits

/// The network as it stands, during a slot or at an instant: skies, feeder links, and the choice of
/// serving satellites.
public struct NetworkState: Sendable {
  /// The network's fixed part.
  public let topology: Topology
  /// The sky at the beginning.
  public let sky: Sky
  /// The sky at the end of the slot; `nil` for an instant.
  public let later: Sky?
  let feeders: FeederLinks
  /// By satellite: whether traffic on it can reach the ground or a zone's host at all.
  let isConnected: [Bool]

  /// The network during `slot`: ground links that hold from edge to edge, lasers as they stand at its
  /// beginning, one serving satellite a terminal.
  ///
  /// `start` and `end` are the skies at the slot's edges where the caller has them already.
  public init(_ topology: Topology, slot: Slot, start: Sky? = nil, end: Sky? = nil) {
    self.init(
      topology, sky: start ?? topology.sky(at: slot.start), later: end ?? topology.sky(at: slot.end)
    )
  }

  /// The network at one instant, every link that geometry allows included: what an ideal scheduler
  /// that re-decides all the time would have.
  public init(_ topology: Topology, instant: UTC) {
    self.init(topology, sky: topology.sky(at: instant), later: nil)
  }

  private init(_ topology: Topology, sky: Sky, later: Sky?) {
    self.topology = topology
    self.sky = sky
    self.later = later
    self.feeders = FeederLinks(topology, sky: sky, later: later)
    let anchors = Set(feeders.bySatellite.keys).union(topology.zoneHosts.joined())
    self.isConnected = Self.connected(topology, sky: sky, anchors: anchors)
  }

  private static func connected(_ topology: Topology, sky: Sky, anchors: Set<Int>) -> [Bool] {
    var result = [Bool](repeating: false, count: topology.satelliteNames.count)
    var open = anchors.filter { sky.isUsable[$0] }
    for anchor in open { result[anchor] = true }
    while let satellite = open.popFirst() {
      let links = Int(topology.linkStarts[satellite])..<Int(topology.linkStarts[satellite + 1])
      for target in topology.linkTargets[links] {
        let other = Int(target)
        guard !result[other], sky.linkKm(satellite, other) != nil else { continue }
        result[other] = true
        open.insert(other)
      }
    }
    return result
  }

  /// A satellite that a place can use now, and to the end of the slot.
  struct Access: Sendable {
    var satellite: Int
    var rangeKm: Double
    /// The lower of the sines of elevation at the two ends.
    var sineOfElevation: Double
  }

  /// The satellites of a constellation that a site can use.
  func accesses(from site: Site, constellation name: String) -> [Access] {
    guard let number = topology.constellations.firstIndex(where: { $0.name == name }) else {
      return []
    }
    let rule = topology.constellations[number].access
    let now = Visibility(from: site.track.position(at: sky.time), rule: rule)
    let then = later.map { ($0, Visibility(from: site.track.position(at: $0.time), rule: rule)) }
    var result: [Access] = []
    for satellite in topology.satelliteRanges[number] where sky.isUsable[satellite] {
      let position = sky.positionsKm[satellite]
      guard let range = now.slantRangeKm(to: position) else { continue }
      var sine = now.sineOfElevation(of: position)
      if let (laterSky, visibility) = then {
        let laterPosition = laterSky.positionsKm[satellite]
        guard laterSky.isUsable[satellite], visibility.slantRangeKm(to: laterPosition) != nil else {
          continue
        }
        sine = min(sine, visibility.sineOfElevation(of: laterPosition))
      }
      result.append(Access(satellite: satellite, rangeKm: range, sineOfElevation: sine))
    }
    return result
  }

  /// The satellite that serves a terminal during the slot: of those in use from edge to edge and
  /// connected to the ground, the one that stays highest. It serves all of the terminal's traffic,
  /// wherever that goes.
  func servingSatellite(of site: Site, constellation: String) -> Access? {
    accesses(from: site, constellation: constellation)
      .filter { isConnected[$0.satellite] }
      .max { ($0.sineOfElevation, $1.satellite) < ($1.sineOfElevation, $0.satellite) }
  }
}
