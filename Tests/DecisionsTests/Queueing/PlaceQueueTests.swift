import Fleet
import Testing

@testable import Decisions

@Suite struct PlaceQueueTests {
  private func queue(
    _ places: [String: Int?], uplinks: [String: Int?] = ["leo": nil],
    _ settings: QueueSettings = QueueSettings()
  ) -> PlaceQueue {
    PlaceQueue(QueueRig.ways(places, uplinks: uplinks), settings: settings)
  }

  @Test func thePriorityGoesFirstAndCallersAlternate() throws {
    var queue = queue(["b": 1])
    var place = try must(queue.place(QueueRig.request(), at: 0))
    let order: [(String, QueueRank)] = [
      ("a", .deferred), ("a", .flex), ("a", .standard), ("a", .standard), ("b", .standard),
      ("a", .priority),
    ]
    let tickets = order.map { queue.ticket(QueueRig.request($0.0, $0.1), at: 0) }
    var served: [PlaceQueue.Ticket] = []
    for _ in tickets {
      let turns = queue.giveBack(place, .answered, at: QueueRig.time(1))
      #expect(turns.count == 1)
      served += turns.map(\.ticket)
      place = try #require(turns.first?.place)
    }
    #expect(served == [5, 2, 4, 3, 1, 0].map { tickets[$0] })
  }

  /// However many of a higher rank keep coming, the one of the lowest that somebody waits for is served with
  /// the eighth place; what nobody waits for is not.
  @Test func nobodyWhoWaitsStarves() throws {
    var queue = queue(["b": 1])
    var place = try must(queue.place(QueueRig.request(), at: 0))
    let batch = queue.ticket(QueueRig.request("batch", .deferred), at: 0)
    let flex = queue.ticket(QueueRig.request("poor", .flex), at: 0)
    var served: [PlaceQueue.Ticket] = []
    for step in 1...50 {
      let now = Double(step) / 10
      _ = queue.ticket(QueueRig.request("rich", .priority), at: now)
      let turns = queue.giveBack(place, .answered, at: QueueRig.time(now))
      served += turns.map(\.ticket)
      place = try #require(turns.first?.place)
    }
    #expect(served.firstIndex { $0 == flex } == PlaceQueue.eldestEvery - 1)
    #expect(!served.contains { $0 == batch })
  }

