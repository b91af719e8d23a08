import Synchronization

/// What has gone over one uplink since the start, counted from any thread without a lock.
///
/// Bytes are those of the TCP streams, without headers and retransmissions. An emulator counts what
/// it delivers; over a real uplink whoever holds the sockets counts.
public final class LinkCounters: Sendable {
  /// The counts at one moment.
  public struct Snapshot: Sendable, Equatable {
    /// Bytes from the site to backends.
    public var bytesUp: Int
    /// Bytes from backends to the site.
    public var bytesDown: Int
    /// Connections opened so far.
    public var connections: Int
    /// Connections open now.
    public var openConnections: Int
  }

  private let up = Atomic<Int>(0)
  private let down = Atomic<Int>(0)
  private let opened = Atomic<Int>(0)
  private let closed = Atomic<Int>(0)

  /// Creates counters at zero.
  public init() {}

  /// Adds `bytes` in one direction.
  public func count(_ bytes: Int, _ direction: LinkDirection) {
    switch direction {
    case .up: up.wrappingAdd(bytes, ordering: .relaxed)
    case .down: down.wrappingAdd(bytes, ordering: .relaxed)
    }
  }

  /// A connection was opened.
  public func connectionOpened() { opened.wrappingAdd(1, ordering: .relaxed) }

  /// A connection that was counted as opened is gone.
  public func connectionClosed() { closed.wrappingAdd(1, ordering: .relaxed) }

  /// The counts now.
  public var snapshot: Snapshot {
    // Closed before opened, so that a connection in between never makes the difference negative.
    let gone = closed.load(ordering: .acquiring)
    let all = opened.load(ordering: .acquiring)
    return Snapshot(
      bytesUp: up.load(ordering: .relaxed), bytesDown: down.load(ordering: .relaxed),
      connections: all, openConnections: all - gone)
  }
}
