import Decisions
import Dialects
import Fleet
import Gateway
import Links
import Network
import Orbits

/// What a plan makes of names: models that clients can ask for, and where each path leads.
///
/// A class, as it is looked at several times for each request and a copy of all it holds would be made.
final class RoutingTable: Sendable {
  let plan: NodePlan
  let models: [ModelEntry]
  /// The names of ``models``.
  let modelNames: Set<String>
  /// What a backend calls a model, where that is something else: by backend, then by model.
  let upstreamNames: [String: [String: String]]
  /// Where to connect for each path that leads somewhere.
  private let endpoints: [PathID: Endpoint]
  private let families: [String: [Family]]

  /// - Parameter emulators: The addresses of the emulators that stand before paths.
  init(_ plan: NodePlan, emulators: [PathID: Endpoint], since startedAt: UTC) {
    self.plan = plan
    var entries: [ModelEntry] = []
    var names: [String: [String: String]] = [:]
    for backend in plan.backends {
      for model in backend.backend.models {
        if model.upstreamName != model.name {
          names[backend.name, default: [:]][model.name] = model.upstreamName
        }
        guard !entries.contains(where: { $0.id == model.name }) else { continue }
        entries.append(ModelEntry(id: model.name, created: startedAt, ownedBy: backend.name))
      }
    }
    models = entries
    modelNames = Set(entries.map(\.id))
    upstreamNames = names
    var endpoints = emulators
    for path in plan.backends.flatMap({ plan.ways.paths(to: $0.name) })
    where endpoints[path] == nil {
      endpoints[path] = Self.direct(path, in: plan)
    }
    self.endpoints = endpoints
    families = Dictionary(
      plan.backends.map { ($0.name, $0.backend.apis) }, uniquingKeysWith: { first, _ in first })
  }

  /// Where to connect for `path`; `nil` where it leads nowhere.
  func endpoint(for path: PathID) -> Endpoint? { endpoints[path] }

  /// The families of API that a backend speaks; `nil` for one that there is none of.
  func families(of backend: String) -> [Family]? { families[backend] }

  /// Where to connect for a path before which no emulator stands.
  private static func direct(_ path: PathID, in plan: NodePlan) -> Endpoint? {
    guard var endpoint = plan.backend(named: path.backend)?.endpoint else { return nil }
    guard path.uplink != PathID.localUplink else { return endpoint }
    // An emulated uplink whose emulator does not stand is no way around the emulation.
    guard let uplink = plan.uplinks[path.uplink], !uplink.emulated else { return nil }
    endpoint.localAddress = uplink.sourceAddress
    return endpoint
  }
}
