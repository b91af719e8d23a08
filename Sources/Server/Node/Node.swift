import Decisions
import Fleet
import Gateway
import Links
import Logging
import Models
import NIOCore
import NIOPosix
import Network
import Orbits

/// A running fleet: the composition of forecast, emulated links, health checks, managed models,
/// gateway and control plane. It decides nothing itself.
public struct Node: Sendable {
  /// Where a node can be reached.
  public struct Address: Sendable, Equatable {
    /// `http` or `https`.
    public var scheme: String
    /// The address it listens on.
    public var host: String
    /// The port it listens on.
    public var port: Int

    /// The node's origin, such as `http://127.0.0.1:8080`.
    public var url: String {
      let name = host.contains(":") ? "[\(host)]" : host
      return "\(scheme)://\(name):\(port)"
    }
  }

  /// What a node tells while it runs.
  public enum Event: Sendable {
    /// It listens.
    case listening(Address)
    /// The terminal of an uplink is read at an address; an emulated one answers there.
    case dish(uplink: String, address: String, isEmulated: Bool)
    /// A managed model changed its state.
    case model(backend: String, state: ModelState)
    /// Every managed model is ready, or known to be unavailable for now.
    case ready(answering: [String], unavailable: [String])
    /// A path became healthy or unhealthy.
    case health(PathID, HealthTransition)
  }

  private let plan: NodePlan
  private let models: [(backend: String, server: ModelServer)]
  private let configuration: GatewayConfiguration
  private let options: NodeOptions
  private let dialer: Dialer
  private let logger: Logger

  /// Prepares a node: resolves keys and models, and compiles the network. Opens nothing yet.
  ///
  /// - Throws: ``NodeError`` for what the manifest or the machine lacks.
  public init(fleet: Fleet, options: NodeOptions, logger: Logger) throws {
    guard let gateway = fleet.gateway, let site = fleet.site(named: gateway.site) else {
      throw NodeError(
        isInput: true, "fleet \(fleet.name) has no gateway: add `gateway: {site: NAME}`")
    }
    var models: [(backend: String, server: ModelServer)] = []
    var endpoints: [(Backend, Endpoint)] = []
    let runtime = ModelRuntime(stateDirectory: options.stateDirectory)
    for backend in fleet.backends {
      let key = try backend.key?.resolve(
        for: "backend \(backend.name)", folder: options.manifestFolder)
      switch backend.source {
      case .url(let url):
        endpoints.append(
          (
            backend,
            Endpoint(
              host: url.host, port: url.port, tls: url.scheme == .https, basePath: url.basePath,
              authorization: key)
          ))
      case .managed(let managed):
        let server = try Self.server(managed, backend: backend.name, runtime, logger)
        models.append((backend.name, server))
        endpoints.append(
          (backend, Endpoint(host: "127.0.0.1", port: Int(server.port), basePath: "/v1")))
      }
    }
    self.models = models
    self.plan = NodePlan(fleet: fleet, site: site, backends: endpoints)
    self.configuration = try Self.configuration(gateway, options)
    self.options = options
    self.dialer = try Self.dialer(gateway, options)
    self.logger = logger
  }

  private static func server(
    _ managed: ManagedModel, backend: String, _ runtime: ModelRuntime, _ logger: Logger
  ) throws(NodeError) -> ModelServer {
    do {
      let model = try ModelCatalogue.standard.model(named: managed.model)
      let options = ModelServerOptions(
        contextTokens: managed.contextTokens, embeddings: managed.embeddings)
      return ModelServer(
        model, name: backend, runtime: runtime, options: options, logger: logger)
    } catch {
      throw NodeError(isInput: true, "backend \(backend): \(error)")
    }
  }

  private static func dialer(
    _ gateway: GatewaySettings, _ options: NodeOptions
  ) throws(NodeError) -> Dialer {
    let files = gateway.trust.map { absolute($0, in: options.manifestFolder) }
    do {
      return try Dialer(additionalTrustFiles: files)
    } catch {
      throw NodeError(
        isInput: true,
        "cannot trust \(files.isEmpty ? "the system's authorities" : files.joined(separator: ", ")): "
          + "\(error); `gateway.trust` names PEM files of certificate authorities")
    }
  }

  private static func configuration(
    _ gateway: GatewaySettings, _ options: NodeOptions
  ) throws(NodeError) -> GatewayConfiguration {
    var keys: [Secret] = []
    for key in gateway.keys {
      keys.append(try key.resolve(for: "gateway.keys", folder: options.manifestFolder))
    }
    return GatewayConfiguration(
      host: options.listenHost ?? gateway.listenHost,
      port: options.listenPort ?? gateway.listenPort,
      tls: gateway.tls.map {
        GatewayConfiguration.TLS(
          certificateChainPath: absolute($0.certificatePath, in: options.manifestFolder),
          privateKeyPath: absolute($0.privateKeyPath, in: options.manifestFolder))
      }, keys: keys)
  }

