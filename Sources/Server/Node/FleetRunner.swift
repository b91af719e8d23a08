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

/// Runs what a manifest asks for beside the gateway itself: forecasts, emulated links, terminals, models
/// and health checks; and goes over to another reading of the manifest while requests are under way.
///
/// A reload first makes everything that can fail, then swaps in one step, then lets go of what is left
/// behind once no request is on it any more.
actor FleetRunner {
  /// What stays the same however often the manifest is read.
  struct Fixtures: Sendable {
    let world: World
    let router: LiveRouter
    let accounts: AccountBook
    let gateway: GatewayServer
    let terminals: Current<NodeTerminals>
    let history: RequestHistory
    let traces: TraceExporter
    let dialer: Dialer
    let version: String
    let logger: Logger
    let tell: @Sendable (Node.Event) -> Void
  }

  /// How long what is left behind waits for the requests on it: as long as a request may take.
  private static let patience = Duration.seconds(600)

  private let fixtures: Fixtures
  private var preparation: Preparation
  private var emulators: PlacedEmulators
  private var models: [ModelRun] = []
  private var workers: Task<Void, Never>?
  private var leavings: [Int: Task<Void, Never>] = [:]
  private var isReloading = false

  init(_ fixtures: Fixtures, _ preparation: Preparation, emulators: PlacedEmulators) {
    self.fixtures = fixtures
    self.preparation = preparation
    self.emulators = emulators
  }

  /// Begins to work on the first reading.
  func begin(from cursor: ForecastLoop.Cursor) {
    let roll = ModelRoll(
      models: preparation.models.map(\.backend), unmanaged: unmanagedBackends,
      tell: fixtures.tell)
    models = preparation.models.map { run($0, roll: roll) }
    startWorkers(from: cursor)
  }

  /// Goes over to another reading of the manifest.
  ///
  /// - Throws: A ``NodeError`` or a `GatewayStartError`, and then nothing has changed.
  func reload(_ read: @Sendable (Preparation) throws -> Preparation) async throws -> ReloadReport {
    guard !isReloading else {
      throw NodeError(isInput: false, "another reload is under way: ask again in a moment")
    }
    isReloading = true
    defer { isReloading = false }
    let next = try read(preparation)
    try next.checkCanFollow(preparation)
    let (world, plan) = (fixtures.world, next.plan)
    let shared = plan.sharedUplinks(after: preparation.plan, world.counters)
    let settings = try fixtures.gateway.prepare(
      next.configuration, asksForKeys: fixtures.accounts.asksForKeys(under: next.terms))
    let accounts = try fixtures.accounts.prepare(next.terms)
    let loop = ForecastLoop(world: world, plan: plan, now: SystemClock.now)
    let cursor = loop.forecast()
    let oldTerminals = fixtures.terminals.value
    let newEmulators = try await PlacedEmulators.start(
      for: plan, over: shared, world: world, keeping: emulators,
      group: MultiThreadedEventLoopGroup.singleton, logger: fixtures.logger)
    let terminals: NodeTerminals
    do {
      terminals = try await NodeTerminals.start(
        plan, world: world, keeping: oldTerminals, version: fixtures.version,
        at: SystemClock.now(), logger: fixtures.logger)
    } catch {
      for emulator in newEmulators.leftBehind(by: emulators) { await emulator.stop() }
      throw error
    }

    // Nothing fails from here on. The workers stop first, so that none reports what was before.
    await stopWorkers()
    let report = ReloadReport(generation: plan.generation, plan.changes(from: preparation.plan))
    world.adopt(
      plan, counters: shared, forecasts: cursor.forecasts, at: SystemClock.now(),
      .now())
    fixtures.accounts.adopt(accounts)
    fixtures.router.adopt(plan, emulators: newEmulators.endpoints)
    await fixtures.gateway.adopt(settings)
    fixtures.terminals.value = terminals
    fixtures.history.bound.value = next.settings.history
    fixtures.traces.target.value = next.traces
    await oldTerminals.stop(but: terminals)
    leave(
      preparation.plan.generation, report.backends.removed + report.backends.changed,
      emulators.leftBehind(by: newEmulators), changeModels(to: next))
    emulators = newEmulators
    preparation = next
    startWorkers(from: cursor)
    return report
  }

  /// How the node is to stop, as the manifest has it now.
  var drain: DrainSettings { preparation.settings.drain }

  /// Ends everything; the requests under way have ended before.
  func stop() async {
    await stopWorkers()
    for leaving in leavings.values { leaving.cancel() }
    for leaving in leavings.values { await leaving.value }
    await withTaskGroup { group in
      for model in models { group.addTask { await model.stop() } }
    }
    await fixtures.terminals.value.stop()
    await emulators.stop()
  }

  private var unmanagedBackends: [String] {
    preparation.plan.backends.map(\.name).filter { name in
      !preparation.models.contains { $0.backend == name }
    }
  }
}

// MARK: Models

