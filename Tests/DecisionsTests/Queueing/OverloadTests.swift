import Fleet
import TestSupport
import Testing

@testable import Decisions

/// Three times what a backend can bear, for a minute of virtual time: ten places, each held for a second on
/// average. Whoever is told to come back later does, when told.
@Suite struct OverloadTests {
  private static let places = 10
  private static let offeredSeconds = 60.0

  private enum Event {
    case arrives(Client)
    case ends(PlaceQueue.Place)
    case looks(PlaceQueue.Ticket)
  }

  private struct Client {
    var rank: QueueRank
    var caller: String
    var since: Double
    var refusals = 0
  }

  private struct Served {
    var client: Client
    var waited: Double
    var at: Double
  }

  private struct Course {
    var random = Seeded(7)
    var queue: PlaceQueue
    var events: [(at: Double, number: Int, event: Event)] = []
    var number = 0
    var waiting: [PlaceQueue.Ticket: (client: Client, since: Double)] = [:]
    var served: [Served] = []
    var refused: [(client: Client, at: Double, seconds: Double)] = []
    var busySeconds = 0.0
    var last = 0.0

    init() {
      let settings = QueueSettings(
        length: 64, longestWait: .seconds(20), standing: .seconds(10), standingWait: .seconds(3))
      queue = PlaceQueue(QueueRig.ways(["b": OverloadTests.places]), settings: settings)
    }

    mutating func add(_ event: Event, at: Double) {
      number += 1
      var (low, high) = (0, events.count)
      while low < high {
        let middle = (low + high) / 2
        // The next one is last.
        if (events[middle].at, events[middle].number) > (at, number) {
          low = middle + 1
        } else {
          high = middle
        }
      }
      events.insert((at, number, event), at: low)
    }

    mutating func offer(_ rank: QueueRank, _ caller: String, perSecond: Double) {
      var at = exponential(1 / perSecond)
      while at < OverloadTests.offeredSeconds {
        add(.arrives(Client(rank: rank, caller: caller, since: at)), at: at)
        at += exponential(1 / perSecond)
      }
    }

    private mutating func exponential(_ mean: Double) -> Double {
      // The sum of a few uniform draws is near enough, and needs no logarithm.
      (0..<4).reduce(0) { sum, _ in sum + Double.random(in: 0...0.5, using: &random) } * mean
    }

    mutating func run() {
      while let (at, _, event) = events.popLast() {
        let taken = queue.standing(ofBackend: "b")?.taken ?? 0
        if last < OverloadTests.offeredSeconds, at >= 5 {
          busySeconds += Double(taken) * (min(at, OverloadTests.offeredSeconds) - max(last, 5))
        }
        last = at
        #expect(taken <= OverloadTests.places)
        switch event {
        case .arrives(let client): arrive(client, at: at)
        case .ends(let place): tell(queue.giveBack(place, .answered, at: QueueRig.time(at)), at: at)
        case .looks(let ticket):
          guard let entry = queue.look(ticket, at: QueueRig.time(at)),
            let (client, since) = waiting.removeValue(forKey: ticket)
          else { continue }
          settle(entry, client, since: since, at: at)
        }
      }
    }

    private mutating func arrive(_ client: Client, at: Double) {
      let request = QueueRig.request(client.caller, client.rank, until: at + 60)
      let (entry, displaced) = queue.enter(request, at: QueueRig.time(at))
      if let displaced { tell([displaced], at: at) }
      settle(entry, client, since: at, at: at)
    }

    private mutating func tell(_ turns: [PlaceQueue.Turn], at: Double) {
      for turn in turns {
        guard let (client, since) = waiting.removeValue(forKey: turn.ticket) else { continue }
        settle(turn.entry, client, since: since, at: at)
      }
    }

    private mutating func settle(
      _ entry: PlaceQueue.Entry, _ client: Client, since: Double, at: Double
    ) {
      switch entry {
      case .place(let place):
        served.append(Served(client: client, waited: at - since, at: at))
        add(.ends(place), at: at + exponential(1))
      case .waits(let ticket, let until):
        waiting[ticket] = (client, since)
        add(.looks(ticket), at: Double(until.nanoseconds) / 1e9)
      case .refused(let refusal):
        refused.append((client, at, refusal.seconds))
        var later = client
        later.refusals += 1
        add(.arrives(later), at: at + refusal.seconds)
      }
    }
  }

  @Test func theUrgentAreServedAndTheOthersComeBackWhenTold() throws {
    var course = Course()
    course.offer(.priority, "urgent", perSecond: 3)
    course.offer(.standard, "usual", perSecond: 3)
    course.offer(.flex, "one", perSecond: 12)
    course.offer(.flex, "other", perSecond: 12)
    let offered = course.events.count
    course.run()

    #expect(offered > 1600 && course.served.count == offered, "everybody is served in the end")
    let utilization = course.busySeconds / Double(Self.places) / (Self.offeredSeconds - 5)
    #expect(utilization >= 0.95, "\(utilization)")
    // About the time between two places that come free.
    let urgent = course.served.filter { $0.client.rank == .priority }.map(\.waited).sorted()
    #expect(course.refused.allSatisfy { $0.client.rank < .priority })
    #expect(urgent[urgent.count * 99 / 100] < 0.6, "\(urgent.suffix(5))")
    let refusedTwice = course.served.filter { $0.client.refusals > 0 }
    #expect(refusedTwice.count > 500)
    // Nobody hammers: those who come when they were told to have come once or a few times.
    let meanRefusals =
      Double(course.refused.count) / Double(refusedTwice.count)
    #expect(meanRefusals < 2.5, "\(meanRefusals)")
    let worst = course.served.map(\.client.refusals).max() ?? 0
    #expect(worst <= 12, "\(worst)")
    // Two who offer the same get the same, while there is not enough.
    let shares = ["one", "other"].map { caller in
      course.served.count { $0.client.caller == caller && $0.at < Self.offeredSeconds }
    }
    #expect(Double(abs(shares[0] - shares[1])) < 0.2 * Double(shares[0] + shares[1]), "\(shares)")
  }
}
