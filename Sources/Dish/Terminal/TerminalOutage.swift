import Orbits

/// A time without a connection.
public struct TerminalOutage: Sendable, Equatable {
  /// Why, in the terminal's word, such as `OBSTRUCTED`; its number where the definitions have no word.
  public var cause: String
  /// When it began.
  public var start: UTC?
  /// How long it lasted, or has lasted so far, seconds.
  public var durationSeconds: Double?
  /// Whether the terminal took another satellite because of it.
  public var didSwitch: Bool?

  init(_ message: DynamicMessage) {
    cause = message.enumerationName("cause").map(String.init(fromPeer:)) ?? "UNKNOWN"
    let nanoseconds = message.integer("start_timestamp_ns") ?? 0
    start = nanoseconds > 0 ? GPSTime.utc(nanoseconds: Int64(nanoseconds)) : nil
    durationSeconds = message.number("duration_ns").map { $0 / 1e9 }
    didSwitch = message.flag("did_switch")
  }
}
