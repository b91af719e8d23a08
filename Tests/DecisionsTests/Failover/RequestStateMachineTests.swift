import Decisions
import Testing

@Suite struct RequestStateMachineTests {
  private func at(_ seconds: Double) -> Instant { Course.at(seconds) }

  @Test func triesCandidatesInOrder() {
    var course = Course("a", "b")
    #expect(course.decide() == .open(candidate: 0, fresh: false))
    course.open(0)
    #expect(course.fail(0, .linkReset, at: 1) == .open(candidate: 1, fresh: false))
    course.open(1, at: 1)
    #expect(course.fail(1, .linkReset, at: 2) == .giveUp(.linkReset))
    #expect(course.fail(1, .linkReset, at: 3) == nil)
    #expect(course.machine.finish() == false)
  }

  @Test func aStaleConnectionGetsOneMoreChance() {
    var course = Course("a", "b")
    _ = course.decide()
    course.open(0)
    #expect(course.fail(0, .linkReset, stale: true, at: 0) == .open(candidate: 0, fresh: true))
    course.open(0)
    #expect(course.fail(1, .linkReset, stale: true, at: 0) == .open(candidate: 1, fresh: false))
  }

  /// What a backend itself refuses it refuses over every uplink.
  @Test(arguments: [
    Fault.providerRateLimited, .providerError, .providerRefused, .linkRefused,
  ])
  func aBackendThatFailedIsNotAskedOverAnotherUplink(_ fault: Fault) {
    var course = Course("a/leo", "a/geo", "b/leo")
    _ = course.decide()
    course.open(0)
    #expect(course.fail(0, fault, at: 1) == .open(candidate: 2, fresh: false))
    course.open(2, at: 1)
    #expect(course.fail(1, fault, at: 2) == .giveUp(fault))
  }

  @Test(arguments: [Fault.providerTimeout, .providerBadAnswer, .linkReset])
  func aPathThatFailedIsNotTheBackendsFault(_ fault: Fault) {
    var course = Course("a/leo", "a/geo", "b/leo")
    _ = course.decide()
    course.open(0)
    #expect(course.fail(0, fault, at: 1) == .open(candidate: 1, fresh: false))
  }

