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

  private func figures(from site: Int, over uplink: Int, way: WayIn) -> Figures? {
    let topology = state.topology
    let stretch = accessStretch(site, uplink)
    var result = Figures(
      propagationStartMs: 0, propagationEndMs: 0, processingMs: 0, links: -1)
    var last: NetworkPath.Node?
    let isReached = walk(from: site, over: uplink, field: way.field) { node in
      if let last {
        result.propagationStartMs += topology.legKm(
          from: last, to: node, accessStretch: stretch, sky: state.now.sky)
        if let then = state.then {
          result.propagationEndMs += topology.legKm(
            from: last, to: node, accessStretch: stretch, sky: then.sky)
        }
        if result.links == 0, case .satellite(let number) = node {
          result.servingSatellite = number
        }
      }
      last = node
      result.links += 1
    }
    guard isReached else { return nil }
    result.propagationStartMs = Light.milliseconds(km: result.propagationStartMs)
    result.propagationEndMs =
      state.then == nil
      ? result.propagationStartMs : Light.milliseconds(km: result.propagationEndMs)
    result.processingMs =
      topology.sites[site].uplinks[uplink].access.delayMs + way.processingMs
      + Forecaster.nodeProcessingMs * Double(max(0, result.links - 1))
    return result
  }

  func path(from site: Int, over uplink: Int, way: WayIn) -> NetworkPath? {
    var nodes: [NetworkPath.Node] = []
    let isReached = walk(from: site, over: uplink, field: way.field) { nodes.append($0) }
    return isReached
      ? NetworkPath(nodes: nodes, accessStretch: accessStretch(site, uplink)) : nil
  }

  /// The path from a site that is no terminal: by fiber, or up from its own antennas.
  func path(fromGround site: Int, way: WayIn) -> NetworkPath? {
    var nodes: [NetworkPath.Node] = []
    var up: (satellite: Int, km: Double)?
    for link in state.feeders.of(site) {
      let km = link.rangeKm + fields.fromSatelliteKm(way.field, link.satellite)
      if km < up?.km ?? .infinity { up = (link.satellite, km) }
    }
    var isReached = false
    if let up, up.km < fields.fromSiteKm(way.field, site),
      fields.nextOfSatellite(way.field, up.satellite) != .site(site)
    {
      nodes.append(.site(site))
      isReached = follow(.satellite(up.satellite), field: way.field) { nodes.append($0) }
    } else {
      isReached = follow(.site(site), field: way.field) { nodes.append($0) }
    }
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
