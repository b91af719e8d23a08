extension NetworkState {
  /// The lowest elevation at which a geostationary satellite is usable, degrees.
  static let geostationaryMaskDeg = 5.0

  /// The ways in to a destination, one list for each field that it takes: a terminal is entered over
  /// each of its uplinks to a constellation, all else directly. Empty where no site or zone has that
  /// name.
  func entries(
    to destination: String
  ) -> [(entries: [DistanceFields.Entry], processingMs: Double)] {
    if let zone = topology.zones.firstIndex(where: { $0.name == destination }) {
      let hosts = topology.zoneHosts[zone].map {
        DistanceFields.Entry.satellite($0, km: 0, next: .destination)
      }
      return [(hosts, 0)]
    }
    guard let number = topology.siteIndex[destination] else { return [] }
    let site = topology.sites[number]
    guard site.kind == .terminal else { return [([.site(number)], 0)] }
    return site.uplinks.compactMap { uplink in
      guard case .leo(let constellation) = uplink.medium else { return nil }
      let entries = entrances(to: site, constellation: constellation).map {
        DistanceFields.Entry.satellite($0.satellite, km: $0.rangeKm, next: .site(number))
      }
      return (entries, uplink.access.delayMs)
    }
  }

  /// The satellites a terminal is served by: one during a slot, at an instant all that it can use.
  func entrances(to site: Site, constellation: String) -> [Access] {
    guard then != nil else { return accesses(from: site, constellation: constellation) }
    return servingSatellite(of: site, constellation: constellation).map { [$0] } ?? []
  }

  /// Whether a geostationary satellite stands high enough above a site.
  func seesGeostationary(longitudeDeg: Double, from site: Int) -> Bool {
    let place = topology.sites[site].track.position(at: sky.time)
    let rule = Constellation.AccessRule.minElevationDeg(Self.geostationaryMaskDeg)
    let satellite = NetworkPath.Node.geostationary(longitudeDeg: longitudeDeg)
    let position = topology.positionKm(of: satellite, sky: sky)
    return Visibility(from: place, rule: rule).slantRangeKm(to: position) != nil
  }
}
