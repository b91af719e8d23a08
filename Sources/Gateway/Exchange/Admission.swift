import Synchronization

/// The counts that the event loops share, and their bounds.
final class Admission: Sendable {
  private let connections = Atomic<Int>(0)
  private let requests = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)
  private let limits: GatewayConfiguration.Limits

  init(limits: GatewayConfiguration.Limits) { self.limits = limits }

  /// Counts one more connection, unless there are as many as there may be.
  func admitConnection() -> Bool { Self.add(1, to: connections, limit: limits.maxConnections) }

  func connectionClosed() { connections.subtract(1, ordering: .relaxed) }

  /// Counts one more request under way.
  func admitRequest() -> Bool { Self.add(1, to: requests, limit: limits.maxRequestsInFlight) }

  func requestEnded() { requests.subtract(1, ordering: .relaxed) }

  /// Counts bytes that a body holds in memory.
  func admitBytes(_ count: Int) -> Bool {
    Self.add(count, to: bytes, limit: limits.maxBufferedBytes)
  }

  /// Counts bytes that are there already, whatever the bound.
  func holdBytes(_ count: Int) { bytes.add(count, ordering: .relaxed) }

  func bytesFreed(_ count: Int) { bytes.subtract(count, ordering: .relaxed) }

  private static func add(_ count: Int, to total: borrowing Atomic<Int>, limit: Int) -> Bool {
    if total.add(count, ordering: .relaxed).newValue <= limit { return true }
    total.subtract(count, ordering: .relaxed)
    return false
  }
}
