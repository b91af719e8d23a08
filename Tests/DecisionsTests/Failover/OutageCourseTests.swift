import Decisions
import Testing

/// Links that go down and come back.
@Suite struct OutageCourseTests {
  private func at(_ seconds: Double) -> Instant { Course.at(seconds) }

  @Test func aShortOutageIsRiddenThrough() {
    var course = Course()
    #expect(course.decide(at: 0) == .hold(until: at(0.2)))
    #expect(course.machine.nextWake == at(0.2))
    #expect(course.machine.tick(at: at(0.1)) == .nothing)
    #expect(course.machine.tick(at: at(0.2)) == .act(.decideAgain))
    #expect(course.decide(retryAt: 0.3, at: 0.2) == .hold(until: at(0.3)))
    #expect(course.machine.tick(at: at(0.3)) == .act(.decideAgain))
    course.ranked = ["a"]
    #expect(course.decide(at: 0.3) == .open(candidate: 0, fresh: false))
  }

  @Test func alongOutageIsToldAtOnceWhereTheForecastKnows() {
    var course = Course()
    #expect(course.decide(retryAt: 30, at: 0) == .giveUp(.linkNoPath))
  }

  @Test func aLongOutageIsToldInTime() {
    var course = Course("a", "b")
    course.down = ["a", "b"]
    var now = 0.0
    var action = course.decide(at: now)
    while case .hold(let until) = action {
      now = Double(until.nanoseconds) / 1e9
      #expect(course.machine.tick(at: until) == .act(.decideAgain))
      action = course.decide(at: now)
    }
    #expect(action == .giveUp(.linkOutage))
    #expect(now == 2)
  }

  @Test func aPathWhoseLinkIsDownIsNotTried() {
    var course = Course("a", "b")
    course.down = ["a"]
    #expect(course.decide() == .open(candidate: 1, fresh: false))
  }

  /// Nobody waits full time-outs for a link that is known to be down, if there is another.
  @Test(arguments: [false, true])
  func anAttemptLeavesALinkThatGoesDown(_ isConnected: Bool) {
    var course = Course("a/leo", "a/geo")
    _ = course.decide()
    course.open(0)
    if isConnected { course.machine.awaitAnswer(0, at: at(0.1)) }
    #expect(course.machine.nextWake == at(0.2))
    #expect(course.machine.tick(at: at(0.2)) == .checkLinks)
    #expect(course.check(at: 0.2) == .nothing)
    course.down = ["a/leo"]
    #expect(course.machine.tick(at: at(0.4)) == .checkLinks)
    #expect(course.check(at: 0.4) == .expired(attempt: 0, .linkOutage))
    #expect(course.fail(0, .linkOutage, at: 0.4) == .open(candidate: 1, fresh: false))
  }

  @Test func withoutAnotherWayTheAttemptRidesTheOutageOut() {
    var course = Course("a")
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    course.down = ["a"]
    #expect(course.check(at: 10) == .act(.decideAgain))
    #expect(course.decide(at: 10) == nil)
    course.down = []
    #expect(course.check(at: 11) == .nothing)
    course.down = ["a"]
    #expect(course.check(at: 20) == .act(.decideAgain))
    #expect(course.check(at: 22) == .expired(attempt: 0, .linkOutage))
    #expect(course.fail(0, .linkOutage, at: 22) == .giveUp(.linkOutage))
  }

  @Test func aNewWayIsTakenDuringAnOutage() {
    var course = Course("a")
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    course.down = ["a"]
    #expect(course.check(at: 10) == .act(.decideAgain))
    course.ranked = ["a", "b"]
    #expect(course.decide(at: 10) == nil)
    #expect(course.check(at: 10.2) == .expired(attempt: 0, .linkOutage))
    #expect(course.fail(0, .linkOutage, at: 10.2) == .open(candidate: 1, fresh: false))
  }

  /// Links can be down without anybody knowing yet.
  @Test func connectionsThatDoNotStandAreTriedAgainForAWhile() {
    var course = Course("a")
    _ = course.decide()
    course.open(0)
    #expect(course.fail(0, .linkConnectTimeout, at: 1) == .hold(until: at(1.2)))
    #expect(course.machine.tick(at: at(1.2)) == .act(.decideAgain))
    #expect(course.decide(at: 1.2) == .open(candidate: 0, fresh: false))
    course.open(0, at: 1.2)
    #expect(course.fail(1, .linkConnectTimeout, at: 2.2) == .giveUp(.linkConnectTimeout))
  }

  @Test func theClientsDeadlineHoldsInAnOutage() {
    var course = Course()
    course.machine = RequestStateMachine(
      isStream: true, deadline: at(0.1), waits: course.waits, now: at(0))
    _ = course.decide(at: 0)
    #expect(course.machine.nextWake == at(0.1))
    #expect(course.machine.tick(at: at(0.1)) == .act(.giveUp(.callerDeadline)))
  }

  @Test func aQuietStreamOnALinkThatIsDownMovesIfItCanBeContinued() {
    for canContinue in [false, true] {
      var course = Course("a/leo", "a/geo", stream: true)
      _ = course.decide()
      course.open(0)
      course.machine.awaitAnswer(0, at: at(0))
      _ = course.machine.receivedContent(0, at: at(1))
      _ = course.machine.forwardEvent(0, at: at(1))
      if canContinue { course.machine.continuance = .fromText(by: ["a"]) }
      course.down = ["a/leo"]
      #expect(course.machine.tick(at: at(1.9)) == .nothing)
      guard canContinue else {
        #expect(course.machine.tick(at: at(2)) == .nothing)
        continue
      }
      #expect(course.machine.tick(at: at(2)) == .checkLinks)
      #expect(course.check(at: 2) == .expired(attempt: 0, .linkOutage))
      #expect(course.fail(0, .linkOutage, at: 2) == .resume(candidate: 1))
    }
  }
}
