extension PreparedRoutes {
  /// What a way costs, without its nodes.
  public struct Figures: Sendable, Equatable {
    /// Propagation one way at the state's beginning, milliseconds.
    public var propagationStartMs: Double
    /// Propagation one way along the same nodes at its end, milliseconds.
    public var propagationEndMs: Double
    /// What access and processing add one way, without jitter, milliseconds.
    public var processingMs: Double
    /// How many links the way has.
    public var links: Int
    /// The number of the satellite that comes first, where one of a constellation does.
    public var servingSatellite: Int?
  }

  /// What the shortest way from a terminal over one of its uplinks costs; `nil` where there is none.
  /// Allocates nothing.
  ///
  /// - Parameters:
  ///   - site: The terminal's number in the topology.
  ///   - uplink: The uplink's place among the terminal's.
  ///   - destination: The place in ``destinations``.
  public func figures(from site: Int, over uplink: Int, to destination: Int) -> Figures? {
    guard waysOut[site].indices.contains(uplink) else { return nil }
    var best: Figures?
    for way in waysIn[destination] {
      guard let figures = figures(from: site, over: uplink, way: way) else { continue }
      if best.map({ figures.propagationStartMs < $0.propagationStartMs }) ?? true { best = figures }
    }
    return best
  }

  /// The nodes of the way that ``figures(from:over:to:)`` describes.
  public func path(from site: Int, over uplink: Int, to destination: Int) -> NetworkPath? {
    var best: (path: NetworkPath, propagationMs: Double)?
    for way in waysIn[destination] {
      guard let path = path(from: site, over: uplink, way: way) else { continue }
      let propagationMs = state.topology.propagationMs(along: path, sky: state.sky)
      if best.map({ propagationMs < $0.propagationMs }) ?? true { best = (path, propagationMs) }
    }
    return best?.path
  }

  /// What the shortest way from a site that is no terminal costs; `nil` where there is none. Allocates
  /// nothing.
  public func figures(fromGround site: Int, to destination: Int) -> Figures? {
    var best: Figures?
    for way in waysIn[destination] {
      var measure = Measure(state: state, accessStretch: 1)
      let isReached = walk(fromGround: site, field: way.field) { measure.visit($0) }
      guard isReached else { continue }
      let figures = measure.figures(accessMs: way.processingMs)
      if best.map({ figures.propagationStartMs < $0.propagationStartMs }) ?? true { best = figures }
    }
    return best
  }

  private func figures(from site: Int, over uplink: Int, way: WayIn) -> Figures? {
    var measure = Measure(state: state, accessStretch: accessStretch(site, uplink))
    let isReached = walk(from: site, over: uplink, field: way.field) { measure.visit($0) }
    guard isReached else { return nil }
    let access = state.topology.sites[site].uplinks[uplink].access
    return measure.figures(accessMs: access.delayMs + way.processingMs)
  }

  func path(from site: Int, over uplink: Int, way: WayIn) -> NetworkPath? {
    var nodes: [NetworkPath.Node] = []
    let isReached = walk(from: site, over: uplink, field: way.field) { nodes.append($0) }
    return isReached
      ? NetworkPath(nodes: nodes, accessStretch: accessStretch(site, uplink)) : nil
  }

  /// The path from a site that is no terminal.
  func path(fromGround site: Int, way: WayIn) -> NetworkPath? {
    var nodes: [NetworkPath.Node] = []
    let isReached = walk(fromGround: site, field: way.field) { nodes.append($0) }
    return isReached ? NetworkPath(nodes: nodes) : nil
  }

  private func accessStretch(_ site: Int, _ uplink: Int) -> Double {
    if case .ground(_, let stretch) = waysOut[site][uplink] { return stretch }
    return 1
  }

  /// Visits the nodes from a terminal on; says whether they lead to the destination.
  @inline(__always)
  private func walk(
    from site: Int, over uplink: Int, field: Int, _ visit: (NetworkPath.Node) -> Void
  ) -> Bool {
    guard waysOut[site].indices.contains(uplink) else { return false }
    visit(.site(site))
    switch waysOut[site][uplink] {
    case .none: return false
    case .ground(let landing, _): return follow(.site(landing), field: field, visit)
    case .geostationary(let longitude, let landing):
      visit(.geostationary(longitudeDeg: longitude))
      return follow(.site(landing), field: field, visit)
    case .satellites(let accesses):
      var best: (satellite: Int, km: Double)?
      for access in accesses {
        let km = access.rangeKm + fields.fromSatelliteKm(field, access.satellite)
        if km < best?.km ?? .infinity { best = (access.satellite, km) }
      }
      guard let best else { return false }
      return follow(.satellite(best.satellite), field: field, visit)
    }
  }

  /// Visits the nodes from a site that is no terminal on: by fiber, or up from its own antennas; says
  /// whether they lead to the destination.
  @inline(__always)
  private func walk(
    fromGround site: Int, field: Int, _ visit: (NetworkPath.Node) -> Void
  ) -> Bool {
    var up: (satellite: Int, km: Double)?
    for link in state.feeders.of(site) {
      let km = link.rangeKm + fields.fromSatelliteKm(field, link.satellite)
      if km < up?.km ?? .infinity { up = (link.satellite, km) }
    }
    if let up, up.km < fields.fromSiteKm(field, site),
      fields.nextOfSatellite(field, up.satellite) != .site(site)
    {
      visit(.site(site))
      return follow(.satellite(up.satellite), field: field, visit)
    }
    return follow(.site(site), field: field, visit)
  }

  /// Visits the nodes from `start` on to the field's destination; says whether it is reached.
  @inline(__always)
  private func follow(
    _ start: NetworkPath.Node, field: Int, _ visit: (NetworkPath.Node) -> Void
  ) -> Bool {
    var node = start
    while true {
      visit(node)
      let next: DistanceFields.Next
      switch node {
      case .satellite(let number): next = fields.nextOfSatellite(field, number)
      case .site(let number): next = fields.nextOfSite(field, number)
      case .geostationary: return false
      }
      switch next {
      case .destination: return true
      case .satellite(let number): node = .satellite(number)
      case .site(let number): node = .site(number)
      case .unreachable: return false
      }
    }
  }
}

/// Adds up a way's legs as its nodes are visited.
private struct Measure {
  let state: NetworkState
  let accessStretch: Double
  private var last: NetworkPath.Node?
  private var startKm = 0.0
  private var endKm = 0.0
  private var links = 0
  private var servingSatellite: Int?

  init(state: NetworkState, accessStretch: Double) {
    self.state = state
    self.accessStretch = accessStretch
  }

  @inline(__always)
  mutating func visit(_ node: NetworkPath.Node) {
    defer { last = node }
    guard let last else { return }
    startKm += legKm(from: last, to: node, in: state.now)
    if let then = state.then { endKm += legKm(from: last, to: node, in: then) }
    if links == 0, case .satellite(let number) = node { servingSatellite = number }
    links += 1
  }

  private func legKm(
    from: NetworkPath.Node, to: NetworkPath.Node, in scan: GroundScan
  ) -> Double {
    state.topology.legKm(from: from, to: to, accessStretch: accessStretch, sky: scan.sky)
  }

  func figures(accessMs: Double) -> PreparedRoutes.Figures {
    PreparedRoutes.Figures(
      propagationStartMs: Light.milliseconds(km: startKm),
      propagationEndMs: Light.milliseconds(km: state.then == nil ? startKm : endKm),
      processingMs: accessMs + Forecaster.nodeProcessingMs * Double(max(0, links - 1)),
      links: links, servingSatellite: servingSatellite)
  }
}
