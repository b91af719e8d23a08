import Decisions
import Orbits

/// Looks at links that are in doubt, as the live node's prober makes them.
extension PolicyRun {
  /// How often a link in doubt is looked at.
  private static let lookInterval = Duration.milliseconds(200)
  /// How long a look waits for an answer.
  private static let lookPatience = Duration.seconds(1)

  /// Begins to look after an uplink that requests are under way on, or that is in doubt.
  mutating func watch(_ uplink: String, at now: UTC) {
    guard knowledge.link(uplink) != nil, watched[uplink] == nil else { return }
    watched[uplink] = 0
    events.add(.look(uplink: uplink), at: Instant(now) + Self.lookInterval)
  }

  /// Asks the next of the machines behind an uplink where that is in doubt; goes on as long as it may come
  /// into doubt.
  mutating func look(_ uplink: String, at now: UTC) {
    guard let turn = watched[uplink] else { return }
    let isInDoubt = knowledge.isToBeProbed(uplink, at: now)
    guard isInDoubt || knowledge.requestsUnderWay(over: uplink) > 0 else {
      watched[uplink] = nil
      return
    }
    events.add(.look(uplink: uplink), at: Instant(now) + Self.lookInterval)
    let there = scenario.paths.indices.filter {
      scenario.paths[$0].uplink == uplink && knowledge.hasRoute(scenario.paths[$0], at: now)
    }
    guard isInDoubt, !there.isEmpty else { return }
    watched[uplink] = turn + 1
    let path = there[turn % there.count]
    let limit = now + Self.lookPatience
    // A dead backend's machine still refuses, so that the link is heard.
    let answer = probeAnswer(scenario.paths[path], at: now, limit: limit)
    events.add(
      .lookEnds(path: path, isHeard: answer != nil, started: now),
      at: Instant(answer?.time ?? limit))
  }

  mutating func lookEnded(_ path: Int, isHeard: Bool, started: UTC, at now: UTC) {
    _ = knowledge.observeLink(scenario.paths[path], isHeard: isHeard, started: started, at: now)
  }
}
