import Fleet
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
  import Glibc
#endif

/// One health check: a TCP connection, or an HTTP GET that must be answered with 200 to 299. It measures the
/// round trip on the way.
public struct Probe: Sendable {
  private let dialer: Dialer
  private let group: any EventLoopGroup

  /// Creates a probe that connects with `dialer` on the loops of `group`.
  public init(dialer: Dialer, group: any EventLoopGroup) {
    self.dialer = dialer
    self.group = group
  }

  /// Checks `endpoint` once, and gives the round trip to it where it passes, milliseconds.
  ///
  /// An HTTP check's path is taken as it is: it does not come after the endpoint's base path. A TCP
  /// check over an emulator, which itself accepts anything, half-closes and passes when the backend ends
  /// the connection in answer; over anything else it passes on being connected.
  ///
  /// The round trip is what the operating system measured of the connection's segments; `nil` where it
  /// does not tell. An emulated link is unknown to the operating system: there it is the time from
  /// connecting to the answer, by the round trips that takes, so that the backend's own time counts with it.
  ///
  /// - Parameter counters: Of the uplink, where nobody else counts what goes over it.
  /// - Throws: A ``ProbeError``, or `CancellationError`.
  @discardableResult
  public func run(
    _ kind: HealthCheckPolicy.Probe, on endpoint: Endpoint, timeout: Duration,
    counting counters: LinkCounters? = nil
  ) async throws -> Double? {
    var endpoint = endpoint
    if kind == .tcp { endpoint.tls = false }
    let loop = group.next()
    let answer = loop.makePromise(of: Void.self)
    let started = NIODeadline.now()
    let limit = loop.scheduleTask(in: TimeAmount(timeout)) { answer.fail(ProbeError.timedOut) }
    let connected = dialer.connect(to: endpoint, on: loop, timeout: TimeAmount(timeout)) {
      [endpoint] channel in
      if let counters {
        try channel.pipeline.syncOperations.addHandler(WireCounter(counters), position: .first)
      }
      try Self.configure(channel, for: kind, endpoint, answer)
    }
    connected.whenFailure { answer.fail(ProbeError(connecting: $0)) }
    let measured = connected.flatMap { [endpoint] channel in
      answer.futureResult.flatMap {
        Self.roundTripMs(of: channel, to: endpoint, kind, since: started)
      }
    }
    measured.whenComplete { _ in
      limit.cancel()
      connected.whenSuccess { $0.close(promise: nil) }
    }
    return try await withTaskCancellationHandler {
      // A failed answer is the reason; a failed connection has failed it.
      try await answer.futureResult.get()
      return try? await measured.get()
    } onCancel: {
      answer.fail(CancellationError())
    }
  }

  private static func roundTripMs(
    of channel: any Channel, to endpoint: Endpoint, _ kind: HealthCheckPolicy.Probe,
    since started: NIODeadline
  ) -> EventLoopFuture<Double?> {
    if endpoint.isEmulated {
      // The handshake over the link, TLS, and the request or the end of the connection. An emulator
      // accepts at once, so that connecting to it takes next to nothing.
      let roundTrips = endpoint.tls && kind != .tcp ? 3.0 : 2.0
      let elapsedMs = Double((NIODeadline.now() - started).nanoseconds) / 1e6
      return channel.eventLoop.makeSucceededFuture(elapsedMs / roundTrips)
    }
    #if canImport(Glibc)
      if let socket = channel as? any SocketOptionProvider {
        return socket.getTCPInfo().map { Double($0.tcpi_rtt) / 1000 }.recover { _ in nil }
      }
    #endif
    return channel.eventLoop.makeSucceededFuture(nil)
  }

  private static func configure(
    _ channel: any Channel, for kind: HealthCheckPolicy.Probe, _ endpoint: Endpoint,
    _ answer: EventLoopPromise<Void>
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    switch kind {
    case .http(let path):
      try pipeline.addHTTPClientHandlers()
      try pipeline.addHandler(HTTPProbe(path: path, endpoint: endpoint, answer: answer))
    case .tcp:
      try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
      try pipeline.addHandler(TCPProbe(awaitsEnd: endpoint.isEmulated, answer: answer))
    }
  }
}
