import Decisions
import Fleet
import NIOCore
import NIOHTTP1

/// A request that waits for a place at a backend or on an uplink.
struct PlaceWait {
  let ticket: PlaceQueue.Ticket
  /// The candidate that was to be opened, and how.
  let candidate: Int
  let fresh: Bool
  let since: NIODeadline
  /// When to look at it.
  var until: Instant
}

/// A request's place at a backend, before an attempt begins.
extension Exchange {
  /// The place for a candidate, where there is one at once.
  func placeAtOnce(_ candidate: Int) -> PlaceQueue.Place? {
    let path = decision.ranked[candidate].path
    if let kept = place, kept.path == path {
      place = nil
      return kept
    }
    return loop.router.places.takePlace(on: path, at: .now())
  }

  /// A second copy goes out only where a place is free and there is budget: it never waits.
  func placeForHedge(_ candidate: Int) -> PlaceQueue.Place? {
    let path = decision.ranked[candidate].path
    guard let place = loop.router.places.takePlace(on: path, at: .now()) else { return nil }
    if loop.router.mayHedge(path) { return place }
    loop.router.places.giveBack(place, at: .now())
    return nil
  }

  /// Asks for a place for the candidate or one that may be tried instead of it.
  func awaitPlace(_ candidate: Int, fresh: Bool) -> RequestStateMachine.Action? {
    let isLastResort = decision.ranked[candidate].isLastResort
    let choice = machine.choice(from: candidate, isDown: loop.router.isDown)
      .filter { isLastResort || !decision.ranked[$0].isLastResort }
    let request = PlaceQueue.Request(
      caller: facts.caller ?? "",
      rank: QueueRank(facts.priority, isDeferred: facts.isDeferred), options: options(choice),
      deadline: machine.deadline)
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    let now = NIODeadline.now()
    endHold()
    let entry = loop.router.places.awaitPlace(request, at: Instant(now)) { entry in
      bound.eventLoop.execute { bound.value.turnHasCome(entry) }
    }
    return enter(entry, candidate, fresh: fresh, since: now)
  }

  /// Each will do once the best has been waited for as long as it is better, without the waits.
  private func options(_ choice: [Int]) -> [PlaceQueue.Request.Option] {
    let scores = choice.map { decision.ranked[$0] }.map { ($0.scoreMs ?? .infinity) - $0.waitMs }
    let best = scores.min() ?? 0
    return zip(choice, scores).map { candidate, score in
      let headStartMs = score == best ? 0 : score - best
      return PlaceQueue.Request.Option(
        decision.ranked[candidate].path,
        headStart: headStartMs < 1e9 ? .milliseconds(headStartMs) : .seconds(1_000_000))
    }
  }

  private func enter(
    _ entry: PlaceQueue.Entry, _ candidate: Int, fresh: Bool, since: NIODeadline
  ) -> RequestStateMachine.Action? {
    waiting = nil
    switch entry {
    case .waits(let ticket, let until):
      waiting = PlaceWait(
        ticket: ticket, candidate: candidate, fresh: fresh, since: since, until: until)
      return nil
    case .place(let place):
      let wait = NIODeadline.now() - since
      waited = waited + wait
      machine.waitedForPlace(.nanoseconds(wait.nanoseconds))
      let chosen = decision.ranked.firstIndex { $0.path == place.path } ?? candidate
      if chosen != candidate { machine.opens(chosen, insteadOf: candidate) }
      return begin(chosen, on: place, fresh: fresh)
    case .refused(let refusal):
      waited = waited + (NIODeadline.now() - since)
      self.refusal = refusal
      return machine.turnedAway(Fault(refusal.reason))
    }
  }

  /// What became of its wait has been told from another event loop.
  private func turnHasCome(_ entry: PlaceQueue.Entry) {
    guard let waiting else {
      // Its client left a moment before.
      if case .place(let place) = entry { loop.router.places.giveBack(place, at: .now()) }
      return
    }
    perform(
      enter(entry, waiting.candidate, fresh: waiting.fresh, since: waiting.since))
  }

  /// It has waited until it was to be looked at.
  func lookForPlace() {
    let now = Instant.now()
    guard let waiting, now >= waiting.until else { return perform(nil) }
    guard let entry = loop.router.places.lookForPlace(waiting.ticket, at: now) else {
      // Its turn has come, and is on its way here.
      self.waiting?.until = .distantFuture
      return perform(nil)
    }
    perform(enter(entry, waiting.candidate, fresh: waiting.fresh, since: waiting.since))
  }

  /// Nobody waits for it any more.
  func leaveQueue() {
    guard let waiting else { return }
    waited = waited + (NIODeadline.now() - waiting.since)
    self.waiting = nil
    loop.router.places.leaveQueue(waiting.ticket)
  }

  /// An attempt that failed on a connection long dead leaves its place to the one that follows.
  func keepPlace(of attempt: Attempt) {
    place = attempt.log.place
    attempt.log.place = nil
  }

  /// A place that was kept for an attempt that does not come is free.
  func dropPlace() {
    guard let place else { return }
    self.place = nil
    loop.router.places.giveBack(place, at: .now())
  }
}

extension Exchange {
  /// What is answered where there was no place.
  func turnedAwayError(_ refusal: PlaceQueue.Refusal) -> APIError {
    let why =
      switch refusal.reason {
      case .full: "and as many requests wait as may"
      case .late: "and none is expected to be free in time"
      case .displaced: "and requests that come before it have taken the room to wait"
      }
    let seconds = max(0.05, refusal.seconds)
    var error = APIError(
      .tooManyRequests, Fault(refusal.reason),
      "Every place at the backends that serve '\(facts.model)' is taken, \(why). One is likely in "
        + "\(seconds.asSeconds). Try again then, or ask for a higher service_tier.",
      code: "overloaded", retryAfter: seconds.wholeSecondsUp)
    error.retryAfterMs = Int((min(seconds, 1e6) * 1000).rounded(.up))
    return error
  }
}
