import Network
import Orbits

extension FleetReader {
  /// Reports what the names allow but the places do not, once all sites are known.
  func checkGeometry(of fleet: Fleet) {
    checkGeostationaryViews(of: fleet)
    checkLandings(of: fleet)
    checkZones(of: fleet)
    checkSatelliteNames(of: fleet)
  }

  private func checkGeostationaryViews(of fleet: Fleet) {
    for leg in geostationaryLegs {
      let ends = [leg.site, fleet.site(named: leg.teleport)].compactMap { $0 }
      for end in ends {
        guard case .fixed(let place) = end.track else { continue }
        let elevation = GeostationaryView.elevationDeg(longitudeDeg: leg.longitudeDeg, from: place)
        guard elevation < GeostationaryView.maskDeg else { continue }
        leg.value.problem(
          "a geostationary satellite over \(Decimal.text(leg.longitudeDeg)) deg stands at "
            + "\(Int(elevation.rounded())) deg elevation over `\(end.name)`; "
            + "\(Int(GeostationaryView.maskDeg)) are needed",
          cure: "Check the satellite's longitude and the site's position; east is positive.")
      }
    }
  }

  /// A constellation with no feeder link and no zone leads nowhere.
  private func checkLandings(of fleet: Fleet) {
    // A site that could not be read may be the gateway that is missed.
    guard siteKinds.values.allSatisfy({ $0 != nil }),
      fleet.sites.count == siteKinds.count
    else { return }
    for landing in landings where constellationNames.contains(landing.constellation) {
      let lands = fleet.sites.contains { site in
        site.kind.hasFeederLinks
          && site.constellations?.contains(landing.constellation) ?? true
      }
      let hosts = fleet.zones.contains { $0.constellation == landing.constellation }
      guard !lands, !hosts else { continue }
      landing.value.problem(
        "`\(landing.constellation)` has no gateway to land at and no zone, so this uplink leads nowhere",
        cure: "Add a site of kind gateway whose `constellations`, if given, list it.")
    }
  }

  private func checkZones(of fleet: Fleet) {
    for (zone, value) in zoneValues {
      guard let constellation = fleet.constellation(named: zone.constellation) else { continue }
      let shells = constellation.shells.filter { zone.shell == nil || $0.name == zone.shell }
      guard !shells.isEmpty, shells.allSatisfy(\.planes.isEmpty) else { continue }
      value.problem(
        "`\(zone.constellation)` has no plane structure to choose a zone's satellites by",
        cure: "Name another shell, or add `planes:` under `elements`, as in `planes: {byRaan: 72}`."
      )
    }
  }

  /// Sites, zones and satellites are nodes of the same paths.
  private func checkSatelliteNames(of fleet: Fleet) {
    var seen: Set<String> = []
    for constellation in fleet.constellations {
      for name in constellation.shells.lazy.flatMap(\.satellites).map(\.name) {
        if let place = locations.places[name] {
          log.add(
            "`\(shortened(name))` is the name of a satellite of `\(constellation.name)` too",
            cure: "Give the site or zone another name.", at: place, path: "")
        }
        if !seen.insert(name).inserted, let place = constellationNames.places[constellation.name] {
          log.add(
            "the satellite `\(shortened(name))` is in another constellation too",
            cure: "Let each satellite belong to one constellation.", at: place,
            path: "constellations")
          break
        }
      }
    }
  }
}
