import Links
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Orbits
import Synchronization

/// The gateway: listens, answers `/v1` by way of a ``RequestRouter`` and the rest by way of a
/// ``ControlPlane``.
public final class GatewayServer: Sendable {
  private typealias Loops = [ObjectIdentifier: NIOLoopBound<GatewayLoop>]

  private struct Running {
    var listener: any Channel
    var loops: Loops
  }

  /// Settings that have been checked, certificates read: nothing can fail any more.
  public struct Prepared: Sendable {
    fileprivate let configuration: GatewayConfiguration
    fileprivate let accounts: any AccountKeeper
    fileprivate let handlers: HandlerSettings
  }

  let configuration: GatewayConfiguration
  let router: any RequestRouter
  private let control: any ControlPlane
  /// Who may ask, where somebody else than the configuration's keys says so.
  private let accounts: (any AccountKeeper)?
  private let work: (any WorkPlane)?
  private let logger: Logger
  private let group: any EventLoopGroup
  let now: @Sendable () -> UTC
  private let dialer: Dialer?
  private let running = Mutex<Running?>(nil)
  /// For connections accepted from now on.
  private let handlers = Mutex<HandlerSettings?>(nil)
  private let asked = Atomic<Int>(0)

  /// Creates a gateway that does not listen yet.
  ///
  /// - Parameters:
  ///   - accounts: Who may ask, how much and at what price; where none is given, the configuration's keys
  ///     allow everything.
  ///   - work: What remembers files, batches and the like; without it their paths are not there.
  ///   - group: The event loops; each serves the connections it accepts from end to end.
  ///   - now: The clock of the world, for records and for the router.
  ///   - dialer: What connects to backends; ``start()`` makes one where none is given.
  public init(
    configuration: GatewayConfiguration, router: any RequestRouter, control: any ControlPlane,
    accounts: (any AccountKeeper)? = nil, work: (any WorkPlane)? = nil,
    logger: Logger, group: any EventLoopGroup,
    now: @escaping @Sendable () -> UTC = { SystemClock.now() }, dialer: Dialer? = nil
  ) {
    self.configuration = configuration
    self.router = router
    self.control = control
    self.accounts = accounts
    self.work = work
    self.logger = logger
    self.group = group
    self.now = now
    self.dialer = dialer
  }

