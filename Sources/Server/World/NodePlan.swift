import Decisions
import Fleet
import Links
import Network

/// What a fleet makes the node do: its site, its backends and every way to each. Fixed for a run.
struct NodePlan: Sendable {
  /// One backend as the node reaches it.
  struct BackendPlan: Sendable {
    var backend: Backend
    /// Where it is reached directly.
    var endpoint: Endpoint
    /// The ways to it: one over each uplink, or the single local one.
    var paths: [PathID]

    var name: String { backend.name }
  }

  let fleetName: String
  let site: Site
  let backends: [BackendPlan]
  let topology: Topology
  /// The names of the places that backends are at, less the node's own site; each once.
  let destinations: [String]
  /// For each model that clients can name, the ways to the backends that serve it.
  let pathsByModel: [String: [PathID]]
  let destinationOfBackend: [String: String]
  private let backendsByName: [String: BackendPlan]
  let uplinks: [String: Uplink]
  let seed: UInt64

  init(fleet: Fleet, site: Site, backends endpoints: [(Backend, Endpoint)]) {
    self.fleetName = fleet.name
    self.site = site
    self.seed = fleet.seed
    self.topology = Topology(
      constellations: fleet.constellations, sites: fleet.sites, fibers: fleet.fibers,
      zones: fleet.zones)
    self.uplinks = Dictionary(
      site.uplinks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.backends = endpoints.map { backend, endpoint in
      let isLocal = backend.location == .site(site.name)
      let ways = isLocal ? [PathID.localUplink] : site.uplinks.map(\.name)
      return BackendPlan(
        backend: backend, endpoint: endpoint,
        paths: ways.map { PathID(backend: backend.name, uplink: $0) })
    }
    var destinations: [String] = []
    var destinationOfBackend: [String: String] = [:]
    var pathsByModel: [String: [PathID]] = [:]
    for plan in backends {
      let place = plan.backend.location.name
      if place != site.name {
        destinationOfBackend[plan.name] = place
        if !destinations.contains(place) { destinations.append(place) }
      }
      for model in plan.backend.models { pathsByModel[model.name, default: []] += plan.paths }
    }
    self.backendsByName = Dictionary(
      backends.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.destinations = destinations
    self.destinationOfBackend = destinationOfBackend
    self.pathsByModel = pathsByModel
  }

  /// The backend of that name.
  func backend(named name: String) -> BackendPlan? { backendsByName[name] }
}
