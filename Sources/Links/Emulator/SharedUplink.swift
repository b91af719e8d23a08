import Synchronization

/// One uplink of a site as all its emulators share it: a transmitter at each end, and the counters.
public final class SharedUplink: Sendable {
  /// What has gone over the uplink.
  public let counters: LinkCounters
  private let line = Mutex(TransmissionLine())

  /// Creates an idle uplink.
  public init(counters: LinkCounters = LinkCounters()) { self.counters = counters }

  /// Gives `body` the transmitters, alone.
  func withLine<Result: Sendable>(_ body: (inout TransmissionLine) -> Result) -> Result {
    line.withLock { body(&$0) }
  }
}
