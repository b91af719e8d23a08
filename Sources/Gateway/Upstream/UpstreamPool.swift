import Decisions
import Links
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The connections to backends of one event loop, so that a request never leaves the loop it came in on.
final class UpstreamPool {
  /// What connections must agree in to stand in for each other.
  struct Key: Hashable, Sendable {
    var host: String
    var port: Int
    var tls: Bool
    var serverName: String
    var localAddress: String?

    init(_ endpoint: Endpoint) {
      host = endpoint.connectHost
      port = endpoint.connectPort
      tls = endpoint.tls
      serverName = endpoint.tls ? endpoint.serverName : ""
      localAddress = endpoint.localAddress
    }
  }

  /// How connections are made and kept.
  struct Settings: Sendable {
    var connectTimeout: TimeAmount
    var keepAlive: TimeAmount
    var maximumIdle: Int
    var maximumHeaderBytes: Int
    var dialer: Dialer
    var unbilled: Unbilled
  }

  /// Hears of bytes that no request is billed for.
  typealias Unbilled = @Sendable (_ path: PathID, _ bytesUp: Int, _ bytesDown: Int) -> Void

  private static let closedAtOnce = TimeAmount.seconds(1)

  private let eventLoop: any EventLoop
  private let settings: Settings
  private var lanes: [Key: UpstreamLane] = [:]
  private var isSweepScheduled = false
  private var isClosed = false

  init(eventLoop: any EventLoop, settings: Settings) {
    self.eventLoop = eventLoop
    self.settings = settings
  }

  /// An idle connection to `key`, the one used last.
  func takeIdle(_ key: Key) -> UpstreamConnection? {
    guard let lane = lanes[key] else { return nil }
    let now = NIODeadline.now()
    lane.spares.used(at: now)
    while let connection = lane.idle.popLast() {
      guard connection.isUsable else { continue }
      if connection.idleSince + connection.idleLimit > now { return connection }
      connection.close()
    }
    return nil
  }

  /// Takes back a connection whose answer is complete, or takes in a spare.
  func put(_ connection: UpstreamConnection) {
    let lane = connection.lane
    guard !isClosed, connection.isUsable, lane.idle.count < settings.maximumIdle else {
      return connection.close()
    }
    connection.idleSince = .now()
    lane.idle.append(connection)
    scheduleSweep()
  }

  /// Hears whether a connection could be kept after its answer.
  func answered(_ lane: UpstreamLane, isKept: Bool) {
    lane.spares.answered(isKept: isKept)
    if !isKept { openSpare(lane) }
  }

  /// Forgets an idle connection that has closed.
  func remove(_ connection: UpstreamConnection) {
    let lane = connection.lane
    lane.idle.removeAll { $0 === connection }
    // Some say nothing and close all the same.
    if NIODeadline.now() - connection.idleSince < Self.closedAtOnce {
      lane.spares.answered(isKept: false)
    }
    openSpare(lane)
  }

  /// Closes what is idle, and what comes back later.
  func close() {
    isClosed = true
    let connections = lanes.values.flatMap(\.idle)
    lanes = [:]
    for connection in connections { connection.close() }
  }

  private func scheduleSweep() {
    guard !isSweepScheduled else { return }
    isSweepScheduled = true
    eventLoop.assumeIsolated().scheduleTask(in: settings.keepAlive) { [weak self] in
      self?.sweep()
    }
  }

  private func sweep() {
    isSweepScheduled = false
    let limit = NIODeadline.now() - settings.keepAlive
    for (key, lane) in lanes {
      let old = lane.idle.filter { $0.idleSince <= limit }
      lane.idle.removeAll { $0.idleSince <= limit }
      for connection in old { connection.close() }
      if lane.idle.isEmpty, lane.spares.lastUse <= limit { lanes[key] = nil }
    }
    if !lanes.isEmpty { scheduleSweep() }
  }

  /// The lane of an endpoint, made where there is none.
  private func lane(for endpoint: Endpoint) -> UpstreamLane {
    let key = Key(endpoint)
    if let lane = lanes[key] { return lane }
    let lane = UpstreamLane(endpoint, unbilled: settings.unbilled)
    if !isClosed {
      lanes[key] = lane
      scheduleSweep()
    }
    return lane
  }
}