  @Test func theQueueIsBoundedAndSaysWhenToComeBack() throws {
    var queue = queue(["b": 1], QueueSettings(length: 3))
    // One place, held for two seconds each time, as it turns out.
    for step in 0..<100 {
      let place = try must(queue.place(QueueRig.request(), at: Double(2 * step)))
      _ = queue.giveBack(place, .answered, at: QueueRig.time(Double(2 * step + 2)))
    }
    #expect(queue.place(QueueRig.request(), at: 200) != nil)
    for _ in 0..<3 { #expect(queue.ticket(QueueRig.request(), at: 200) != nil) }
    var told: [Double] = []
    for _ in 0..<3 {
      guard
        case .refused(let refusal) = queue.enter(QueueRig.request(), at: QueueRig.time(200)).entry
      else {
        Issue.record("the queue has no end")
        return
      }
      #expect(refusal.reason == .full)
      told.append(refusal.seconds)
    }
    // After those who wait, and one after the other.
    #expect(zip(told, [8.0, 10, 12]).allSatisfy { abs($0 - $1) < 1e-6 }, "\(told)")
  }

  @Test func whoseClientLeavesBeforeItsTurnCouldComeIsToldAtOnce() throws {
    var queue = queue(["b": 1])
    let place = try must(queue.place(QueueRig.request(), at: 0))
    _ = queue.giveBack(place, .answered, at: QueueRig.time(10))
    #expect(queue.place(QueueRig.request(), at: 10) != nil)
    let entry = queue.enter(QueueRig.request(until: 15), at: QueueRig.time(10)).entry
    guard case .refused(let refusal) = entry else {
      Issue.record("it waits in vain")
      return
    }
    #expect(refusal.reason == .late && abs(refusal.seconds - 10) < 1e-6)
  }

  @Test func whoWaitsTooLongIsToldWhenAPlaceIsLikely() throws {
    var queue = queue(["b": 1], QueueSettings(longestWait: .seconds(4)))
    #expect(queue.place(QueueRig.request(), at: 0) != nil)
    guard
      case .waits(let ticket, let until) = queue.enter(
        QueueRig.request(), at: QueueRig.time(1)
      ).entry
    else {
      Issue.record("it does not wait")
      return
    }
    #expect(until == QueueRig.time(5))
    #expect(queue.look(ticket, at: QueueRig.time(4)) == .waits(ticket, until: until))
    guard case .refused(let refusal)? = queue.look(ticket, at: until) else {
      Issue.record("it waits on")
      return
    }
    #expect(refusal.reason == .late && refusal.seconds > 0 && queue.count == 0)
    #expect(queue.look(ticket, at: until) == nil)
  }

  @Test func aStandingQueueCutsWaitsShort() throws {
    var queue = queue(["b": 1])
    let place = try must(queue.place(QueueRig.request(), at: 0))
    func until(_ seconds: Double) -> Instant? {
      guard
        case .waits(_, let until) = queue.enter(
          QueueRig.request(), at: QueueRig.time(seconds)
        ).entry
      else { return nil }
      return until
    }
    #expect(until(0) == QueueRig.time(30))
    #expect(until(11) == QueueRig.time(14))
    // Once it has been empty it is a burst again.
    var turns = queue.giveBack(place, .nothing, at: QueueRig.time(12))
    turns += queue.giveBack(try #require(turns.first?.place), .nothing, at: QueueRig.time(12))
    #expect(turns.count == 2 && queue.count == 0)
    #expect(until(12) == QueueRig.time(42))
  }

  @Test func aHigherRankTakesTheRoomOfTheOneWhoWouldBeServedLast() throws {
    var queue = queue(["b": 1], QueueSettings(length: 2))
    #expect(queue.place(QueueRig.request(), at: 0) != nil)
    let early = queue.ticket(QueueRig.request("a", .flex), at: 1)
    let late = queue.ticket(QueueRig.request("a", .flex), at: 2)
    let (entry, displaced) = queue.enter(
      QueueRig.request("b", .standard), at: QueueRig.time(3))
    guard case .waits = entry else {
      Issue.record("\(entry)")
      return
    }
    #expect(displaced?.ticket == late)
    guard case .refused(let refusal)? = displaced?.entry else {
      Issue.record("it is not told")
      return
    }
    #expect(refusal.reason == .displaced && refusal.seconds > 0)
    let next = queue.enter(QueueRig.request("b", .standard), at: QueueRig.time(3))
    #expect(next.displaced?.ticket == early)
    // Nobody makes room for an equal.
    #expect(queue.enter(QueueRig.request("b", .standard), at: QueueRig.time(3)).displaced == nil)
    #expect(queue.count == 2)
  }

  @Test func anotherPathIsTakenWhereThePreferredIsFull() throws {
    var queue = queue(["b": 1, "c": 1])
    let both = [QueueRig.path("b"), QueueRig.path("c")]
    let first = try must(queue.place(QueueRig.request("a", .standard, both), at: 0))
    #expect(first.path == both[0])
    #expect(queue.place(QueueRig.request("a", .standard, both), at: 0)?.path == both[1])
    let ticket = queue.ticket(QueueRig.request("a", .standard, both), at: 0)
    let turns = queue.giveBack(first, .answered, at: QueueRig.time(1))
    #expect(turns.first?.ticket == ticket && turns.first?.place?.path == both[0])
  }

  /// A much better path is waited for as long as it is better, and where the wait is expected to be longer
  /// than that, not at all.
  @Test(arguments: [(heldSeconds: 1.0, waits: true), (heldSeconds: 9, waits: false)])
  func theBetterPathHasAHeadStart(heldSeconds: Double, waits: Bool) throws {
    var queue = queue(["b": 1, "c": 1])
    let both = [QueueRig.path("b"), QueueRig.path("c")]
    let place = try must(queue.place(QueueRig.request(), at: 0))
    _ = queue.giveBack(place, .answered, at: QueueRig.time(heldSeconds))
    #expect(queue.place(QueueRig.request(), at: 10) != nil)
    let request = QueueRig.request("a", .standard, both, headStartSeconds: 2)
    guard waits else {
      #expect(queue.place(request, at: 10)?.path == both[1])
      return
    }
    guard case .waits(let ticket, let until) = queue.enter(request, at: QueueRig.time(10)).entry
    else {
      Issue.record("it does not wait for the better one")
      return
    }
    #expect(until == QueueRig.time(12))
    guard case .place(let other)? = queue.look(ticket, at: until) else {
      Issue.record("it does not take the other one")
      return
    }
    #expect(other.path == both[1] && queue.count == 0)
  }

  @Test func anUplinksPlacesAreSharedByItsBackends() throws {
    var queue = queue(["b": nil, "c": 5], uplinks: ["geo": nil, "leo": 2])
    let leo = [QueueRig.path("b"), QueueRig.path("c")]
    let first = try must(queue.takeIfFree(leo[0], at: QueueRig.time(0)))
    #expect(queue.takeIfFree(leo[1], at: QueueRig.time(0)) != nil)
    #expect(queue.takeIfFree(leo[1], at: QueueRig.time(0)) == nil)
    #expect(queue.takeIfFree(QueueRig.path("c", "geo"), at: QueueRig.time(0)) != nil)
    let ticket = queue.ticket(QueueRig.request("a", .standard, [leo[1]]), at: 0)
    #expect(queue.standing(ofUplink: "leo")?.waiting == 1)
    let turns = queue.giveBack(first, .answered, at: QueueRig.time(1))
    #expect(turns.first?.ticket == ticket && turns.first?.place?.path == leo[1])
  }

  @Test func otherWaysAndBoundsLoseNobody() throws {
    var queue = queue(["b": 1, "c": 1])
    #expect(queue.place(QueueRig.request(), at: 0) != nil)
    #expect(queue.place(QueueRig.request("a", .standard, [QueueRig.path("c")]), at: 0) != nil)
    let stays = queue.ticket(QueueRig.request(), at: 0)
    let loses = queue.ticket(QueueRig.request("a", .standard, [QueueRig.path("c")]), at: 0)
    let both = queue.ticket(
      QueueRig.request("a", .standard, [QueueRig.path("c"), QueueRig.path("b")]), at: 0)
    let turns = queue.adopt(
      QueueRig.ways(["b": 2]), settings: QueueSettings(), changed: ["c"], at: QueueRig.time(1))
    #expect(turns.first { $0.ticket == loses }?.place == nil)
    #expect(turns.first { $0.ticket == stays }?.place?.path == QueueRig.path)
    #expect(turns.count == 2 && queue.count == 1)
    #expect(queue.standing(ofBackend: "b")?.taken == 2)
    #expect(queue.standing(ofBackend: "c")?.taken == 1)
    let more = queue.adopt(
      QueueRig.ways(["b": nil]), settings: QueueSettings(), changed: [], at: QueueRig.time(2))
    #expect(more.map(\.ticket) == [both].compactMap { $0 })
  }

  @Test func whatWasTakenBeyondTheBoundTeachesNothing() throws {
    var queue = queue(["b": 1])
    _ = queue.take(QueueRig.path, at: QueueRig.time(0))
    let beyond = queue.take(QueueRig.path, at: QueueRig.time(0))
    #expect(beyond.isBeyond && beyond.inFlight == 2)
    _ = queue.giveBack(beyond, .answered, at: QueueRig.time(50))
    #expect(queue.standing(ofBackend: "b")?.heldSeconds == nil)
    #expect(queue.takeIfFree(QueueRig.path, at: QueueRig.time(50)) == nil)
  }

  /// Whoever fills a queue alone shuts nobody out.
  @Test func aCallerWhoHasNothingWaitingGetsRoom() throws {
    var queue = queue(["b": 1], QueueSettings(length: 3))
    #expect(queue.place(QueueRig.request(), at: 0) != nil)
    let many = (0..<3).map { _ in queue.ticket(QueueRig.request("many"), at: 1) }
    let (entry, displaced) = queue.enter(QueueRig.request("few"), at: QueueRig.time(2))
    guard case .waits = entry else {
      Issue.record("\(entry)")
      return
    }
    #expect(displaced?.ticket == many[2])
    // They take turns now: neither makes room for the other.
    #expect(queue.enter(QueueRig.request("many"), at: QueueRig.time(2)).displaced == nil)
    #expect(queue.enter(QueueRig.request("few"), at: QueueRig.time(2)).displaced == nil)
  }

  /// What can't be waited for is no reason to leave a free place alone.
  @Test func aFreePlaceIsTakenWhereTheBetterOnesQueueIsFull() throws {
    var queue = queue(["b": 1, "c": 1], QueueSettings(length: 1))
    #expect(queue.place(QueueRig.request(), at: 0) != nil)
    #expect(queue.ticket(QueueRig.request(), at: 0) != nil)
    let either = QueueRig.request(
      "a", .standard, [QueueRig.path("b"), QueueRig.path("c")], headStartSeconds: 1000)
    #expect(queue.place(either, at: 0)?.path == QueueRig.path("c"))
  }

  /// Who is turned away by a full uplink is not told to come back with all the others.
  @Test func thoseWhomAnUplinkTurnsAwayComeBackOneByOne() throws {
    var queue = PlaceQueue(
      QueueRig.ways(["b": nil], uplinks: ["leo": 1]), settings: QueueSettings(length: 1))
    #expect(queue.place(QueueRig.request(), at: 0) != nil)
    #expect(queue.ticket(QueueRig.request(), at: 0) != nil)
    let told = (0..<4).compactMap { _ -> Double? in
      guard case .refused(let refusal) = queue.enter(QueueRig.request(), at: QueueRig.time(1)).entry
      else { return nil }
      return refusal.seconds
    }
    #expect(told.count == 4 && zip(told, told.dropFirst()).allSatisfy { $0 < $1 })
  }
}