extension FleetRunner {
  private func run(_ model: Preparation.Model, roll: ModelRoll? = nil) -> ModelRun {
    let (world, tell, backend) = (fixtures.world, fixtures.tell, model.backend)
    world.setModelStatus(.init(isReady: false, text: "starting"), backend: backend)
    return ModelRun(model) { state in
      world.setModelStatus(
        .init(isReady: state.isReady, text: state.isReady ? "ready" : "\(state)"),
        backend: backend)
      tell(.model(backend: backend, state: state))
      roll?.hear(state, of: backend)
    }
  }

  /// Starts the models that are new and gives the runs that are left behind.
  private func changeModels(to next: Preparation) -> [ModelRun] {
    let left = models.filter { run in
      !next.models.contains { $0.server === run.model.server }
    }
    for run in left { run.leave() }
    models = next.models.map { model in
      models.first { $0.model.server === model.server } ?? run(model)
    }
    return left
  }

  /// Stops what is left behind once nothing is under way on it, or its time is up.
  private func leave(
    _ generation: Int, _ backends: [String], _ emulators: [LinkEmulator], _ models: [ModelRun]
  ) {
    let (world, router) = (fixtures.world, fixtures.router)
    leavings[generation] = Task { [weak self] in
      let deadline = ContinuousClock.now + Self.patience
      while !Task.isCancelled, ContinuousClock.now < deadline {
        let knowledge = world.knowledge
        let isBusy =
          emulators.contains { $0.connections > 0 }
          || backends.contains { knowledge.requestsUnderWay(at: $0) > 0 }
        guard isBusy else { break }
        try? await Task.sleep(for: .milliseconds(500))
      }
      for emulator in emulators { await emulator.stop() }
      for model in models { await model.stop() }
      router.forget(generation: generation)
      await self?.hasLeft(generation)
    }
  }

  private func hasLeft(_ generation: Int) { leavings[generation] = nil }
}

// MARK: Workers

extension FleetRunner {
  private func startWorkers(from cursor: ForecastLoop.Cursor) {
    let loop = ForecastLoop(
      world: fixtures.world, plan: preparation.plan, now: SystemClock.now)
    let terminals = fixtures.terminals.value
    let probers = probers()
    let linkProbers = linkProbers()
    workers = Task {
      await withTaskGroup { tasks in
        tasks.addTask { await loop.run(from: cursor) }
        tasks.addTask { await terminals.run() }
        for prober in probers { tasks.addTask { await prober.run() } }
        for prober in linkProbers { tasks.addTask { await prober.run() } }
      }
    }
  }

  private func stopWorkers() async {
    workers?.cancel()
    await workers?.value
    workers = nil
  }

  private func probers() -> [HealthProber] {
    let (world, plan) = (fixtures.world, preparation.plan)
    let probe = Probe(dialer: fixtures.dialer, group: MultiThreadedEventLoopGroup.singleton)
    return plan.backends.flatMap { backend in
      plan.ways.paths(to: backend.name).compactMap { path in
        guard let endpoint = fixtures.router.endpoint(for: path) else { return nil }
        return HealthProber(
          path: path, policy: backend.backend.health, endpoint: endpoint, probe: probe,
          counters: world.directCounters(of: path.uplink),
          linkIsUp: {
            // A model that is known not to be ready is not asked whether it is.
            let isReady = world.modelStatus(of: path.backend)?.isReady ?? true
            return isReady && world.isLinkUp(path, at: SystemClock.now())
          }, report: world.observeProbe)
      }
    }
  }

  /// One for each uplink, which asks the machines behind it, the nearest by the forecast first.
  private func linkProbers() -> [LinkProber] {
    let (world, plan, router) = (fixtures.world, preparation.plan, fixtures.router)
    let probe = Probe(dialer: fixtures.dialer, group: MultiThreadedEventLoopGroup.singleton)
    return plan.ways.uplinks.map { uplink in
      let now = SystemClock.now()
      let targets = plan.ways.paths(over: uplink).compactMap { path -> LinkProber.Target? in
        guard let endpoint = router.endpoint(for: path),
          let backend = plan.backend(named: path.backend)?.backend
        else { return nil }
        return LinkProber.Target(path: path, endpoint: endpoint, probe: backend.health.probe)
      }
      func distanceMs(_ target: LinkProber.Target) -> Double {
        plan.ways.leg(of: target.path).flatMap { world.forecast($0)?.interval(at: now) }?
          .oneWayMs(at: now) ?? .infinity
      }
      let ordered = targets.sorted { distanceMs($0) < distanceMs($1) }
      let isFar = ordered.first.map { distanceMs($0) > 200 } ?? false
      return LinkProber(
        targets: ordered, probe: probe, counters: world.directCounters(of: uplink),
        limit: isFar ? LinkProber.timeout : LinkProber.quickTimeout,
        isToBeProbed: { world.isToBeProbed(uplink, at: SystemClock.now()) },
        hasRoute: { world.hasRoute($0, at: SystemClock.now()) },
        report: { world.observeLink($0, isHeard: $1, started: $2, at: $3) })
    }
  }
}
