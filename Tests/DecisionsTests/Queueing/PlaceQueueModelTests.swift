import Fleet
import TestSupport
import Testing

@testable import Decisions

/// However requests come, wait, leave and fail, and whatever changes meanwhile: what is taken is what is under
/// way, whoever waits is told the end of it once, and nobody waits for a path that has a free place.
@Suite struct PlaceQueueModelTests {
  private struct Model {
    var random: Seeded
    var queue: PlaceQueue
    var held: [PlaceQueue.Place] = []
    var waiting: [PlaceQueue.Ticket: Instant] = [:]
    var now = QueueRig.time(0)

    static let paths = ["b", "c", "d"].flatMap { backend in
      ["geo", "leo"].map { QueueRig.path(backend, $0) }
    }

    init(seed: UInt64) {
      random = Seeded(seed)
      var start = random
      queue = PlaceQueue(Self.ways(&start), settings: QueueSettings(length: 8))
      random = start
    }

    static func ways(_ random: inout Seeded) -> Ways {
      func places() -> Int? {
        Bool.random(using: &random) ? Int.random(in: 1...4, using: &random) : nil
      }
      return QueueRig.ways(
        ["b": Int.random(in: 1...4, using: &random), "c": places(), "d": places()],
        uplinks: ["geo": nil, "leo": places()])
    }

    mutating func step() {
      now = now + .milliseconds(Int.random(in: 0...400, using: &random))
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<9: enter()
      case 9..<15: giveBack()
      case 15: leave()
      case 16: hedge()
      case 17:
        held.append(queue.take(Self.paths.randomElement(using: &random) ?? QueueRig.path, at: now))
      case 18: look()
      default:
        if Int.random(in: 0..<20, using: &random) == 0 {
          tell(
            queue.adopt(
              Self.ways(&random), settings: QueueSettings(length: 8), changed: ["c"], at: now))
        }
      }
    }

    private mutating func enter() {
      let choice = Self.paths.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
      let request = QueueRig.request(
        ["x", "y", "z"].randomElement(using: &random) ?? "",
        QueueRank.allCases.randomElement(using: &random) ?? .standard, Array(choice),
        headStartSeconds: Bool.random(using: &random) ? 0.3 : 0,
        until: Double(now.nanoseconds) / 1e9 + .random(in: 0...9, using: &random))
      let (entry, displaced) = queue.enter(request, at: now)
      if let displaced { tell([displaced]) }
      note(entry)
    }

    private mutating func note(_ entry: PlaceQueue.Entry) {
      switch entry {
      case .place(let place): held.append(place)
      case .waits(let ticket, let until): waiting[ticket] = until
      case .refused(let refusal): #expect(refusal.seconds >= 0 && refusal.seconds <= 3600)
      }
    }

    private mutating func tell(_ turns: [PlaceQueue.Turn]) {
      for turn in turns {
        #expect(waiting.removeValue(forKey: turn.ticket) != nil)
        note(turn.entry)
      }
    }

    private mutating func giveBack() {
      guard let index = held.indices.randomElement(using: &random) else { return }
      let outcome = [
        PlaceQueue.Outcome.answered, .answered, .held, .nothing, .overloaded,
      ].randomElement(using: &random)
      tell(queue.giveBack(held.remove(at: index), outcome ?? .nothing, at: now))
    }

    private mutating func leave() {
      guard let ticket = waiting.keys.sorted().randomElement(using: &random) else { return }
      waiting[ticket] = nil
      queue.leave(ticket)
    }

    private mutating func hedge() {
      let path = Self.paths.randomElement(using: &random) ?? QueueRig.path
      if let place = queue.takeIfFree(path, at: now) { held.append(place) }
    }

    private mutating func look() {
      for (ticket, until) in waiting.sorted(by: { $0.key < $1.key }) where until <= now {
        guard let entry = queue.look(ticket, at: now) else {
          Issue.record("it was lost")
          return
        }
        waiting[ticket] = nil
        note(entry)
      }
    }

    func check() {
      for backend in ["b", "c", "d"] {
        let taken = held.count { $0.path.backend == backend }
        #expect(queue.standing(ofBackend: backend)?.taken ?? 0 == taken)
      }
      for uplink in ["geo", "leo"] {
        let taken = held.count { $0.path.uplink == uplink }
        #expect(queue.standing(ofUplink: uplink)?.taken ?? 0 == taken)
      }
      #expect(queue.count == waiting.count)
      for number in queue.lanes.indices where queue.isOpen(number) {
        #expect(queue.lanes[number].line.next == nil, "somebody waits for a free place")
      }
    }
  }

  @Test(arguments: 0..<20) func noPlaceIsLost(_ seed: UInt64) {
    var model = Model(seed: seed)
    for _ in 0..<1500 {
      model.step()
      model.check()
    }
    #expect(model.queue.tickets > 50, "nobody ever waited")
    for ticket in model.waiting.keys { model.queue.leave(ticket) }
    for place in model.held { _ = model.queue.giveBack(place, .answered, at: model.now) }
    for backend in ["b", "c", "d"] {
      #expect(model.queue.standing(ofBackend: backend)?.taken ?? 0 == 0)
      #expect(model.queue.standing(ofBackend: backend)?.waiting ?? 0 == 0)
    }
    #expect(model.queue.places.allSatisfy { $0.waiting == SIMD4() })
  }
}
