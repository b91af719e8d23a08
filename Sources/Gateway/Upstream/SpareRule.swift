import NIOCore

/// When a connection is opened before a request needs it.
///
/// Some backends close after an answer (llama.cpp's server does after a stream): then every request pays
/// for a new connection, one round trip to connect and one or two for TLS. One spare, opened as soon as
/// the backend has closed, takes that off the next request's time to first token.
///
/// Spares are for paths in use only, and cost what they cost over any link: at most
/// ``maximumUnused`` are opened that nobody takes, until the path is used again.
struct SpareRule: Equatable {
  /// How long after its last use a path is still worth a spare.
  static let usedWithin = TimeAmount.seconds(60)
  /// A backend may close a spare as well, when nothing comes; this many are opened between two uses.
  static let maximumUnused = 4

  /// When a request last began over the path.
  private(set) var lastUse = NIODeadline.uptimeNanoseconds(0)
  /// Whether the backend closed the last connection that it had answered on.
  private var closesAfterAnswer = false
  private var unused = 0

  /// A request begins.
  mutating func used(at now: NIODeadline) {
    lastUse = now
    unused = 0
  }

  /// An answer is complete, and the connection can be kept or not.
  mutating func answered(isKept: Bool) { closesAfterAnswer = !isKept }

  /// Whether a spare is to be opened now; if so it counts as opened.
  mutating func opens(at now: NIODeadline, idle: Int) -> Bool {
    guard closesAfterAnswer, idle == 0, unused < Self.maximumUnused,
      now - lastUse < Self.usedWithin
    else { return false }
    unused += 1
    return true
  }
}
