import Decisions
import Gateway

/// The world keeps the places.
extension LiveRouter {
  func takePlace(on path: PathID, at time: Instant) -> PlaceQueue.Place? {
    world.takePlace(on: path, at: time)
  }

  func takeAnyPlace(on path: PathID, at time: Instant) -> PlaceQueue.Place {
    world.takeAnyPlace(on: path, at: time)
  }

  func awaitPlace(
    _ request: PlaceQueue.Request, at time: Instant,
    turn: @escaping @Sendable (PlaceQueue.Entry) -> Void
  ) -> PlaceQueue.Entry {
    world.awaitPlace(request, at: time, turn: turn)
  }

  func lookForPlace(_ ticket: PlaceQueue.Ticket, at time: Instant) -> PlaceQueue.Entry? {
    world.lookForPlace(ticket, at: time)
  }

  func leaveQueue(_ ticket: PlaceQueue.Ticket) { world.leaveQueue(ticket) }

  func giveBack(_ place: PlaceQueue.Place, at time: Instant) { world.giveBack(place, at: time) }
}
