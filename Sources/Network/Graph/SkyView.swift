import Orbits

/// The satellites that a site can use at an instant.
public struct SkyView: Sendable {
  /// One satellite above the site.
  public struct Sighting: Sendable {
    /// The satellite's name.
    public var satellite: String
    /// The name of its constellation.
    public var constellation: String
    /// Where it stands.
    public var look: LookAngles
    /// Whether it is the site's serving satellite during the slot.
    public var isServing: Bool
  }

  /// The satellites, highest first.
  public var sightings: [Sighting]

  /// Looks up from `site` at `time`; empty where no site has that name or it has no antennas.
  public init(_ topology: Topology, site name: String, at time: UTC) {
    self.sightings = []
    guard let site = topology.site(named: name) else { return }
    let now = NetworkState(topology, instant: time)
    let slot = NetworkState(topology, slot: Slot(containing: time))
    let observer = Observer(site.track.position(at: time))
    for constellation in topology.constellations where site.hasAntennas(for: constellation.name) {
      let serving = slot.servingSatellite(of: site, constellation: constellation.name)?.satellite
      for access in now.accesses(from: site, constellation: constellation.name) {
        let state = ITRFState(
          positionKm: now.sky.positionsKm[access.satellite], velocityKmS: .zero)
        sightings.append(
          Sighting(
            satellite: topology.satelliteNames[access.satellite],
            constellation: constellation.name, look: observer.lookAngles(to: state),
            isServing: access.satellite == serving))
      }
    }
    sightings.sort { $0.look.elevationDeg > $1.look.elevationDeg }
  }
}
