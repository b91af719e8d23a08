import Orbits

/// The tool that made a trace, and which of its losses are its own and not the link's.
public struct Instrument: Sendable, Equatable {
  /// The tool.
  public var pinger: Pinger
  /// When the requests were sent that the policer dropped.
  public var dropped: Set<UTC>

  /// What made `trace`, as far as the trace shows it.
  public init(of trace: Trace) {
    pinger = Pinger(of: trace)
    let isDropped = pinger.policer?.dropped(in: trace) ?? []
    dropped = Set(zip(trace.pings, isDropped).filter(\.1).map(\.0.sent))
  }
}
