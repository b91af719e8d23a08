import Links
import Logging
import NIOCore
import NIOHTTP1
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

  private let configuration: GatewayConfiguration
  private let router: any RequestRouter
  private let control: any ControlPlane
  private let accounts: any AccountKeeper
  private let logger: Logger
  private let group: any EventLoopGroup
  private let now: @Sendable () -> UTC
  private let dialer: Dialer?
  private let running = Mutex<Running?>(nil)

  /// Creates a gateway that does not listen yet.
  ///
  /// - Parameters:
  ///   - accounts: Who may ask, how much and at what price; where none is given, the configuration's keys
  ///     allow everything.
  ///   - group: The event loops; each serves the connections it accepts from end to end.
  ///   - now: The clock of the world, for records and for the router.
  ///   - dialer: What connects to backends; ``start()`` makes one where none is given.
  public init(
    configuration: GatewayConfiguration, router: any RequestRouter, control: any ControlPlane,
    accounts: (any AccountKeeper)? = nil,
    logger: Logger, group: any EventLoopGroup,
    now: @escaping @Sendable () -> UTC = { SystemClock.now() }, dialer: Dialer? = nil
  ) {
    self.configuration = configuration
    self.router = router
    self.control = control
    self.accounts = accounts ?? PlainKeys(configuration.keys)
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
    try checkProtection()
    let tls = try serverTLS()
    let loops = try await makeLoops(admission: Admission(limits: configuration.limits))
    let settings = HandlerSettings(configuration: configuration, tls: tls)
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
            try settings.addHandlers(to: channel, loop: loop)
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

  private func checkProtection() throws {
    if configuration.isLoopback { return }
    let (missingKeys, missingTLS) = (!accounts.asksForKeys, configuration.tls == nil)
    guard missingKeys || missingTLS else { return }
    throw GatewayStartError.unprotected(
      host: configuration.host, missingKeys: missingKeys, missingTLS: missingTLS)
  }

  private func serverTLS() throws -> NIOSSLContext? {
    guard let files = configuration.tls else { return nil }
    func read<T>(_ path: String, _ body: () throws -> T) throws -> T {
      do {
        return try body()
      } catch {
        throw GatewayStartError.badCertificate(path: path, reason: "\(error)")
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

  private func makeLoops(admission: Admission) async throws -> Loops {
    let timeouts = configuration.timeouts
    let settings = UpstreamPool.Settings(
      connectTimeout: TimeAmount(timeouts.connect),
      keepAlive: TimeAmount(timeouts.upstreamKeepAlive),
      maximumIdle: configuration.limits.maxIdleUpstreams,
      maximumHeaderBytes: configuration.limits.maxHeaderBytes,
      dialer: try dialer ?? Dialer())
    var loops: Loops = [:]
    for eventLoop in group.makeIterator() {
      let loop = try await eventLoop.submit { [self] in
        let loop = GatewayLoop(
          eventLoop: eventLoop, configuration: configuration, router: router, control: control,
          accounts: accounts, admission: admission,
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
private struct HandlerSettings: Sendable {
  let tls: NIOSSLContext?
  let limits: NIOHTTPDecoderLimitConfiguration
  let framing: HTTPResponseEncoder.Configuration

  init(configuration: GatewayConfiguration, tls: NIOSSLContext?) {
    self.tls = tls
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = configuration.limits.maxHeaderBytes
    limits.maxHeaderFieldSize = min(limits.maxHeaderFieldSize, configuration.limits.maxHeaderBytes)
    self.limits = limits
    var framing = HTTPResponseEncoder.Configuration()
    framing.automaticallySetFramingHeaders = false
    self.framing = framing
  }

  func addHandlers(to channel: any Channel, loop: GatewayLoop) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
    try pipeline.addHandler(HTTPResponseEncoder(configuration: framing))
    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
    try pipeline.addHandler(ClientConnection(loop: loop))
  }
}
