extension NetworkState {
  /// The lowest elevation at which a geostationary satellite is usable, degrees.
  static let geostationaryMaskDeg = 5.0

  /// The shortest way to `destination` from everywhere; `nil` where no site or zone has that name.
  ///
  /// A destination that is a terminal is entered over `uplink`, one of its own.
  func field(to destination: String, over uplink: Uplink? = nil) -> DistanceField? {
    if let zone = topology.zones.firstIndex(where: { $0.name == destination }) {
      let entries = topology.zoneHosts[zone].map {
        DistanceField.Entry.satellite($0, km: 0, next: .destination)
      }
      return DistanceField(topology, sky: sky, feeders: feeders, entries: entries)
    }
    guard let site = topology.siteIndex[destination] else { return nil }
    var entries: [DistanceField.Entry] = [.site(site)]
    if case .leo(let constellation) = uplink?.medium {
      entries = entrances(to: topology.sites[site], constellation: constellation).map {
        .satellite($0.satellite, km: $0.rangeKm, next: .site(site))
      }
    }
    return DistanceField(topology, sky: sky, feeders: feeders, entries: entries)
  }

  /// The satellites a terminal is served by: one during a slot, at an instant all that it can use.
  func entrances(to site: Site, constellation: String) -> [Access] {
    guard later != nil else { return accesses(from: site, constellation: constellation) }
    return servingSatellite(of: site, constellation: constellation).map { [$0] } ?? []
  }

  /// The path from a terminal over one of its uplinks.
  func path(from site: Int, over uplink: Uplink, field: DistanceField) -> NetworkPath? {
    switch uplink.medium {
    case .leo(let constellation):
      let best = entrances(to: topology.sites[site], constellation: constellation).min {
        $0.rangeKm + field.fromSatelliteKm[$0.satellite]
          < $1.rangeKm + field.fromSatelliteKm[$1.satellite]
      }
      guard let best else { return nil }
      return follow(from: .satellite(best.satellite), after: [.site(site)], field: field)
    case .geo(let longitude, let teleport):
      let satellite = NetworkPath.Node.geostationary(longitudeDeg: longitude)
      guard let landing = topology.siteIndex[teleport],
        seesGeostationary(satellite, from: site), seesGeostationary(satellite, from: landing)
      else { return nil }
      return follow(from: .site(landing), after: [.site(site), satellite], field: field)
    case .fiber(let landsAt, let stretch), .cellular(let landsAt, let stretch):
      guard let landing = topology.siteIndex[landsAt] else { return nil }
      return follow(
        from: .site(landing), after: [.site(site)], field: field, accessStretch: stretch)
    }
  }

  /// The path from a site that is no terminal: by fiber, or up from its own antennas.
  func path(fromGround site: Int, field: DistanceField) -> NetworkPath? {
    let up = feeders.links
      .filter { $0.gateway == site }
      .min {
        $0.rangeKm + field.fromSatelliteKm[$0.satellite]
          < $1.rangeKm + field.fromSatelliteKm[$1.satellite]
      }
    if let up, up.rangeKm + field.fromSatelliteKm[up.satellite] < field.fromSiteKm[site],
      field.nextOfSatellite[up.satellite] != .site(site)
    {
      return follow(from: .satellite(up.satellite), after: [.site(site)], field: field)
    }
    return follow(from: .site(site), after: [], field: field)
  }

  private func seesGeostationary(_ satellite: NetworkPath.Node, from site: Int) -> Bool {
    let place = topology.sites[site].track.position(at: sky.time)
    let rule = Constellation.AccessRule.minElevationDeg(Self.geostationaryMaskDeg)
    let position = topology.positionKm(of: satellite, sky: sky)
    return Visibility(from: place, rule: rule).slantRangeKm(to: position) != nil
  }

  /// The nodes from `start` on to the field's destination, or `nil` where it can't be reached.
  private func follow(
    from start: NetworkPath.Node, after prefix: [NetworkPath.Node], field: DistanceField,
    accessStretch: Double = 1
  ) -> NetworkPath? {
    var nodes = prefix
    var node = start
    while true {
      nodes.append(node)
      let next: DistanceField.Next
      switch node {
      case .satellite(let number): next = field.nextOfSatellite[number]
      case .site(let number): next = field.nextOfSite[number]
      case .geostationary: return nil
      }
      switch next {
      case .destination: return NetworkPath(nodes: nodes, accessStretch: accessStretch)
      case .satellite(let number): node = .satellite(number)
      case .site(let number): node = .site(number)
      case .unreachable: return nil
      }
    }
  }
}
