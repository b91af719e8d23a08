import Decisions
import TestSupport
import Testing

@Suite struct RequestStateMachineTests {
  private static let waits = RequestStateMachine.Waits(
    connect: .seconds(5), firstByte: .seconds(120), idle: .seconds(60), heartbeat: .seconds(10))

  private func at(_ seconds: Int64) -> Instant {
    Instant(nanoseconds: seconds * 1_000_000_000)
  }

  private func machine(_ candidates: Int, stream: Bool = false) -> RequestStateMachine {
    RequestStateMachine(
      candidates: candidates, isStream: stream, deadline: at(600), waits: Self.waits, now: at(0))
  }

  @Test func triesCandidatesInOrder() {
    var machine = machine(2)
    #expect(machine.start() == .open(candidate: 0, fresh: false))
    machine.opened(at: at(0))
    #expect(
      machine.failed(.linkRefused, wasStale: false, at: at(1)) == .open(candidate: 1, fresh: false))
    machine.opened(at: at(1))
    #expect(machine.failed(.linkReset, wasStale: false, at: at(2)) == .giveUp(.linkReset))
    #expect(machine.failed(.linkReset, wasStale: false, at: at(3)) == nil)
    #expect(machine.finish() == false)
  }

  @Test func noCandidate() {
    var machine = machine(0)
    #expect(machine.start() == .giveUp(.linkNoPath))
  }

  @Test func aStaleConnectionGetsOneMoreChance() {
    var machine = machine(2)
    _ = machine.start()
    machine.opened(at: at(0))
    #expect(
      machine.failed(.linkReset, wasStale: true, at: at(0)) == .open(candidate: 0, fresh: true))
    machine.opened(at: at(0))
    #expect(
      machine.failed(.linkReset, wasStale: true, at: at(0)) == .open(candidate: 1, fresh: false))
  }

  @Test func noAttemptAfterTheDeadline() {
    var machine = machine(3)
    _ = machine.start()
    machine.opened(at: at(0))
    machine.awaitAnswer(at: at(599))
    #expect(machine.tick(at: at(600)) == .expired(.callerDeadline))
    #expect(
      machine.failed(.callerDeadline, wasStale: false, at: at(600)) == .giveUp(.callerDeadline))
  }

  /// Whoever's time was up first: the path's, or the client's.
  @Test func theDeadlineIsTheClientsDoing() {
    var machine = machine(2)
    _ = machine.start()
    machine.opened(at: at(594))
    #expect(machine.tick(at: at(601)) == .expired(.linkConnectTimeout))
    machine.opened(at: at(598))
    #expect(machine.nextWake == at(600))
    #expect(machine.tick(at: at(604)) == .expired(.callerDeadline))
    machine.awaitAnswer(at: at(599))
    machine.receivedHead(isError: false, at: at(599))
    #expect(machine.tick(at: at(600)) == .expired(.callerDeadline))
  }

  @Test func waitsAreBounded() {
    var machine = machine(2)
    _ = machine.start()
    machine.opened(at: at(0))
    #expect(machine.nextWake == at(5))
    #expect(machine.tick(at: at(4)) == .nothing)
    #expect(machine.tick(at: at(5)) == .expired(.linkConnectTimeout))
    machine.awaitAnswer(at: at(1))
    #expect(machine.nextWake == at(121))
    #expect(machine.tick(at: at(121)) == .expired(.providerTimeout))
    machine.receivedHead(isError: false, at: at(2))
    machine.progressed(at: at(30))
    #expect(machine.nextWake == at(90))
    #expect(machine.tick(at: at(90)) == .expired(.providerStalled))
  }

  @Test func theLastCandidateHasUntilTheDeadline() {
    var machine = machine(1)
    _ = machine.start()
    machine.opened(at: at(0))
    machine.awaitAnswer(at: at(1))
    #expect(machine.nextWake == at(600))
  }

  @Test func anErrorsBodyIsNotWaitedForLong() {
    var machine = machine(2)
    _ = machine.start()
    machine.opened(at: at(0))
    machine.awaitAnswer(at: at(0))
    machine.receivedHead(isError: true, at: at(1))
    machine.progressed(at: at(5))
    #expect(machine.nextWake == at(6))
  }

  @Test func aStreamBeatsUntilItsFirstEvent() {
    var machine = machine(2, stream: true)
    _ = machine.start()
    machine.opened(at: at(0))
    machine.awaitAnswer(at: at(1))
    #expect(machine.nextWake == at(10))
    #expect(machine.tick(at: at(10)) == .heartbeat(begins: true))
    #expect(machine.nextWake == at(20))
    #expect(machine.tick(at: at(20)) == .heartbeat(begins: false))
    #expect(
      machine.failed(.linkReset, wasStale: false, at: at(21)) == .open(candidate: 1, fresh: false))
    machine.opened(at: at(21))
    machine.awaitAnswer(at: at(21))
    #expect(machine.forwardEvent(at: at(22)) == false)
    #expect(machine.nextWake == at(82))
    #expect(
      machine.failed(.linkReset, wasStale: false, at: at(23)) == .breakStream(.linkReset))
  }

  @Test func aStreamOutlivesTheDeadlineOnceItFlows() {
    var machine = machine(1, stream: true)
    _ = machine.start()
    machine.opened(at: at(0))
    machine.awaitAnswer(at: at(0))
    #expect(machine.forwardEvent(at: at(5)) == true)
    _ = machine.forwardEvent(at: at(700))
    #expect(machine.tick(at: at(701)) == .nothing)
    #expect(machine.tick(at: at(760)) == .expired(.providerStalled))
    machine.clientIsSlow(true, at: at(760))
    #expect(machine.tick(at: at(820)) == .expired(.callerStalled))
  }

  @Test func aBegunStreamCannotGiveUp() {
    var machine = machine(1, stream: true)
    _ = machine.start()
    machine.opened(at: at(0))
    machine.awaitAnswer(at: at(0))
    _ = machine.tick(at: at(10))
    #expect(machine.failed(.linkReset, wasStale: false, at: at(11)) == .breakStream(.linkReset))
  }

  /// Whatever happens in whatever order, a request ends once and tries each candidate at most twice.
  @Test func endsOnce() {
    var random = Seeded(3)
    for _ in 0..<2000 {
      let candidates = Int.random(in: 0...3, using: &random)
      var machine = machine(candidates, stream: Bool.random(using: &random))
      var ends = 0
      var opens = 0
      func count(_ action: RequestStateMachine.Action?) {
        switch action {
        case .open: opens += 1
        case .giveUp, .breakStream: ends += 1
        case nil: break
        }
      }
      count(machine.start())
      for step in 1..<40 {
        let now = at(Int64(step * 3))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: if machine.phase == .idle, opens > 0 { machine.opened(at: now) }
        case 1: machine.awaitAnswer(at: now)
        case 2:
          if machine.phase == .waiting {
            machine.receivedHead(isError: Bool.random(using: &random), at: now)
          }
        case 3: if machine.phase == .waiting { _ = machine.forwardEvent(at: now) }
        case 4:
          let isStale = Bool.random(using: &random)
          if machine.phase != .idle {
            count(machine.failed(.linkReset, wasStale: isStale, at: now))
          }
        case 5: _ = machine.tick(at: now)
        case 6: machine.progressed(at: now)
        default: if step > 30, machine.finish() { ends += 1 }
        }
        if machine.phase == .idle { machine.opened(at: now) }
      }
      if machine.finish() { ends += 1 }
      #expect(ends == 1)
      #expect(opens <= 2 * candidates)
    }
  }
}
