import Decisions

/// Who may go to a backend now, and who waits: ``PlaceQueue`` as the event loops share it.
///
/// Every member is called on event loops, many at once, on their monotonic clock: none may block. Each place
/// that is taken is given back once, by ``giveBack(_:at:)`` or with an ``AttemptOutcome``.
public protocol PlaceKeeper: Sendable {
  /// Takes a place on `path` if one is free; `nil` where none is.
  func takePlace(on path: PathID, at time: Instant) -> PlaceQueue.Place?

  /// Takes a place on `path`, free or not.
  func takeAnyPlace(on path: PathID, at time: Instant) -> PlaceQueue.Place

  /// Asks for a place, and waits for it if need be: then `turn` is called once, from any thread, unless
  /// ``lookForPlace(_:at:)`` has told the end of it or ``leaveQueue(_:)`` was called before.
  func awaitPlace(
    _ request: PlaceQueue.Request, at time: Instant,
    turn: @escaping @Sendable (PlaceQueue.Entry) -> Void
  ) -> PlaceQueue.Entry

  /// The time has come that a request which waits was to be looked at; `nil` where its turn is on its way.
  func lookForPlace(_ ticket: PlaceQueue.Ticket, at time: Instant) -> PlaceQueue.Entry?

  /// A request no longer waits. Its turn may be on its way.
  func leaveQueue(_ ticket: PlaceQueue.Ticket)

  /// A place was not used.
  func giveBack(_ place: PlaceQueue.Place, at time: Instant)
}
