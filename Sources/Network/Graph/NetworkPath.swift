import Orbits

/// A sequence of nodes through the network. Its length can be told at any time.
public struct NetworkPath: Sendable, Equatable {
  /// One node of a path.
  public enum Node: Sendable, Equatable {
    /// A site, by number.
    case site(Int)
    /// A satellite, by number.
    case satellite(Int)
    /// A geostationary satellite over a longitude (degrees east).
    case geostationary(longitudeDeg: Double)
  }

  /// The nodes, origin and destination included.
  public var nodes: [Node]
  /// Length factor of a terminal's leg on the ground (its access fiber), otherwise 1.
  var accessStretch: Double

  init(nodes: [Node], accessStretch: Double = 1) {
    self.nodes = nodes
    self.accessStretch = accessStretch
  }

  /// The same path from its end.
  public var reversed: NetworkPath {
    NetworkPath(nodes: nodes.reversed(), accessStretch: accessStretch)
  }
}

extension Topology {
  /// The radius of the geostationary orbit, kilometres.
  static let geostationaryRadiusKm = 42_164.17

  /// A node's name in paths, tables and pages.
  public func name(of node: NetworkPath.Node) -> String {
    switch node {
    case .site(let number): return sites[number].name
    case .satellite(let number): return satelliteNames[number]
    case .geostationary(let longitude):
      let tenths = Int((abs(longitude) * 10).rounded())
      return "GEO-\(tenths / 10).\(tenths % 10)\(longitude < 0 ? "W" : "E")"
    }
  }

  /// A node's position in ITRF, kilometres.
  func positionKm(of node: NetworkPath.Node, sky: Sky) -> Vector3 {
    switch node {
    case .site(let number):
      if case .waypoints = sites[number].track {
        return sites[number].track.position(at: sky.time).itrfKm
      }
      return sitePositions[number]
    case .satellite(let number): return sky.positionsKm[number]
    case .geostationary(let longitude):
      return Vector3(
        Topology.geostationaryRadiusKm * sineDeg(90 - longitude),
        Topology.geostationaryRadiusKm * sineDeg(longitude), 0)
    }
  }

  /// The place on or above the Earth of a node, for maps.
  public func place(of node: NetworkPath.Node, sky: Sky) -> Geodetic {
    if case .site(let number) = node { return sites[number].track.position(at: sky.time) }
    return Geodetic(itrfKm: positionKm(of: node, sky: sky))
  }

  /// Propagation one way along a path under a sky, milliseconds.
  public func propagationMs(along path: NetworkPath, sky: Sky) -> Double {
    var km = 0.0
    for (from, to) in zip(path.nodes, path.nodes.dropFirst()) {
      km += legKm(from: from, to: to, accessStretch: path.accessStretch, sky: sky)
    }
    return Light.milliseconds(km: km)
  }

  /// The length of one leg under a sky, kilometres of vacuum that take light as long.
  func legKm(
    from: NetworkPath.Node, to: NetworkPath.Node, accessStretch: Double, sky: Sky
  ) -> Double {
    if case .site(let a) = from, case .site(let b) = to {
      return groundVacuumKm(a, b, accessStretch: accessStretch, at: sky.time)
    }
    return length(positionKm(of: to, sky: sky) - positionKm(of: from, sky: sky))
  }

  private func groundVacuumKm(_ a: Int, _ b: Int, accessStretch: Double, at time: UTC) -> Double {
    fiberVacuumKm(from: a, to: b)
      ?? Self.fiberVacuumKm(
        sites[a].track.position(at: time), sites[b].track.position(at: time), stretch: accessStretch
      )
  }
}

extension NetworkPath {
  /// The single leg that ends at the node of that index (at least 1).
  public func leg(endingAt index: Int) -> NetworkPath {
    NetworkPath(nodes: [nodes[index - 1], nodes[index]], accessStretch: accessStretch)
  }
}

extension Topology {
  /// The place of the site or satellite of that name under a sky; `nil` where there is none.
  public func place(named name: String, sky: Sky) -> Geodetic? {
    if let site = siteIndex[name] { return place(of: .site(site), sky: sky) }
    if let satellite = satelliteIndex[name] {
      return sky.isUsable[satellite] ? place(of: .satellite(satellite), sky: sky) : nil
    }
    for uplink in sites.lazy.flatMap(\.uplinks) {
      guard case .geo(let longitude, _) = uplink.medium else { continue }
      let node = NetworkPath.Node.geostationary(longitudeDeg: longitude)
      if self.name(of: node) == name { return place(of: node, sky: sky) }
    }
    return nil
  }
}
