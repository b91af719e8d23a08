import Decisions
import Logging
import NIOCore
import NIOHTTP1
import Orbits

/// What the connections of one event loop share. Confined to that loop.
final class GatewayLoop {
  let eventLoop: any EventLoop
  private(set) var configuration: GatewayConfiguration
  let router: any RequestRouter
  let control: any ControlPlane
  private(set) var accounts: any AccountKeeper
  let work: (any WorkPlane)?
  private(set) var access: AccessRules
  let admission: Admission
  let pool: UpstreamPool
  let logger: Logger
  let now: @Sendable () -> UTC
  private(set) var waits: RequestStateMachine.Waits
  private(set) var isDraining = false
  private var isTurnToEnd = false
  private var traces = TraceSource(
    seed: (.random(in: 0...UInt64.max), .random(in: 0...UInt64.max)))
  private var ids = RequestIDs(seed: .random(in: 0...UInt64.max))
  private var clients: [ObjectIdentifier: ClientConnection] = [:]
  private var drained: EventLoopPromise<Void>?
  /// How many errands to backends are under way.
  var errands = 0

  init(
    eventLoop: any EventLoop, configuration: GatewayConfiguration, router: any RequestRouter,
    control: any ControlPlane, accounts: any AccountKeeper, work: (any WorkPlane)?,
    admission: Admission, pool: UpstreamPool, logger: Logger,
    now: @escaping @Sendable () -> UTC
  ) {
    self.eventLoop = eventLoop
    self.configuration = configuration
    self.router = router
    self.control = control
    self.accounts = accounts
    self.work = work
    self.access = AccessRules(configuration, accounts: accounts)
    self.admission = admission
    self.pool = pool
    self.logger = logger
    self.now = now
    waits = RequestStateMachine.Waits(configuration)
  }

  /// Goes over to other settings for the requests to come.
  func adopt(_ configuration: GatewayConfiguration, accounts: any AccountKeeper) {
    self.configuration = configuration
    self.accounts = accounts
    access = AccessRules(configuration, accounts: accounts)
    waits = RequestStateMachine.Waits(configuration)
  }

  /// The place in a trace of a request with those fields; `nil` where this node takes no part in traces.
  func trace(_ headers: HTTPHeaders) -> TraceContext? {
    guard let ratio = configuration.traceSampleRatio else { return nil }
    return traces.context(traceparent: headers.first(name: "traceparent"), ratio: ratio)
  }

  /// Tells the router what became of a request, and at the end of the loop's turn that the answers of this
  /// turn have left: what comes of them is then done for many at once, and delays none of them.
  func requestEnded(_ record: RequestRecord) {
    router.requestEnded(record)
    guard !isTurnToEnd else { return }
    isTurnToEnd = true
    eventLoop.assumeIsolated().execute {
      self.isTurnToEnd = false
      self.router.turnEnded()
    }
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

extension RequestStateMachine.Waits {
  fileprivate init(_ configuration: GatewayConfiguration) {
    self.init(
      connect: configuration.timeouts.connect, firstByte: configuration.timeouts.firstByte,
      idle: configuration.timeouts.idle,
      heartbeat: max(.milliseconds(10), configuration.heartbeat))
  }
}
