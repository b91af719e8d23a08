import Orbits

/// The expected round trips of one slot, from some sites to some destinations.
public struct SlotOutlook: Sendable {
  /// The slot.
  public let slot: Slot
  /// By origin, then by destination; `nil` where there is no way, or a site would reach itself.
  public let ways: [[Way?]]

  /// The best way at the slot's beginning.
  public struct Way: Sendable, Equatable {
    /// Round trip with access, processing and mean jitter, milliseconds.
    public var rttMs: Double
    /// How many links the way has.
    public var links: Int
    /// The uplink's place among the terminal's; `nil` for other sites.
    public var uplink: Int?
    /// The number of the serving satellite, where one of a constellation comes first.
    public var servingSatellite: Int?
  }
}

/// Forecasts many pairs of places slot by slot, with one preparation of the network a slot.
public struct FleetForecaster: Sendable {
  /// The network's fixed part.
  public let topology: Topology
  /// The numbers of the sites where ways begin.
  public let origins: [Int]
  /// The names of the sites and zones where they end. A terminal among them is entered over its uplinks
  /// to constellations.
  public let destinations: [String]
  /// How serving satellites are chosen.
  public let scheduler: SlotScheduler
  /// The only uplink that terminals may use, by name; `nil` for any.
  public let uplink: String?

  /// Creates a forecaster of the ways from `origins` to `destinations`.
  public init(
    _ topology: Topology, origins: [Int], destinations: [String], uplink: String? = nil,
    scheduler: SlotScheduler = .published
  ) {
    self.topology = topology
    self.origins = origins
    self.destinations = destinations
    self.uplink = uplink
    self.scheduler = scheduler
  }

  /// Works out `count` slots one after another, from `first` on, and gives each to `body`.
  ///
  /// Slots depend on nothing before them: any division of a span among threads gives the same.
  public func forEachSlot(
    from first: Slot, count: Int, _ body: (SlotOutlook) throws -> Void
  ) rethrows {
    guard count > 0 else { return }
    let names = origins.map { topology.sites[$0].name }
    var states = topology.stateBuffers()
    var slot = first
    var sky = topology.sky(at: slot.start)
    for _ in 0..<count {
      var later = sky
      later.move(topology, to: slot.end, states: &states)
      let state = NetworkState(topology, slot: slot, start: sky, end: later, scheduler: scheduler)
      let prepared = PreparedRoutes(state, from: names, to: destinations)
      let ways = origins.map { origin in
        destinations.indices.map { way(from: origin, to: $0, prepared: prepared) }
      }
      try body(SlotOutlook(slot: slot, ways: ways))
      sky = later
      slot = slot.next
    }
  }

  private func way(from origin: Int, to destination: Int, prepared: PreparedRoutes)
    -> SlotOutlook.Way?
  {
    let site = topology.sites[origin]
    guard site.name != destinations[destination] else { return nil }
    guard site.kind == .terminal else {
      return prepared.figures(fromGround: origin, to: destination).map {
        SlotOutlook.Way(
          rttMs: 2 * ($0.propagationStartMs + $0.processingMs), links: $0.links, uplink: nil,
          servingSatellite: $0.servingSatellite)
      }
    }
    var best: SlotOutlook.Way?
    for (index, out) in site.uplinks.enumerated() where uplink == nil || out.name == uplink {
      guard let figures = prepared.figures(from: origin, over: index, to: destination) else {
        continue
      }
      let rttMs = 2 * (figures.propagationStartMs + figures.processingMs + out.access.jitterMs)
      guard rttMs < best?.rttMs ?? .infinity else { continue }
      best = SlotOutlook.Way(
        rttMs: rttMs, links: figures.links, uplink: index,
        servingSatellite: figures.servingSatellite)
    }
    return best
  }
}
