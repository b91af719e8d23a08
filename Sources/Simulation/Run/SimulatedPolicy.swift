import Decisions
import Fleet
import Network
import Orbits

/// The policies that a simulation compares.
public enum SimulatedPolicy: String, Sendable, CaseIterable, Codable {
  /// ``Baseline/nearestFiber(distanceKm:uplinks:)``.
  case nearestFiber = "nearest-fiber"
  /// ``Baseline/fixed(backends:uplinks:)``.
  case fixed = "static"
  /// ``Baseline/latencyOnly``.
  case latencyOnly = "latency-only"
  /// ``RoutingPolicy``, as the live gateway runs it.
  case perigee

  /// The policy for requests of a site, at the beginning of a simulation.
  func routing(fleet: Fleet, site: Site, at time: UTC) -> any RequestRouting {
    let uplinks = site.uplinks.map(\.name)
    switch self {
    case .perigee:
      return RoutingPolicy(
        preference: fleet.gateway?.preference ?? .balanced,
        hedging: HedgePolicy(settings: fleet.gateway?.hedging ?? HedgingSettings()))
    case .latencyOnly: return Baseline.latencyOnly
    case .fixed: return Baseline.fixed(backends: fleet.backends.map(\.name), uplinks: uplinks)
    case .nearestFiber:
      let here = site.track.position(at: time)
      var distances: [String: Double] = [:]
      for backend in fleet.backends {
        guard case .site(let name) = backend.location, name != site.name,
          let place = fleet.site(named: name)
        else { continue }
        distances[backend.name] = GreatCircle.distanceKm(here, place.track.position(at: time))
      }
      return Baseline.nearestFiber(distanceKm: distances, uplinks: uplinks)
    }
  }
}
