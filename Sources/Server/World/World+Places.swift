import Decisions
import Gateway

/// Places at backends and on uplinks, as all event loops share them. The lock is held for a look at a few
/// numbers; whoever's turn it is is told after it has been let go.
extension World: PlaceKeeper {
  func takePlace(on path: PathID, at time: Instant) -> PlaceQueue.Place? {
    withPlaces { $0.knowledge.places.takeIfFree(path, at: time) }
  }

  func takeAnyPlace(on path: PathID, at time: Instant) -> PlaceQueue.Place {
    withPlaces { $0.knowledge.places.take(path, at: time) }
  }

  func awaitPlace(
    _ request: PlaceQueue.Request, at time: Instant, turn: @escaping Turn
  ) -> PlaceQueue.Entry {
    let (entry, displaced) = withPlaces { state in
      let (entry, displaced) = state.knowledge.places.enter(request, at: time)
      if case .waits(let ticket, _) = entry { state.turns[ticket] = turn }
      return (entry, state.called(displaced.map { [$0] } ?? []))
    }
    for (turn, entry) in displaced { turn(entry) }
    return entry
  }

  func lookForPlace(_ ticket: PlaceQueue.Ticket, at time: Instant) -> PlaceQueue.Entry? {
    withPlaces { state in
      let entry = state.knowledge.places.look(ticket, at: time)
      if case .waits? = entry { return entry }
      if entry != nil { state.turns[ticket] = nil }
      return entry
    }
  }

  func leaveQueue(_ ticket: PlaceQueue.Ticket) {
    withPlaces { state in
      state.turns[ticket] = nil
      state.knowledge.places.leave(ticket)
    }
  }

  func giveBack(_ place: PlaceQueue.Place, at time: Instant) {
    let called = withPlaces { state in
      state.called(state.knowledge.places.giveBack(place, .nothing, at: time))
    }
    for (turn, entry) in called { turn(entry) }
  }
}
