import Decisions
import Links
import Logging
import NIOCore
import Network

/// The emulators that stand before a plan's paths: one for each way over an emulated uplink.
struct PlacedEmulators: Sendable {
  /// An emulator, and what it was made for.
  struct Placed: Sendable {
    let emulator: LinkEmulator
    let target: Endpoint
    let uplink: SharedUplink
    let leg: Leg
    let port: Int
  }

  private(set) var placed: [PathID: Placed] = [:]

  /// What the router connects to instead of the backends.
  var endpoints: [PathID: Endpoint] {
    placed.mapValues { $0.target.through(host: "127.0.0.1", port: $0.port) }
  }

  /// Starts what `plan` needs and `older` does not have. Where one can't be started, those that were are
  /// stopped again, and the error is thrown.
  static func start(
    for plan: NodePlan, over uplinks: [String: SharedUplink], world: World,
    keeping older: PlacedEmulators = PlacedEmulators(), group: any EventLoopGroup, logger: Logger
  ) async throws -> PlacedEmulators {
    var result = PlacedEmulators()
    var started: [LinkEmulator] = []
    do {
      for backend in plan.backends {
        for path in plan.ways.paths(to: backend.name) {
          guard let leg = plan.ways.leg(of: path), plan.uplinks[path.uplink]?.emulated == true,
            let shared = uplinks[path.uplink]
          else { continue }
          let number = UInt64(result.placed.count)
          if let kept = older.placed[path], kept.leads(to: backend.endpoint, over: shared, leg) {
            result.placed[path] = Placed(
              emulator: kept.emulator, target: backend.endpoint, uplink: shared, leg: leg,
              port: kept.port)
            continue
          }
          let emulator = LinkEmulator(
            group: group, targetHost: backend.endpoint.host, targetPort: backend.endpoint.port,
            interval: { world.forecast(leg)?.interval(at: $0) },
            uplink: shared, seed: plan.seed &+ number, logger: logger)
          let port = try await emulator.start()
          started.append(emulator)
          result.placed[path] = Placed(
            emulator: emulator, target: backend.endpoint, uplink: shared, leg: leg, port: port)
        }
      }
    } catch {
      for emulator in started { await emulator.stop() }
      throw error
    }
    return result
  }

  /// Those of this plan that `newer` does not have any more.
  func leftBehind(by newer: PlacedEmulators) -> [LinkEmulator] {
    placed.values.map(\.emulator).filter { old in
      !newer.placed.values.contains { $0.emulator === old }
    }
  }

  /// Ends every connection at once.
  func stop() async {
    for placed in placed.values { await placed.emulator.stop() }
  }
}

extension PlacedEmulators.Placed {
  /// Whether it would be the same emulator if it were made anew.
  fileprivate func leads(to endpoint: Endpoint, over shared: SharedUplink, _ leg: Leg) -> Bool {
    target.host == endpoint.host && target.port == endpoint.port && uplink === shared
      && self.leg == leg
  }
}
