import Decisions
import Dialects
import Fleet
import Links
import Network

/// What a fleet makes the node do: its site, its backends and every way to each. Fixed; another reading of
/// the manifest makes another one. A class, so that handing it out is one count and no copy.
final class NodePlan: Sendable {
  /// One backend as the node reaches it.
  struct BackendPlan: Sendable, Equatable {
    var backend: Backend
    /// Where it is reached directly.
    var endpoint: Endpoint

    var name: String { backend.name }
  }

  let fleetName: String
  let site: Site
  let backends: [BackendPlan]
  let topology: Topology
  /// The same as decisions see it: who serves what, over which uplinks, where.
  let ways: Ways
  private let backendsByName: [String: BackendPlan]
  let uplinks: [String: Uplink]
  let seed: UInt64
  /// How many may wait for a place, and for how long.
  let queue: QueueSettings
  /// How requests are routed.
  let policy: RoutingPolicy
  /// Which reading of the manifest this is, from 1.
  let generation: Int

  init(
    fleet: Fleet, site: Site, backends endpoints: [(Backend, Endpoint)], generation: Int = 1
  ) {
    self.generation = generation
    self.fleetName = fleet.name
    self.site = site
    self.seed = fleet.seed
    self.queue = fleet.gateway?.queue ?? QueueSettings()
    self.policy = RoutingPolicy(
      preference: fleet.gateway?.preference ?? .balanced,
      hedging: HedgePolicy(settings: fleet.gateway?.hedging ?? HedgingSettings()))
    self.topology = Topology(
      constellations: fleet.constellations, sites: fleet.sites, fibers: fleet.fibers,
      zones: fleet.zones)
    self.uplinks = Dictionary(
      site.uplinks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.backends = endpoints.map { backend, endpoint in
      var endpoint = endpoint
      endpoint.usesAPIKeyField = backend.apis.first == .messages
      return BackendPlan(backend: backend, endpoint: endpoint)
    }
    self.backendsByName = Dictionary(
      backends.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.ways = site.ways(to: backends.map(\.backend))
  }

  /// The backend of that name.
  func backend(named name: String) -> BackendPlan? { backendsByName[name] }

  /// What differs from an `older` plan.
  func changes(from older: NodePlan) -> PlanChanges {
    PlanChanges(
      backends: NameChanges(
        from: older.backendsByName, to: backendsByName,
        isSame: {
          $0.endpoint == $1.endpoint && $0.backend.source == $1.backend.source
            && $0.backend.location == $1.backend.location
        }),
      uplinks: NameChanges(
        from: older.uplinks, to: uplinks,
        isSame: { $0.isSameLink(as: $1) && older.seed == self.seed }))
  }
}

extension Uplink {
  /// Whether it is the same link as another one, of which something else may be allowed.
  fileprivate func isSameLink(as other: Uplink) -> Bool {
    var same = self
    same.places = other.places
    return same == other
  }
}
