/// A terminal's memory of the last minutes, second by second.
public struct TerminalHistory: Sendable {
  /// One second.
  public struct Sample: Sendable, Equatable {
    /// Its number since the terminal started.
    public var number: Int
    /// The share of pings to the PoP that were lost.
    public var popPingDropRate: Double?
    /// The round trip of those that came back, milliseconds; `nil` where none did.
    public var popPingLatencyMs: Double?
    /// Traffic to the site, bits per second.
    public var downlinkBitsPerSecond: Double?
    /// Traffic from the site, bits per second.
    public var uplinkBitsPerSecond: Double?
    /// Electrical power drawn, watts.
    public var powerW: Double?
  }

  /// Round trips that can be, milliseconds: what is not among them was not measured.
  private static let latenciesMs = 0.0..<60_000

  /// How many seconds the terminal has counted since it started.
  public var count: Int
  /// The seconds that it remembers, oldest first; the last is the newest.
  public var samples: [Sample]
  /// The outages that it remembers.
  public var outages: [TerminalOutage]

  /// Unrolls the ring: sample `n` stands at index `n` modulo the ring's length.
  init(_ message: DynamicMessage) {
    let drop = message.numbers("pop_ping_drop_rate")
    let latency = message.numbers("pop_ping_latency_ms")
    let down = message.numbers("downlink_throughput_bps")
    let up = message.numbers("uplink_throughput_bps")
    let power = message.numbers("power_in")
    let length = [drop, latency, down, up, power].map(\.count).max() ?? 0
    count = max(0, message.integer("current") ?? 0)
    samples = (count - min(length, count)..<count).map { number in
      let index = number % length
      func value(_ values: [Double]) -> Double? {
        values.indices.contains(index) ? values[index] : nil
      }
      let loss = value(drop)
      // A lost second repeats an old latency, or says -1.
      let isLost = loss.map { $0 >= 1 } ?? false
      return Sample(
        number: number, popPingDropRate: loss,
        popPingLatencyMs: isLost
          ? nil : value(latency).flatMap { Self.latenciesMs.contains($0) ? $0 : nil },
        downlinkBitsPerSecond: value(down), uplinkBitsPerSecond: value(up), powerW: value(power))
    }
    outages = message.messages("outages").map(TerminalOutage.init)
  }
}
