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
  }

  private let eventLoop: any EventLoop
  private let settings: Settings
  /// The idle connections, the longest idle first.
  private var idle: [Key: [UpstreamConnection]] = [:]
  private var isSweepScheduled = false
  private var isClosed = false

  init(eventLoop: any EventLoop, settings: Settings) {
    self.eventLoop = eventLoop
    self.settings = settings
  }

  /// An idle connection to `key`, the one used last.
  func takeIdle(_ key: Key) -> UpstreamConnection? {
    while let connection = idle[key]?.popLast() {
      guard connection.isUsable else { continue }
      if connection.idleSince + connection.idleLimit > .now() { return connection }
      connection.close()
    }
    return nil
  }

  /// Takes back a connection whose answer is complete.
  func put(_ connection: UpstreamConnection) {
    guard !isClosed, connection.isUsable,
      idle[connection.key, default: []].count < settings.maximumIdle
    else { return connection.close() }
    connection.idleSince = .now()
    idle[connection.key, default: []].append(connection)
    scheduleSweep()
  }

  /// Forgets a connection that has closed.
  func remove(_ connection: UpstreamConnection) {
    idle[connection.key]?.removeAll { $0 === connection }
    if idle[connection.key]?.isEmpty == true { idle[connection.key] = nil }
  }

  /// Closes what is idle, and what comes back later.
  func close() {
    isClosed = true
    let connections = idle.values.joined()
    idle = [:]
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
    for (key, connections) in idle {
      for connection in connections where connection.idleSince <= limit { connection.close() }
      let kept = connections.filter { $0.idleSince > limit }
      idle[key] = kept.isEmpty ? nil : kept
    }
    if !idle.isEmpty { scheduleSweep() }
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
    // In the loop's next round: what cannot be bound, or is on this machine, can fail on the spot.
    eventLoop.assumeIsolated().execute {
      if pending.user != nil { self.dial(endpoint, pending) }
    }
    return pending
  }

  private func dial(_ endpoint: Endpoint, _ pending: Pending) {
    let mine = NIOLoopBound((pool: self, pending: pending), eventLoop: eventLoop)
    let key = Key(endpoint)
    let connected = settings.dialer.connect(
      to: endpoint, on: eventLoop, timeout: settings.connectTimeout
    ) { channel in
      let (pool, pending) = mine.value
      // With a name that has several addresses the last attempt is kept: the one still going.
      pending.channel = channel
      try pool.addHandlers(to: channel, key: key)
    }
    connected.assumeIsolated().whenComplete { result in Self.complete(pending, result) }
  }

  private func addHandlers(to channel: any Channel, key: Key) throws {
    let connection = UpstreamConnection(
      key: key, pool: self, maximumHeadBytes: settings.maximumHeaderBytes)
    try channel.pipeline.syncOperations.addHandler(connection)
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
