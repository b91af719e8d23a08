import Synchronization

/// Memory for an answer that the node asked for itself. It counts against the bound on what all bodies hold
/// together (`limits.maxBufferedBytes`) until the last one who has it lets go of it, as whoever holds the answer
/// does.
public final class HeldMemory: Sendable {
  private let admission: Admission
  private let bytes = Atomic<Int>(0)

  init(_ admission: Admission) { self.admission = admission }

  /// Memory with a bound of its own, bytes.
  public convenience init(limit: Int) {
    var limits = GatewayConfiguration.Limits()
    limits.maxBufferedBytes = limit
    self.init(Admission(limits: limits))
  }

  deinit { admission.bytesFreed(bytes.load(ordering: .relaxed)) }

  /// Counts so many bytes more.
  ///
  /// - Throws: ``MemoryFull`` where there is no room for them; they are not counted then.
  public func grow(by count: Int) throws(MemoryFull) {
    guard admission.admitBytes(count) else { throw MemoryFull() }
    bytes.add(count, ordering: .relaxed)
  }

  /// Counts bytes that are there already, whatever the bound.
  func take(_ count: Int) {
    admission.holdBytes(count)
    bytes.add(count, ordering: .relaxed)
  }
}

/// All bodies together hold as much memory as they may.
public struct MemoryFull: Error, Sendable, Equatable, CustomStringConvertible {
  /// Creates an error.
  public init() {}

  /// What is wrong and what to do about it.
  public var description: String {
    "the gateway's memory for bodies is full; send the request again when less is under way"
  }
}
