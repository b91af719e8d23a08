import Decisions
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
  /// What a backend calls a model, where that is something else: by backend, then by model.
  let upstreamNames: [String: [String: String]]
  /// Addresses of the emulators that stand before paths.
  let emulators: [PathID: Endpoint]

  init(_ plan: NodePlan, emulators: [PathID: Endpoint], since startedAt: UTC) {
    self.plan = plan
    self.emulators = emulators
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
    upstreamNames = names
  }

  /// Where to connect for `path`; `nil` where it leads nowhere.
  func endpoint(for path: PathID) -> Endpoint? {
    if let emulated = emulators[path] { return emulated }
    guard var endpoint = plan.backend(named: path.backend)?.endpoint else { return nil }
    guard path.uplink != PathID.localUplink else { return endpoint }
    // An emulated uplink whose emulator does not stand is no way around the emulation.
    guard let uplink = plan.uplinks[path.uplink], !uplink.emulated else { return nil }
    endpoint.localAddress = uplink.sourceAddress
    return endpoint
  }
}
