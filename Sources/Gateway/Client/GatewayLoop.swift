import Decisions
import Logging
import NIOCore
import Orbits

/// What the connections of one event loop share. Confined to that loop.
final class GatewayLoop {
  let eventLoop: any EventLoop
  let configuration: GatewayConfiguration
  let router: any RequestRouter
  let control: any ControlPlane
  let accounts: any AccountKeeper
  let access: AccessRules
  let admission: Admission
  let pool: UpstreamPool
  let logger: Logger
  let now: @Sendable () -> UTC
  let shape: any APIShape = OpenAIShape()
  let waits: RequestStateMachine.Waits
  private(set) var isDraining = false
  private var ids = RequestIDs(seed: .random(in: 0...UInt64.max))
  private var clients: [ObjectIdentifier: ClientConnection] = [:]
  private var drained: EventLoopPromise<Void>?

  init(
    eventLoop: any EventLoop, configuration: GatewayConfiguration, router: any RequestRouter,
    control: any ControlPlane, accounts: any AccountKeeper, admission: Admission,
    pool: UpstreamPool, logger: Logger,
    now: @escaping @Sendable () -> UTC
  ) {
    self.eventLoop = eventLoop
    self.configuration = configuration
    self.router = router
    self.control = control
    self.accounts = accounts
    self.access = AccessRules(configuration, accounts: accounts)
    self.admission = admission
    self.pool = pool
    self.logger = logger
    self.now = now
    waits = RequestStateMachine.Waits(
      connect: configuration.timeouts.connect, firstByte: configuration.timeouts.firstByte,
      idle: configuration.timeouts.idle,
      heartbeat: max(.milliseconds(10), configuration.heartbeat))
  }

  /// A new request id.
  func nextID() -> String { ids.next(at: now()) }

  func add(_ client: ClientConnection) { clients[ObjectIdentifier(client)] = client }

  func remove(_ client: ClientConnection) {
    clients[ObjectIdentifier(client)] = nil
    finishDrainingIfEmpty()
  }

  /// Closes what is idle and lets the rest finish; done when no client is left.
  func drain() -> EventLoopFuture<Void> {
    isDraining = true
    let promise = drained ?? eventLoop.makePromise(of: Void.self)
    drained = promise
    for client in clients.values { client.drain() }
    finishDrainingIfEmpty()
    return promise.futureResult
  }

  /// Closes every client, whatever is under way.
  func closeAll() {
    for client in clients.values { client.close() }
  }

  private func finishDrainingIfEmpty() {
    guard isDraining, clients.isEmpty else { return }
    drained?.succeed()
    pool.close()
  }
}