extension UpstreamPool {
  /// Opens a connection that the next request can have, where the lane's rule asks for one.
  private func openSpare(_ lane: UpstreamLane) {
    guard !isClosed, !lane.isOpening, lane.spares.opens(at: .now(), idle: lane.idle.count) else {
      return
    }
    lane.isOpening = true
    eventLoop.assumeIsolated().execute {
      self.dial(lane, whenMade: { _ in }) { result in
        lane.isOpening = false
        guard case .success(let channel) = result,
          let connection = try? channel.pipeline.syncOperations.handler(
            type: UpstreamConnection.self)
        else { return }
        connection.becomeSpare()
      }
    }
  }

  private func dial(
    _ lane: UpstreamLane, whenMade: @escaping (any Channel) -> Void,
    whenDone: @escaping (Result<any Channel, any Error>) -> Void
  ) {
    let mine = NIOLoopBound((pool: self, lane: lane, made: whenMade), eventLoop: eventLoop)
    let connected = settings.dialer.connect(
      to: lane.endpoint, on: eventLoop, timeout: settings.connectTimeout
    ) { channel in
      let (pool, lane, made) = mine.value
      made(channel)
      let connection = UpstreamConnection(
        lane: lane, pool: pool, maximumHeadBytes: pool.settings.maximumHeaderBytes)
      if lane.key.tls {
        try channel.pipeline.syncOperations.addHandler(connection.wire, position: .first)
      }
      try channel.pipeline.syncOperations.addHandler(connection)
    }
    connected.assumeIsolated().whenComplete(whenDone)
  }
}

extension UpstreamPool {
  /// A connection that is being made; ends in one of the two calls to its user, unless cancelled.
  final class Pending {
    fileprivate var user: (any UpstreamUser)?
    fileprivate var channel: (any Channel)?

    fileprivate init(_ user: any UpstreamUser) { self.user = user }

    /// Gives up: closes the connection, standing or not.
    func cancel() {
      user = nil
      channel?.close(promise: nil)
    }
  }

  /// Connects to `endpoint` for `user`, who hears of it only after this has returned.
  func connect(to endpoint: Endpoint, for user: any UpstreamUser) -> Pending {
    let pending = Pending(user)
    let lane = lane(for: endpoint)
    lane.spares.used(at: .now())
    // In the loop's next round: what cannot be bound, or is on this machine, can fail on the spot.
    eventLoop.assumeIsolated().execute {
      guard pending.user != nil else { return }
      self.dial(lane) { channel in
        // With a name that has several addresses the last attempt is kept: the one still going.
        pending.channel = channel
      } whenDone: { result in
        Self.complete(pending, result)
      }
    }
    return pending
  }

  private static func complete(_ pending: Pending, _ result: Result<any Channel, any Error>) {
    guard let user = pending.user else {
      if case .success(let channel) = result { channel.close(promise: nil) }
      return
    }
    pending.user = nil
    switch result {
    case .success(let channel):
      do {
        let handlers = channel.pipeline.syncOperations
        user.upstreamConnected(try handlers.handler(type: UpstreamConnection.self))
      } catch {
        user.upstreamConnectFailed(.linkReset, detail: "the connection closed at once")
      }
    case .failure(let error):
      let (fault, detail) = failure(for: error)
      user.upstreamConnectFailed(fault, detail: detail)
    }
  }

  private static func failure(for error: any Error) -> (Fault, String) {
    switch error {
    case ChannelError.connectTimeout:
      return (.linkConnectTimeout, "no connection in time")
    case let error as IOError where error.errnoCode == ECONNREFUSED:
      return (.linkRefused, "connection refused")
    case let error as IOError:
      return (.linkUnreachable, "no connection: \(error)")
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return failure(for: first.error) }
      return (.linkUnreachable, "the name '\(error.host)' does not resolve")
    case DialError.badServerName, DialError.addressBehindEmulator:
      return (.linkTLS, "\(error)")
    default:
      return (.linkUnreachable, "no connection: \(error)")
    }
  }
}
