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
    for destination in destinations {
      let routes = self.routes(from: site, to: destination, state: state)
      for index in forecasts.indices where forecasts[index].destination == destination {
        let route = routes.first { $0.uplink == forecasts[index].uplink }?.route
        forecasts[index].intervals.append(
          Forecast.Interval(start: slot.start, end: slot.end, route: route))
      }
    }
  }

  /// The route over each uplink of a terminal, in the uplinks' order. A route is `nil` where there is no way.
  public func routes(
    from site: String, to destination: String, state: NetworkState
  ) -> [(uplink: String, route: Route?)] {
    guard let number = topology.siteIndex[site] else { return [] }
    let fields = self.fields(to: destination, state: state)
    return topology.sites[number].uplinks.map { uplink in
      let routes = fields.compactMap { field, processingMs -> Route? in
        state.path(from: number, over: uplink, field: field).map {
          route(along: $0, uplink: uplink, state: state, extraProcessingMs: processingMs)
        }
      }
      return (uplink.name, routes.min { $0.propagationStartMs < $1.propagationStartMs })
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
    var best: (path: NetworkPath, oneWayMs: Double)?
    for (field, destinationMs) in fields(to: destination, state: state) {
      let origin = topology.sites[number]
      var options: [(NetworkPath, Double)] = []
      if origin.kind == .terminal {
        for way in origin.uplinks where uplink == nil || way.name == uplink {
          guard let path = state.path(from: number, over: way, field: field) else { continue }
          options.append((path, way.access.delayMs + way.access.jitterMs))
        }
      } else if let path = state.path(fromGround: number, field: field) {
        options.append((path, 0))
      }
      for (path, accessMs) in options {
        let propagation = topology.propagationMs(along: path, sky: state.sky)
        let extra = accessMs + destinationMs + nodeMs(path)
        let total = propagation + (propagationOnly ? 0 : extra)
        if best.map({ total < $0.oneWayMs }) ?? true { best = (path, total) }
      }
    }
    return best
  }

  /// One field a way in: a terminal is entered over each of its uplinks, all else directly.
  private func fields(
    to destination: String, state: NetworkState
  ) -> [(field: DistanceField, processingMs: Double)] {
    if let site = topology.site(named: destination), site.kind == .terminal {
      return site.uplinks.compactMap { uplink in
        guard case .leo = uplink.medium else { return nil }
        return state.field(to: destination, over: uplink).map { ($0, uplink.access.delayMs) }
      }
    }
    return state.field(to: destination).map { [($0, 0)] } ?? []
  }

  private func nodeMs(_ path: NetworkPath) -> Double {
    Self.nodeProcessingMs * Double(max(0, path.nodes.count - 2))
  }

  private func route(
    along path: NetworkPath, uplink: Uplink, state: NetworkState, extraProcessingMs: Double
  ) -> Route {
    var serving: String?
    switch path.nodes.dropFirst().first {
    case .satellite, .geostationary: serving = topology.name(of: path.nodes[1])
    default: break
    }
    let start = topology.propagationMs(along: path, sky: state.sky)
    return Route(
      hops: path.nodes.map(topology.name(of:)), servingSatellite: serving,
      propagationStartMs: start,
      propagationEndMs: state.later.map { topology.propagationMs(along: path, sky: $0) } ?? start,
      processingMs: uplink.access.delayMs + extraProcessingMs + nodeMs(path),
      jitterMs: uplink.access.jitterMs, loss: uplink.access.loss,
      up: uplink.up, down: uplink.down, pricePerGB: uplink.pricePerGB)
  }
}