  @Test func noAttemptAfterTheDeadline() {
    var course = Course("a", "b", "c")
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(599))
    #expect(course.machine.tick(at: at(600)) == .expired(attempt: 0, .callerDeadline))
    #expect(course.fail(0, .callerDeadline, at: 600) == .giveUp(.callerDeadline))
  }

  /// Whoever's time was up first: the path's, or the client's.
  @Test func theDeadlineIsTheClientsDoing() {
    var course = Course("a", "b")
    _ = course.decide()
    course.open(0, at: 594)
    course.machine.heard(0, at: at(594))
    #expect(course.machine.tick(at: at(601)) == .expired(attempt: 0, .linkConnectTimeout))
    _ = course.fail(0, .linkConnectTimeout, at: 599)
    course.open(1, at: 599.5)
    #expect(course.machine.tick(at: at(600.4)) == .expired(attempt: 1, .callerDeadline))
  }

  @Test func waitsAreBounded() {
    var course = Course("a", "b", checks: false)
    _ = course.decide()
    course.open(0)
    #expect(course.machine.nextWake == at(1))
    #expect(course.machine.tick(at: at(0.9)) == .nothing)
    #expect(course.machine.tick(at: at(1)) == .expired(attempt: 0, .linkConnectTimeout))
    course.machine.awaitAnswer(0, at: at(1))
    #expect(course.machine.nextWake == at(121))
    #expect(course.machine.tick(at: at(121)) == .expired(attempt: 0, .providerTimeout))
    _ = course.machine.receivedHead(0, isError: false, at: at(2))
    course.machine.progressed(0, at: at(30))
    #expect(course.machine.nextWake == at(90))
    #expect(course.machine.tick(at: at(90)) == .expired(attempt: 0, .providerStalled))
  }

  /// Three times what the path is predicted to take, from one second to the bound, and no longer than silence
  /// is borne.
  @Test(arguments: [(10.0, 1.0), (400, 1.2), (1_000, 3), (9_000, 4.5), (.infinity, 4.5)])
  func aConnectionsWaitComesFromThePrediction(_ pathMs: Double, _ seconds: Double) {
    var course = Course("a", pathMs: pathMs, checks: false)
    _ = course.decide()
    course.open(0)
    #expect(course.machine.nextWake == at(seconds))
  }

  @Test func theLastCandidateHasUntilTheDeadline() {
    var course = Course("a", checks: false)
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(1))
    #expect(course.machine.nextWake == at(600))
  }

  @Test func anErrorsBodyIsNotWaitedForLong() {
    var course = Course("a", "b")
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    #expect(course.machine.receivedHead(0, isError: true, at: at(1)) == nil)
    course.machine.progressed(0, at: at(5))
    #expect(course.machine.nextWake == at(6))
  }

  @Test func aStreamBeatsUntilItsFirstContent() {
    var course = Course("a", "b", stream: true, checks: false)
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(1))
    #expect(course.machine.nextWake == at(10))
    #expect(course.machine.tick(at: at(10)) == .heartbeat(begins: true))
    #expect(course.machine.nextWake == at(20))
    #expect(course.machine.tick(at: at(20)) == .heartbeat(begins: false))
    #expect(course.fail(0, .linkReset, at: 21) == .open(candidate: 1, fresh: false))
    course.open(1, at: 21)
    course.machine.awaitAnswer(1, at: at(21))
    #expect(course.machine.receivedContent(1, at: at(22)) == nil)
    #expect(course.machine.forwardEvent(1, at: at(22)) == false)
    #expect(course.machine.nextWake == at(82))
    #expect(course.fail(1, .linkReset, at: 23) == .breakStream(.linkReset))
  }

  @Test func aStreamOutlivesTheDeadlineOnceItFlows() {
    var course = Course("a", stream: true)
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    _ = course.machine.receivedContent(0, at: at(5))
    #expect(course.machine.forwardEvent(0, at: at(5)) == true)
    _ = course.machine.forwardEvent(0, at: at(700))
    #expect(course.machine.tick(at: at(701)) == .nothing)
    #expect(course.machine.tick(at: at(760)) == .expired(attempt: 0, .providerStalled))
    course.machine.clientIsSlow(true, at: at(760))
    #expect(course.machine.tick(at: at(820)) == .expired(attempt: 0, .callerStalled))
  }

  @Test func aBegunStreamCannotGiveUp() {
    var course = Course("a", stream: true, checks: false)
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    _ = course.machine.tick(at: at(10))
    #expect(course.fail(0, .linkReset, at: 11) == .breakStream(.linkReset))
  }

  @Test func withoutABudgetTheErrorIsTold() {
    var course = Course("a", "b")
    _ = course.decide()
    course.open(0)
    #expect(course.fail(0, .providerError, at: 1) == .open(candidate: 1, fresh: false))
    #expect(course.machine.denied() == .giveUp(.providerError))
    #expect(course.machine.denied() == nil)
  }

  @Test func whatIsUnsafeIsTriedAgainOnlyIfNobodySawIt() {
    var course = Course("a", "b", "c", hedge: HedgePlan(candidate: 2, delay: .zero, reason: ""))
    course.machine = course.new(isUnsafe: true)
    #expect(course.decide() == .open(candidate: 0, fresh: true))
    course.open(0)
    #expect(course.machine.tick(at: at(0)) == .nothing)
    #expect(course.fail(0, .linkConnectTimeout, at: 1) == .open(candidate: 1, fresh: true))
    course.open(1, at: 1)
    course.machine.awaitAnswer(1, at: at(1))
    #expect(course.fail(1, .linkReset, stale: true, at: 2) == .giveUp(.linkReset))
  }
}
