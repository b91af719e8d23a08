import Decisions

/// The connections that a gateway keeps open after answers, for each path.
struct IdleConnections: Sendable {
  /// How long an unused one is kept, as the gateway's default has it.
  private static let keptFor = Duration.seconds(60)

  private var kept: [PathID: [Instant]] = [:]

  /// Takes the one that was used last, where there is one.
  mutating func take(_ path: PathID, at now: Instant) -> Bool {
    guard var times = kept[path], let last = times.popLast() else { return false }
    // Those below are older: once the newest is too old, all are.
    guard last + Self.keptFor > now else {
      kept[path] = nil
      return false
    }
    kept[path] = times
    return true
  }

  mutating func keep(_ path: PathID, at now: Instant) { kept[path, default: []].append(now) }

  /// The backend has gone, and its ends of the connections with it.
  mutating func drop(backend: String, paths: [PathID]) {
    for path in paths where path.backend == backend { kept[path] = nil }
  }
}