  /// Serves until the task is cancelled, then lets requests under way finish.
  ///
  /// - Parameter tell: Called with what happens, from any thread.
  public func run(tell: @escaping @Sendable (Event) -> Void) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let startedAt = SystemClock.now()
    let world = World(plan: plan, at: startedAt) { tell(.health($0, $1)) }
    let requests = RequestLog()
    let metrics = NodeMetrics()
    let router = LiveRouter(
      world: world, requests: requests, metrics: metrics, startedAt: startedAt,
      now: SystemClock.now)
    let loop = ForecastLoop(world: world, now: SystemClock.now)
    for model in models {
      world.setModelStatus(.init(isReady: false, text: "starting"), backend: model.backend)
    }
    let cursor = loop.prime()
    let emulators = try await startEmulators(world: world, router: router, group: group)
    let terminals: NodeTerminals
    do {
      terminals = try await NodeTerminals.start(
        world: world, version: options.version, at: startedAt, logger: logger)
    } catch {
      for emulator in emulators { await emulator.stop() }
      throw error
    }
    let control = NodeControl(
      world: world, requests: requests, metrics: metrics, terminals: terminals,
      assets: DashboardFiles(folder: options.dashboardFolder), startedAt: startedAt,
      version: options.version, now: SystemClock.now)
    let gateway = GatewayServer(
      configuration: configuration, router: router, control: control, logger: logger,
      group: group, now: SystemClock.now, dialer: dialer)
    do {
      let bound = try await gateway.start()
      tell(
        .listening(
          Address(
            scheme: configuration.tls == nil ? "http" : "https", host: configuration.host,
            port: bound.port ?? configuration.port)))
      terminals.tell(tell)
      await work(
        world: world, router: router, loop: loop, from: cursor, gateway, terminals, tell: tell)
    } catch {
      await terminals.stop()
      for emulator in emulators { await emulator.stop() }
      throw error
    }
    await terminals.stop()
    for emulator in emulators { await emulator.stop() }
  }

  /// Keeps forecasts, models and health up to date until the task is cancelled and requests under way
  /// are done: they still need their models and links, so the workers outlive the cancellation.
  private func work(
    world: World, router: LiveRouter, loop: ForecastLoop, from cursor: ForecastLoop.Cursor,
    _ gateway: GatewayServer, _ terminals: NodeTerminals,
    tell: @escaping @Sendable (Event) -> Void
  ) async {
    let probe = Probe(dialer: dialer, group: MultiThreadedEventLoopGroup.singleton)
    let workers = Task {
      await withTaskGroup { tasks in
        tasks.addTask { await loop.run(from: cursor) }
        tasks.addTask { await terminals.run() }
        tasks.addTask { await watchModels(world: world, tell: tell) }
        for model in models { tasks.addTask { await model.server.run() } }
        for prober in probers(world: world, router: router, probe: probe) {
          tasks.addTask { await prober.run() }
        }
      }
    }
    await waitForCancellation()
    await gateway.shutdown()
    workers.cancel()
    await workers.value
  }

  private func waitForCancellation() async {
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
  }

  /// One emulator for each way over an emulated uplink.
  private func startEmulators(
    world: World, router: LiveRouter, group: any EventLoopGroup
  ) async throws -> [LinkEmulator] {
    var emulators: [LinkEmulator] = []
    for backend in plan.backends {
      for path in plan.ways.paths(to: backend.name) {
        guard let leg = plan.ways.leg(of: path), plan.uplinks[path.uplink]?.emulated == true,
          let shared = world.counters[path.uplink]
        else { continue }
        let emulator = LinkEmulator(
          group: group, targetHost: backend.endpoint.host, targetPort: backend.endpoint.port,
          interval: { world.forecast(leg)?.interval(at: $0) },
          uplink: shared, seed: plan.seed &+ UInt64(emulators.count), logger: logger)
        let port = try await emulator.start()
        router.setEmulator(backend.endpoint.through(host: "127.0.0.1", port: port), for: path)
        emulators.append(emulator)
      }
    }
    return emulators
  }

  private func probers(world: World, router: LiveRouter, probe: Probe) -> [HealthProber] {
    plan.backends.flatMap { backend in
      plan.ways.paths(to: backend.name).compactMap { path in
        guard let endpoint = router.endpoint(for: path) else { return nil }
        return HealthProber(
          path: path, policy: backend.backend.health, endpoint: endpoint, probe: probe,
          linkIsUp: {
            // A model that is known not to be ready is not asked whether it is.
            let isReady = world.modelStatus(of: path.backend)?.isReady ?? true
            return isReady && world.isLinkUp(path, at: SystemClock.now())
          }, report: world.observeProbe)
      }
    }
  }

  /// Follows the managed models and tells once when each has either become ready or failed.
  private func watchModels(world: World, tell: @escaping @Sendable (Event) -> Void) async {
    let unmanaged = plan.backends.map(\.name).filter { name in
      !models.contains { $0.backend == name }
    }
    let (settled, report) = AsyncStream.makeStream(of: (String, Bool).self)
    await withTaskGroup { group in
      for (backend, server) in models {
        group.addTask {
          for await state in server.states() {
            world.setModelStatus(
              .init(isReady: state.isReady, text: state.isReady ? "ready" : "\(state)"),
              backend: backend)
            tell(.model(backend: backend, state: state))
            if state.isReady { report.yield((backend, true)) }
            if case .failed = state { report.yield((backend, false)) }
          }
        }
      }
      group.addTask {
        var answers: [String: Bool] = [:]
        if !models.isEmpty {
          for await (backend, isReady) in settled {
            answers[backend] = answers[backend] ?? isReady
            if answers.count == models.count { break }
          }
        }
        guard !Task.isCancelled else { return }
        tell(
          .ready(
            answering: unmanaged + models.map(\.backend).filter { answers[$0] == true },
            unavailable: models.map(\.backend).filter { answers[$0] != true }))
      }
    }
  }
}
