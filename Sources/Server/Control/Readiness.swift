import Decisions
import Network
import Orbits
import Store

/// Whether the node can answer requests now, and if not, why.
struct Readiness: Sendable {
  /// Why the node is not ready.
  enum Reason: String, Sendable {
    case draining = "own_draining"
    case noForecast = "own_no_forecast"
    case storeNotWritable = "own_store_not_writable"
    case noPath = "link_no_path"

    /// The same in words, with what to look at.
    var message: String {
      switch self {
      case .draining: "the node is stopping"
      case .noForecast: "the forecast does not reach this moment: has the clock been set?"
      case .storeNotWritable: "the database can't be written: look at the disk of --state"
      case .noPath: "no model has a healthy path now: `perigee top` shows links and backends"
      }
    }
  }

  let world: World
  let store: Store
  let isDraining: Current<Bool>

  /// What is in the way; nothing for a node that is ready.
  func reasons(at time: UTC) async -> [Reason] {
    var reasons: [Reason] = isDraining.value ? [.draining] : []
    let (plan, knowledge) = (world.plan, world.knowledge)
    let isForecast = plan.ways.legs.allSatisfy { knowledge.forecast($0)?.interval(at: time) != nil }
    if !isForecast { reasons.append(.noForecast) }
    do { try await store.checkWritable() } catch { reasons.append(.storeNotWritable) }
    let hasPath = plan.ways.backends.contains { backend in
      knowledge.isReady(backend.name)
        && plan.ways.paths(to: backend.name).contains { path in
          knowledge.isLinkUp(path, at: time) && knowledge.health(of: path)?.isHealthy ?? true
        }
    }
    if !hasPath { reasons.append(.noPath) }
    return reasons
  }

  /// The answer to `GET /ready`: 200 where nothing is in the way, else 503 with the reasons.
  func answer(at time: UTC) async -> (status: Int, body: JSON) {
    let reasons = await reasons(at: time)
    let list = reasons.map { reason -> JSON in
      ["code": .string(reason.rawValue), "message": .string(reason.message)]
    }
    return (
      reasons.isEmpty ? 200 : 503, ["ready": .bool(reasons.isEmpty), "reasons": .array(list)]
    )
  }
}
