import Orbits

/// What pings over a link measured: echo requests, and after how long each came back.
public struct Trace: Sendable, Equatable {
  /// One echo request.
  public struct Ping: Sendable, Equatable {
    /// When it was sent.
    public var sent: UTC
    /// How long it took there and back, milliseconds; `nil` where it was lost.
    public var roundTripMs: Double?

    /// Creates a ping.
    public init(sent: UTC, roundTripMs: Double?) {
      self.sent = sent
      self.roundTripMs = roundTripMs
    }
  }

  /// The pings, in the order of sending.
  public var pings: [Ping]

  /// Creates a trace of pings in the order of sending.
  public init(pings: [Ping]) { self.pings = pings }

  /// The round trips of those that came back, milliseconds.
  public var roundTripsMs: [Double] { pings.compactMap(\.roundTripMs) }

  /// The share of pings that were lost.
  public var loss: Double {
    pings.isEmpty ? 0 : Double(pings.count { $0.roundTripMs == nil }) / Double(pings.count)
  }

  /// The pings of the first half of the time that the trace spans.
  public var firstHalf: Trace { half { $0 < $1 } }

  /// The pings of the second half of the time that the trace spans.
  public var secondHalf: Trace { half { $0 >= $1 } }

  private func half(_ belongs: (UTC, UTC) -> Bool) -> Trace {
    guard let first = pings.first?.sent, let last = pings.last?.sent else { return self }
    let middle = first.adding(seconds: last.seconds(since: first) / 2)
    return Trace(pings: pings.filter { belongs($0.sent, middle) })
  }
}
