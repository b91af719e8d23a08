import Logging
import NIOCore
import NIOPosix
import Network
import Orbits
import Synchronization

/// A stand-in for a link that is not there: a TCP relay on the loopback interface through which a
/// backend is as far away as the forecast says.
///
/// Every connection is accepted at once, as the loopback interface does it, and then behaves as over
/// the link (``LinkShaper``, ``EmulatedConnection``): set-up, bytes both ways, ends and resets take the
/// route's latency, capacity, waits and losses at that moment, as the uplink's slots make them
/// (``SharedUplink``). During an outage connections hold, new
/// ones too. A backend that refuses shows as a reset after the way there and back. What lies between
/// this machine and the target adds its own latency.
///
/// Memory is bounded per connection and direction (twice the product of capacity and round trip, from
/// 64 KiB to 8 MiB); beyond that the sender is not read from.
public final class LinkEmulator: Sendable {
  /// The most connections at a time; further ones are closed.
  public static let maximumConnections = 4_096

  private struct State {
    var listener: (any Channel)?
    var isStopped = false
    var nextID: UInt64 = 0
    var aborts: [UInt64: @Sendable () -> Void] = [:]
  }

  private let group: any EventLoopGroup
  private let targetHost: String
  private let targetPort: Int
  private let conditions: LinkConditions
  private let seed: UInt64
  private let logger: Logger
  private let state = Mutex(State())

  /// Creates an emulator that does not listen yet.
  ///
  /// - Parameters:
  ///   - group: The event loops to run on; both sockets of a connection share one.
  ///   - targetHost: The backend's host name or address.
  ///   - targetPort: The backend's port.
  ///   - interval: The forecast's interval in force at a time, asked anew at every step so that the link
  ///     follows the sky; `nil`, or an interval without a route, is an outage.
  ///   - uplink: The uplink that this link goes over, shared by all emulators on it.
  ///   - now: The time, which must pass as the machine's does.
  ///   - seed: Determines jitter and losses, together with each connection's number.
  ///   - logger: Takes what happens to connections, at level `debug`.
  public init(
    group: any EventLoopGroup, targetHost: String, targetPort: Int,
    interval: @escaping @Sendable (UTC) -> Forecast.Interval?, uplink: SharedUplink,
    now: @escaping @Sendable () -> UTC = SystemClock.now, seed: UInt64, logger: Logger
  ) {
    self.group = group
    self.targetHost = targetHost
    self.targetPort = targetPort
    self.conditions = LinkConditions(forecast: interval, now: now, uplink: uplink)
    self.seed = seed
    self.logger = logger
  }

  /// Listens on a free port of 127.0.0.1 and gives that port.
  public func start() async throws -> Int {
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let isStopped = state.withLock {
      $0.listener = listener
      return $0.isStopped
    }
    if isStopped { try? await listener.close() }
    return listener.localAddress?.port ?? 0
  }

  /// Stops listening and ends every connection at once.
  public func stop() async {
    let (listener, aborts) = state.withLock {
      $0.isStopped = true
      return ($0.listener, Array($0.aborts.values))
    }
    try? await listener?.close()
    for abort in aborts { abort() }
  }

  /// Connections that it carries now.
  public var connections: Int { state.withLock { $0.aborts.count } }

  private func accept(_ near: any Channel) throws {
    guard let id = admit() else {
      logger.debug("link emulator: too many connections")
      throw ChannelError.operationUnsupported
    }
    let loop = near.eventLoop
    conditions.uplink.counters.connectionOpened()
    let connection = EmulatedConnection(
      near: near, conditions: conditions, seed: seed &+ id &* 0x9E37_79B9_7F4A_7C15,
      dial: { [self] in dial(on: loop) },
      whenGone: { [self] in
        conditions.uplink.counters.connectionClosed()
        state.withLock { $0.aborts[id] = nil }
      })
    try near.pipeline.syncOperations.addHandler(ChannelEnd { connection.near($0) })
    let bound = NIOLoopBound(connection, eventLoop: loop)
    let isStopped = state.withLock {
      $0.aborts[id] = { loop.execute { bound.value.abort() } }
      return $0.isStopped
    }
    if isStopped { connection.abort() }
  }

  /// A number for a new connection, where there is room for one.
  private func admit() -> UInt64? {
    state.withLock {
      guard !$0.isStopped, $0.aborts.count < Self.maximumConnections else { return nil }
      $0.nextID += 1
      return $0.nextID
    }
  }

  private func dial(on loop: any EventLoop) -> EventLoopFuture<any Channel> {
    let logger = logger
    return ClientBootstrap(group: loop)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: false)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: targetHost, port: targetPort)
      .always { result in
        guard case .failure(let error) = result else { return }
        logger.debug("link emulator: the backend is not reached", metadata: ["error": "\(error)"])
      }
  }
}
