import Orbits

/// Computes forecasts: for a site's uplinks and a set of destinations, slot by slot.
public struct Forecaster: Sendable {
  /// What switching and queueing at each node on the way adds, one way, milliseconds.
  static let nodeProcessingMs = 0.05

  /// The network's fixed part.
  public let topology: Topology

  /// Creates a forecaster.
  public init(_ topology: Topology) { self.topology = topology }

  /// Forecasts over `[start, end)`, whole slots: for each uplink of `site` one towards each destination.
  ///
  /// Destinations are names of sites or zones; unknown names get forecasts with no route.
  public func forecasts(
    from site: String, to destinations: [String], start: UTC, end: UTC
  ) -> [Forecast] {
    guard let number = topology.siteIndex[site] else { return [] }
    var forecasts: [Forecast] = []
    for uplink in topology.sites[number].uplinks {
      for destination in destinations {
        forecasts.append(
          Forecast(
            uplink: uplink.name, destination: destination, intervals: [],
            elementAgeSeconds: topology.elementAgeSeconds(at: start)))
      }
    }
    var slot = Slot(containing: start)
    var sky = topology.sky(at: slot.start)
    while slot.start < end {
      let later = topology.sky(at: slot.end)
      let state = NetworkState(topology, slot: slot, start: sky, end: later)
      append(slot, state: state, from: site, to: destinations, onto: &forecasts)
      sky = later
      slot = slot.next
    }
    return forecasts
  }

  /// Adds the slot of `state` to forecasts made by ``forecasts(from:to:start:end:)``.
  public func append(
    _ slot: Slot, state: NetworkState, from site: String, to destinations: [String],
    onto forecasts: inout [Forecast]
  ) {
    append(
      slot, prepared: PreparedRoutes(state, from: [site], to: destinations), from: site,
      onto: &forecasts)
  }

  /// As ``append(_:state:from:to:onto:)``, with routes that several sites share: one preparation of a
  /// slot serves all of them.
  public func append(
    _ slot: Slot, prepared: PreparedRoutes, from site: String, onto forecasts: inout [Forecast]
  ) {
    for (index, destination) in prepared.destinations.enumerated() {
      let routes = self.routes(from: site, to: index, prepared: prepared)
      for number in forecasts.indices where forecasts[number].destination == destination {
        let route = routes.first { $0.uplink == forecasts[number].uplink }?.route
        forecasts[number].intervals.append(
          Forecast.Interval(start: slot.start, end: slot.end, route: route))
      }
    }
  }

  /// The route over each uplink of a terminal, in the uplinks' order. A route is `nil` where there is no way.
  public func routes(
    from site: String, to destination: String, state: NetworkState
  ) -> [(uplink: String, route: Route?)] {
    let prepared = PreparedRoutes(state, from: [site], to: [destination])
    return routes(from: site, to: 0, prepared: prepared)
  }

  private func routes(
    from site: String, to destination: Int, prepared: PreparedRoutes
  ) -> [(uplink: String, route: Route?)] {
    guard let number = topology.siteIndex[site] else { return [] }
    return topology.sites[number].uplinks.enumerated().map { index, uplink in
      guard let figures = prepared.figures(from: number, over: index, to: destination),
        let path = prepared.path(from: number, over: index, to: destination)
      else { return (uplink.name, nil) }
      return (uplink.name, route(along: path, figures: figures, uplink: uplink))
    }
  }

  /// The best path from any site to any other at a state, and its expected latency one way, milliseconds.
  ///
  /// `uplink` restricts a terminal to one of its ways out. Paths are the same both ways, so one from
  /// the ground to a terminal is found from the terminal. `nil` where there is no path.
  public func bestPath(
    from site: String, to destination: String, over uplink: String? = nil, state: NetworkState,
    propagationOnly: Bool = false
  ) -> (path: NetworkPath, oneWayMs: Double)? {
    guard let number = topology.siteIndex[site] else { return nil }
    if site == destination { return (NetworkPath(nodes: [.site(number)]), 0) }
    if topology.sites[number].kind != .terminal,
      topology.site(named: destination)?.kind == .terminal
    {
      return bestPath(
        from: destination, to: site, over: uplink, state: state, propagationOnly: propagationOnly
      ).map { ($0.path.reversed, $0.oneWayMs) }
    }
    let prepared = PreparedRoutes(state, from: [site], to: [destination])
    var best: (path: NetworkPath, oneWayMs: Double)?
    for way in prepared.waysIn[0] {
      for (path, accessMs) in options(from: number, over: uplink, way: way, prepared: prepared) {
        let propagation = topology.propagationMs(along: path, sky: state.sky)
        let extra =
          accessMs + way.processingMs + Self.nodeProcessingMs * Double(max(0, path.nodes.count - 2))
        let total = propagation + (propagationOnly ? 0 : extra)
        if best.map({ total < $0.oneWayMs }) ?? true { best = (path, total) }
      }
    }
    return best
  }

  /// The paths over each way out of a site, and what its access adds.
  private func options(
    from number: Int, over uplink: String?, way: PreparedRoutes.WayIn, prepared: PreparedRoutes
  ) -> [(path: NetworkPath, accessMs: Double)] {
    let origin = topology.sites[number]
    guard origin.kind == .terminal else {
      return prepared.path(fromGround: number, way: way).map { [($0, 0)] } ?? []
    }
    return origin.uplinks.enumerated().compactMap { index, out in
      guard uplink == nil || out.name == uplink,
        let path = prepared.path(from: number, over: index, way: way)
      else { return nil }
      return (path, out.access.delayMs + out.access.jitterMs)
    }
  }

  private func route(
    along path: NetworkPath, figures: PreparedRoutes.Figures, uplink: Uplink
  ) -> Route {
    var serving: String?
    switch path.nodes.dropFirst().first {
    case .satellite, .geostationary: serving = topology.name(of: path.nodes[1])
    default: break
    }
    return Route(
      hops: path.nodes.map(topology.name(of:)), servingSatellite: serving,
      propagationStartMs: figures.propagationStartMs, propagationEndMs: figures.propagationEndMs,
      processingMs: figures.processingMs, jitterMs: uplink.access.jitterMs,
      loss: uplink.access.loss, up: uplink.up, down: uplink.down,
      pricePerGB: uplink.pricePerGB)
  }
}