  /// Listens, and gives the address that it listens on.
  ///
  /// - Throws: A ``GatewayStartError``, or NIOSSL's error when the system's trust roots cannot be loaded.
  @discardableResult
  public func start() async throws -> SocketAddress {
    let prepared = try prepare(configuration)
    handlers.withLock { $0 = prepared.handlers }
    let loops = try await makeLoops(
      accounts: prepared.accounts, admission: Admission(limits: configuration.limits))
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let loop = loops[ObjectIdentifier(channel.eventLoop)]?.value,
            loop.admission.admitConnection()
          else { throw ChannelError.operationUnsupported }
          do {
            try self.handlers.withLock { $0 }?.addHandlers(to: channel, loop: loop)
          } catch {
            loop.admission.connectionClosed()
            throw error
          }
        }
      }
    do {
      let host = configuration.host.filter { $0 != "[" && $0 != "]" }
      let listener = try await bootstrap.bind(host: host, port: configuration.port).get()
      running.withLock { $0 = Running(listener: listener, loops: loops) }
      guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
      return address
    } catch {
      throw GatewayStartError.cannotListen(
        host: configuration.host, port: configuration.port, reason: "\(error)")
    }
  }

  /// Stops listening, lets what is under way finish for at most `grace`, and cancels the rest.
  public func shutdown(grace: Duration = .seconds(30)) async {
    let stopped = running.withLock { state in
      defer { state = nil }
      return state
    }
    guard let stopped else { return }
    try? await stopped.listener.close()
    let loops = Array(stopped.loops.values)
    let drained = loops.map { loop in loop.eventLoop.flatSubmit { loop.value.drain() } }
    let cancels = loops.map { loop in
      loop.eventLoop.scheduleTask(in: TimeAmount(grace)) { loop.value.closeAll() }
    }
    for done in drained { try? await done.get() }
    for cancel in cancels { cancel.cancel() }
  }

  /// Checks settings that a running gateway is to go over to, and reads the certificates they name.
  ///
  /// - Parameter asksForKeys: Whether clients will have to show a key then; `nil` where that is as now.
  /// - Throws: A ``GatewayStartError``.
  public func prepare(
    _ configuration: GatewayConfiguration, asksForKeys: Bool? = nil
  ) throws -> Prepared {
    let accounts = accounts ?? PlainKeys(configuration.keys)
    try Self.checkProtection(configuration, asksForKeys: asksForKeys ?? accounts.asksForKeys)
    let handlers = HandlerSettings(tls: try Self.serverTLS(configuration))
    return Prepared(configuration: configuration, accounts: accounts, handlers: handlers)
  }

  /// Goes over to other settings: connections accepted, and requests begun, from now on go by them. The
  /// address stays, and so do the bounds on what all requests hold together.
  public func adopt(_ prepared: Prepared) async {
    handlers.withLock { $0 = prepared.handlers }
    let loops = running.withLock { $0.map { Array($0.loops.values) } } ?? []
    for loop in loops {
      try? await loop.eventLoop.submit {
        loop.value.adopt(prepared.configuration, accounts: prepared.accounts)
      }
      .get()
    }
  }

  /// One of the event loops, each in turn; `nil` while the gateway does not run.
  func anyLoop() -> NIOLoopBound<GatewayLoop>? {
    let number = asked.wrappingAdd(1, ordering: .relaxed).newValue & .max
    return running.withLock { state in
      guard let loops = state?.loops.values, !loops.isEmpty else { return nil }
      return loops[loops.index(loops.startIndex, offsetBy: number % loops.count)]
    }
  }

  private static func checkProtection(
    _ configuration: GatewayConfiguration, asksForKeys: Bool
  ) throws {
    if configuration.isLoopback { return }
    let (missingKeys, missingTLS) = (!asksForKeys, configuration.tls == nil)
    guard missingKeys || missingTLS else { return }
    throw GatewayStartError.unprotected(
      host: configuration.host, missingKeys: missingKeys, missingTLS: missingTLS)
  }

  private static func serverTLS(
    _ configuration: GatewayConfiguration
  ) throws -> NIOSSLContext? {
    guard let files = configuration.tls else { return nil }
    func read<T>(_ path: String, _ body: () throws -> T) throws -> T {
      do {
        return try body()
      } catch {
        throw GatewayStartError.badCertificate(path: path, reason: TLSProblem.words(for: error))
      }
    }
    let chain = try read(files.certificateChainPath) {
      try NIOSSLCertificate.fromPEMFile(files.certificateChainPath)
    }
    let key = try read(files.privateKeyPath) {
      try NIOSSLPrivateKey(file: files.privateKeyPath, format: .pem)
    }
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    settings.minimumTLSVersion = .tlsv12
    settings.applicationProtocols = ["http/1.1"]
    return try read(files.certificateChainPath) { try NIOSSLContext(configuration: settings) }
  }

  private func makeLoops(
    accounts: any AccountKeeper, admission: Admission
  ) async throws -> Loops {
    let timeouts = configuration.timeouts
    let settings = UpstreamPool.Settings(
      connectTimeout: TimeAmount(timeouts.connect),
      keepAlive: TimeAmount(timeouts.upstreamKeepAlive),
      maximumIdle: configuration.limits.maxIdleUpstreams,
      maximumHeaderBytes: configuration.limits.maxHeaderBytes,
      dialer: try dialer ?? Dialer(),
      unbilled: { [router] in router.unbilled($0, bytesUp: $1, bytesDown: $2) })
    var loops: Loops = [:]
    for eventLoop in group.makeIterator() {
      let loop = try await eventLoop.submit { [self] in
        let loop = GatewayLoop(
          eventLoop: eventLoop, configuration: configuration, router: router, control: control,
          accounts: accounts, work: work, admission: admission,
          pool: UpstreamPool(eventLoop: eventLoop, settings: settings),
          logger: logger, now: now)
        return NIOLoopBound(loop, eventLoop: eventLoop)
      }.get()
      loops[ObjectIdentifier(eventLoop)] = loop
    }
    return loops
  }
}

/// The handlers of a client's channel.
fileprivate struct HandlerSettings: Sendable {
  let tls: NIOSSLContext?

  func addHandlers(to channel: any Channel, loop: GatewayLoop) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
    try pipeline.addHandler(ClientConnection(loop: loop))
  }
}
