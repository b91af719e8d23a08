import Links
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

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
    var tls: NIOSSLContext
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

    /// Gives up: closes the connection, standing or not.
    func cancel() {
      user = nil
      channel?.close(promise: nil)
    }
  }

  /// Connects to `key` for `user`.
  func connect(_ key: Key, for user: any UpstreamUser) -> Pending {
    let pending = Pending()
    pending.user = user
    let mine = NIOLoopBound((pool: self, pending: pending), eventLoop: eventLoop)
    let settings = settings
    var bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(settings.connectTimeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let (pool, pending) = mine.value
          // With a name that has several addresses the last attempt is kept: the one still going.
          pending.channel = channel
          try pool.addHandlers(to: channel, key: key, settings: settings)
        }
      }
    if let local = key.localAddress,
      let address = try? SocketAddress(ipAddress: local, port: 0)
    {
      bootstrap = bootstrap.bind(to: address)
    }
    let connected =
      if let address = try? SocketAddress(ipAddress: key.host, port: key.port) {
        bootstrap.connect(to: address)
      } else {
        bootstrap.connect(host: key.host, port: key.port)
      }
    connected.assumeIsolated().whenComplete { result in Self.complete(pending, result) }
    return pending
  }

  private func addHandlers(to channel: any Channel, key: Key, settings: Settings) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = settings.maximumHeaderBytes
    limits.maxHeaderFieldSize = settings.maximumHeaderBytes
    let decoder = HTTPResponseDecoder(
      leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
      limitConfiguration: limits)
    var framing = HTTPRequestEncoder.Configuration()
    framing.automaticallySetFramingHeaders = false
    let pipeline = channel.pipeline.syncOperations
    if key.tls {
      let isAddress = (try? SocketAddress(ipAddress: key.serverName, port: 0)) != nil
      try pipeline.addHandler(
        NIOSSLClientHandler(
          context: settings.tls, serverHostname: isAddress ? nil : key.serverName))
    }
    try pipeline.addHandler(HTTPRequestEncoder(configuration: framing))
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(UpstreamConnection(key: key, pool: self))
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
    default:
      return (.linkUnreachable, "no connection: \(error)")
    }
  }
}
