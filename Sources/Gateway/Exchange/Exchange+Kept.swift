import Decisions
import Dialects
import NIOCore

/// The stream of a kept answer on its way to the client.
struct KeptStream {
  /// The attempt that it began with: whose words are translated for the client in one piece.
  let first: Attempt
  var answer: KeptAnswer
}

/// Streams of answers that their backend keeps: what breaks is asked for again, from the next event on.
extension Exchange {
  /// Whether an attempt over `path` is to ask for what is kept already.
  func isFollowUp(over path: PathID) -> Bool {
    machine.hasContent && kept?.answer.backend == path.backend
  }

  /// The stream that is about to go to the client is one of a kept answer.
  func followKept(_ attempt: Attempt) {
    guard let answer = attempt.kept, answer.place != nil else { return }
    kept = KeptStream(first: attempt, answer: answer)
  }

  /// Sends an event of a kept answer on, unless the client has it.
  func forwardKept(
    _ event: SSEEvent, data: ByteBuffer, isTerminal: Bool, from attempt: Attempt
  ) {
    switch kept?.answer.take(data) {
    case .known?: return
    case .afterGap?: return failed(attempt, .providerBadAnswer, detail: "events are missing")
    case .next?: noteKept()
    // Without a number it can't be asked for what follows.
    case nil: machine.continuance = .none
    }
    if attempt !== kept?.first { announce(attempt) }
    progressed(attempt)
    deliver(event, data: data, isTerminal: isTerminal, from: attempt)
  }

  private func noteKept() {
    guard machine.continuance == .none, let backend = kept?.answer.backend else { return }
    machine.continuance = .kept(by: backend)
  }

  /// What is kept cannot be had any more, or is itself an error.
  func loseKept() {
    if kept != nil { machine.continuance = .none }
  }
}

/// What is kept at a backend for nobody is not to be made any longer, nor to fill its store.
extension Exchange {
  /// The request is over.
  func releaseKept(isWhole: Bool) {
    guard attempts.contains(where: { $0.kept != nil }) else { return }
    for attempt in attempts { abandonKept(attempt, isWhole: isWhole) }
  }

  /// An attempt has won: what others have begun elsewhere is not wanted.
  func releaseKept(butOf winner: Attempt) {
    for attempt in attempts where attempt !== winner && attempt.isOver {
      if attempt.kept?.place == nil || attempt.kept?.place != winner.kept?.place {
        abandonKept(attempt, isWhole: false)
      }
    }
  }

  /// Hears the name of an attempt's answer out before its connection closes, since without it the backend
  /// can't be told to stop.
  func partFromKept(_ attempt: Attempt, winner: Attempt?) {
    guard let answer = attempt.kept, !answer.isInBackground, answer.place == nil,
      answer.backend != winner?.log.path.backend
    else { return }
    let paths = ways(to: answer.backend)
    KeptFarewell.begin(with: attempt) { [loop] answer in
      KeptErrand.begin(answer, isWhole: false, paths, loop)
    }
  }

  private func abandonKept(_ attempt: Attempt, isWhole: Bool) {
    guard let answer = attempt.kept, !answer.isInBackground, let place = answer.place else {
      return
    }
    // The same answer, where an attempt found the one that another had begun.
    for other in attempts where other.kept?.place == place { other.kept = nil }
    KeptErrand.begin(
      answer, isWhole: isWhole && place == kept?.answer.place, ways(to: answer.backend), loop)
  }

  /// The paths to a backend, those first whose link is up.
  private func ways(to backend: String) -> [PathID] {
    var paths: [PathID] = []
    for path in decision.ranked.map(\.path) + attempts.map(\.log.path)
    where path.backend == backend && !paths.contains(path) { paths.append(path) }
    return paths.filter { !loop.router.isDown($0) } + paths.filter(loop.router.isDown)
  }
}
