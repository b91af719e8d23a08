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
    /// An uplink went down or came back.
    case link(String, LinkTransition)
  }

  private let preparation: Preparation
  private let options: NodeOptions
  private let dialer: Dialer
  private let logger: Logger
  private let runner = Current<FleetRunner?>(nil)
  private let reloads = Current(ReloadState())

  /// Prepares a node: resolves keys and models, and compiles the network. Opens nothing yet.
  ///
  /// - Throws: ``NodeError`` for what the manifest or the machine lacks.
  public init(fleet: Fleet, options: NodeOptions, logger: Logger) throws {
    preparation = try Preparation(fleet: fleet, options: options, logger: logger)
    self.options = options
    self.dialer = try preparation.dialer(options)
    self.logger = logger
  }

  /// Serves until the task is cancelled, then lets requests under way finish.
  ///
  /// - Parameter tell: Called with what happens, from any thread.
  public func run(tell: @escaping @Sendable (Event) -> Void) async throws {
    OpenFiles.raiseLimit()
    let group = MultiThreadedEventLoopGroup.singleton
    let startedAt = SystemClock.now()
    let plan = preparation.plan
    let lock = try options.lockState()
    defer { lock.release() }
    let store = try options.openStore()
    let accounts = try AccountBook(terms: preparation.terms, store: store, logger: logger)
    let work = try await DurableWork(store: store, now: SystemClock.now, logger: logger)
    let world = World(
      plan: plan, at: startedAt, onTransition: { tell(.health($0, $1)) },
      onLink: { tell(.link($0, $1)) })
    let requests = RequestLog()
    let metrics = NodeMetrics()
    let history = try await RequestHistory(
      store: store, bound: preparation.settings.history, logger: logger)
    let traces = TraceExporter(
      target: preparation.traces, dialer: dialer, version: options.version, logger: logger)
    let cursor = ForecastLoop(world: world, now: SystemClock.now).prime()
    let emulators = try await PlacedEmulators.start(
      for: plan, over: world.counters, world: world, group: group, logger: logger)
    let router = LiveRouter(
      world: world, requests: requests, metrics: metrics, history: history, traces: traces,
      emulators: emulators.endpoints, startedAt: startedAt, now: SystemClock.now)
    reloads.value = ReloadState(lastGood: startedAt)
    let terminals: Current<NodeTerminals>
    do {
      terminals = Current(
        try await NodeTerminals.start(
          plan, world: world, version: options.version, at: startedAt, logger: logger))
    } catch {
      await emulators.stop()
      throw error
    }
    let isDraining = Current(false)
    let control = NodeControl(
      world: world, router: router, requests: requests, metrics: metrics, history: history,
      traces: traces, terminals: terminals,
      readiness: Readiness(world: world, store: store, isDraining: isDraining), work: work,
      assets: DashboardFiles(folder: options.dashboardFolder), startedAt: startedAt,
      version: options.version, now: SystemClock.now, reloads: reloads,
      keys: KeysControl(store: store, accounts: accounts), reload: reload)
    let gateway = GatewayServer(
      configuration: preparation.configuration, router: router, control: control,
      accounts: accounts, work: work.plane, logger: logger, group: group, now: SystemClock.now,
      dialer: dialer)
    let fleet = FleetRunner(
      FleetRunner.Fixtures(
        world: world, router: router, accounts: accounts, gateway: gateway, terminals: terminals,
        history: history, traces: traces, dialer: dialer, version: options.version,
        logger: logger, tell: tell),
      preparation, emulators: emulators)
    do {
      let bound = try await gateway.start()
      tell(.listening(address(bound)))
    } catch {
      await fleet.stop()
      throw error
    }
    terminals.value.tell(tell)
    await fleet.begin(from: cursor)
    runner.value = fleet
    let working = Task {
      await work.run(asking: gateway) { owner in
        owner.isEmpty ? .local : accounts.caller(of: owner)
      }
    }
    let upkeep = Task {
      await withTaskGroup { tasks in
        tasks.addTask { await history.run() }
        tasks.addTask { await traces.run() }
        tasks.addTask { await accounts.run() }
      }
    }
    await waitForCancellation()
    runner.value = nil
    isDraining.value = true
    let drain = await fleet.drain
    // In a task of its own, which the cancellation does not reach.
    await Task { try? await Task.sleep(for: drain.notice) }.value
    // Requests under way still need their models and links: these end after them.
    await gateway.shutdown(grace: drain.grace)
    working.cancel()
    await working.value
    await fleet.stop()
    router.takeInEnded()
    upkeep.cancel()
    await upkeep.value
  }

  /// Reads the manifest anew and goes over to what it says now. Requests under way finish on what they
  /// began with.
  ///
  /// - Throws: What is wrong with the manifest, or what can't be changed while the node runs; nothing has
  ///   changed then.
  @discardableResult
  public func reload() async throws -> ReloadReport {
    guard let runner = runner.value else {
      throw NodeError(isInput: false, "the node does not run, or is stopping: nothing to reload")
    }
    guard let readFleet = options.readFleet else {
      throw NodeError(
        isInput: false, "this node was started without a manifest to read again: restart it")
    }
    do {
      let report = try await runner.reload { [options, logger] older in
        try Preparation(fleet: readFleet(), options: options, after: older, logger: logger)
      }
      reloads.value = ReloadState(lastGood: SystemClock.now())
      return report
    } catch {
      reloads.value.isGood = false
      throw error
    }
  }

  private func address(_ bound: SocketAddress) -> Address {
    let configuration = preparation.configuration
    return Address(
      scheme: configuration.tls == nil ? "http" : "https", host: configuration.host,
      port: bound.port ?? configuration.port)
  }

  private func waitForCancellation() async {
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
  }
}
