import Fleet
import NIOCore
import NIOHTTP1

/// One health check: a TCP connection, or an HTTP GET that must be answered with 200 to 299.
public struct Probe: Sendable {
  private let dialer: Dialer
  private let group: any EventLoopGroup

  /// Creates a probe that connects with `dialer` on the loops of `group`.
  public init(dialer: Dialer, group: any EventLoopGroup) {
    self.dialer = dialer
    self.group = group
  }

  /// Checks `endpoint` once; returns where it passes.
  ///
  /// An HTTP check's path is taken as it is: it does not come after the endpoint's base path. A TCP
  /// check over an emulator, which itself accepts anything, half-closes and passes when the backend ends
  /// the connection in answer; over anything else it passes on being connected.
  ///
  /// - Throws: A ``ProbeError``, or `CancellationError`.
  public func run(
    _ kind: HealthCheckPolicy.Probe, on endpoint: Endpoint, timeout: Duration
  ) async throws {
    var endpoint = endpoint
    if kind == .tcp { endpoint.tls = false }
    let loop = group.next()
    let answer = loop.makePromise(of: Void.self)
    let limit = loop.scheduleTask(in: TimeAmount(timeout)) { answer.fail(ProbeError.timedOut) }
    let connected = dialer.connect(to: endpoint, on: loop, timeout: TimeAmount(timeout)) {
      [endpoint] channel in
      try Self.configure(channel, for: kind, endpoint, answer)
    }
    connected.whenFailure { answer.fail(ProbeError(connecting: $0)) }
    answer.futureResult.whenComplete { _ in
      limit.cancel()
      connected.whenSuccess { $0.close(promise: nil) }
    }
    try await withTaskCancellationHandler {
      try await answer.futureResult.get()
    } onCancel: {
      answer.fail(CancellationError())
    }
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
