import Decisions
import TestSupport
import Testing

/// Streams that break or stall after the client has a part of them.
@Suite struct BrokenStreamCourseTests {
  typealias Continuance = RequestStateMachine.Continuance

  private func at(_ seconds: Double) -> Instant { Course.at(seconds) }

  /// A stream over the first candidate whose last event came after 1 s.
  private func streaming(
    _ ranked: [String], _ continuance: Continuance, deadline: Double = 600
  ) -> Course {
    var course = Course(stream: true)
    course.ranked = ranked
    course.machine = RequestStateMachine(
      isStream: true, deadline: at(deadline), waits: course.waits, now: at(0))
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    _ = course.machine.receivedContent(0, at: at(1))
    _ = course.machine.forwardEvent(0, at: at(1))
    course.machine.continuance = continuance
    return course
  }

  /// Lets time pass for a held stream until something else is to be done; gives when, and what.
  private func waitOut(
    _ course: inout Course, _ action: RequestStateMachine.Action?, from start: Double
  ) -> (time: Double, action: RequestStateMachine.Action?) {
    var (now, action) = (start, action)
    while case .hold(let until) = action {
      let time = Double(until.nanoseconds) / 1e9
      #expect(time > now)
      now = time
      var tick = course.machine.tick(at: until)
      while case .heartbeat = tick { tick = course.machine.tick(at: until) }
      #expect(tick == .act(.decideAgain))
      action = course.decide(at: now)
    }
    return (now, action)
  }

  @Test func onlyThoseWhoGoOnFromTheTextAreAsked() {
    for (backends, next) in [
      (["b"], RequestStateMachine.Action.resume(candidate: 2)), ([], .breakStream(.linkReset)),
      (["a", "b"], .resume(candidate: 1)),
    ] {
      var course = streaming(["a/leo", "a/geo", "b/leo"], .fromText(by: Set(backends)))
      #expect(course.fail(0, .linkReset, at: 2) == next)
    }
  }

  @Test func whatIsKeptIsAskedOfItsKeeperAlone() {
    var course = streaming(["a/leo", "b/leo", "a/geo"], .kept(by: "a"))
    #expect(course.fail(0, .linkRefused, at: 2) == .resume(candidate: 2))
    course.open(2, at: 2)
    #expect(course.fail(1, .providerError, at: 2.1) == .resume(candidate: 0))
    course.open(0, at: 2.1)
    // Both ways have been tried: a little later they are again.
    #expect(course.fail(2, .linkReset, at: 2.2) == .hold(until: at(2.4)))
  }

  /// Whichever broke last: a slow way that breaks each time would else be tried for ever.
  @Test func afterAHoldTheBestWayIsTriedFirst() {
    var course = streaming(["a/leo", "a/geo"], .kept(by: "a"))
    #expect(course.fail(0, .linkReset, at: 2) == .resume(candidate: 1))
    course.open(1, at: 2)
    #expect(course.fail(1, .linkReset, at: 2.1) == .resume(candidate: 0))
    course.open(0, at: 2.1)
    let next = waitOut(&course, course.fail(2, .linkReset, at: 2.2), from: 2.2)
    #expect(next.action == .resume(candidate: 0))
  }

  /// However often: nothing is made twice.
  @Test func whatIsKeptMayBreakAnyNumberOfTimes() {
    var course = streaming(["a/leo", "a/geo"], .kept(by: "a"))
    var now = 1.0
    for number in 0..<50 {
      now += 1
      let next = 1 - number % 2
      #expect(course.fail(number, .linkReset, at: now) == .resume(candidate: next))
      course.open(next, at: now)
      course.machine.awaitAnswer(number + 1, at: at(now))
      course.machine.reattached(number + 1, at: at(now))
      _ = course.machine.forwardEvent(number + 1, at: at(now))
    }
  }

  /// A keeper that is there and gives nothing is not asked for ever.
  @Test func aKeeperThatGivesNothingIsLeft() {
    var course = streaming(["a"], .kept(by: "a"))
    var next = waitOut(&course, course.fail(0, .linkReset, at: 2), from: 2)
    var number = 0
    while next.action == .resume(candidate: 0) {
      number += 1
      course.open(0, at: next.time)
      course.machine.awaitAnswer(number, at: at(next.time))
      course.machine.reattached(number, at: at(next.time))
      next = waitOut(
        &course, course.fail(number, .providerTruncated, at: next.time), from: next.time)
    }
    #expect(next.action == .breakStream(.providerTruncated) && number == 20)
  }

  @Test func goingOnFromTheTextIsBounded() {
    var course = streaming(["a/leo", "a/geo"], .fromText(by: ["a"]))
    for number in 0..<3 {
      let time = 2.0 + Double(number)
      #expect(course.fail(number, .linkReset, at: time) == .resume(candidate: 1 - number % 2))
      course.open(1 - number % 2, at: time)
      course.machine.awaitAnswer(number + 1, at: at(time))
      _ = course.machine.receivedContent(number + 1, at: at(time))
      _ = course.machine.forwardEvent(number + 1, at: at(time))
    }
    #expect(course.fail(3, .linkReset, at: 6) == .breakStream(.linkReset))
  }

  /// A link that is down for a while holds the stream; the client is told that there is life.
  @Test(arguments: [Continuance.kept(by: "a"), .fromText(by: ["a"])])
  func anOutageIsHeldThrough(_ continuance: Continuance) {
    var course = streaming(["a"], continuance)
    course.down = ["a"]
    var action = course.fail(0, .linkOutage, at: 2)
    #expect(action == .hold(until: at(2.2)))
    var beats = 0
    var now = 2.0
    while case .hold(let until) = action, now < 20 {
      now = Double(until.nanoseconds) / 1e9
      if case .heartbeat(let begins) = course.machine.tick(at: at(now - 0.001)) {
        #expect(!begins)
        beats += 1
      }
      #expect(course.machine.tick(at: until) == .act(.decideAgain))
      action = course.decide(at: now)
    }
    #expect(beats >= 1)
    course.down = []
    let (back, next) = waitOut(&course, action, from: now)
    #expect(next == .resume(candidate: 0) && back - now <= 1)
  }

  @Test func aLongOutageEndsTheStreamHonestly() {
    var course = streaming(["a"], .kept(by: "a"))
    course.down = ["a"]
    let (end, action) = waitOut(&course, course.fail(0, .linkOutage, at: 2), from: 2)
    #expect(action == .breakStream(.linkOutage) && end == 32)
  }

  /// The client's deadline counts unless it was over long before.
  @Test(arguments: [(10.0, 10.0), (1.5, 32.0)])
  func theClientsDeadlineBoundsTheHold(_ deadline: Double, _ expected: Double) {
    var course = streaming(["a"], .kept(by: "a"), deadline: deadline)
    course.down = ["a"]
    let (end, action) = waitOut(&course, course.fail(0, .linkOutage, at: 2), from: 2)
    #expect(action == .breakStream(.linkOutage) && end == expected)
  }

  @Test func whatTheForecastDeniesIsNotWaitedFor() {
    var course = streaming(["a"], .kept(by: "a"))
    course.down = ["a"]
    #expect(course.fail(0, .linkOutage, at: 2) == .hold(until: at(2.2)))
    #expect(course.machine.tick(at: at(2.2)) != .nothing)
    course.ranked = []
    #expect(course.decide(retryAt: 60, at: 2.2) == .breakStream(.linkOutage))
  }

  /// Without another way a stream is let alone for as long as a request is, then held.
  @Test func aQuietStreamRidesAShortOutageOut() {
    var course = streaming(["a"], .kept(by: "a"))
    course.down = ["a"]
    #expect(course.check(at: 2) == .act(.decideAgain))
    #expect(course.decide(at: 2) == nil)
    course.down = []
    #expect(course.check(at: 3) == .nothing)
    course.down = ["a"]
    #expect(course.check(at: 4) == .act(.decideAgain))
    #expect(course.decide(at: 4) == nil)
    #expect(course.check(at: 6) == .expired(attempt: 0, .linkOutage))
    #expect(course.fail(0, .linkOutage, at: 6) == .hold(until: at(6.2)))
  }

  /// Whoever was never reached has not gone on.
  @Test func connectionsThatDoNotStandDoNotCount() {
    var course = streaming(["a"], .fromText(by: ["a"]))
    var action = course.fail(0, .linkReset, at: 2)
    var now = 2.0
    for number in 1...6 {
      let next = waitOut(&course, action, from: now)
      #expect(next.action == .resume(candidate: 0))
      course.open(0, at: next.time)
      now = next.time + 0.5
      action = course.fail(number, .linkConnectTimeout, at: now)
    }
    guard case .hold = action else {
      Issue.record("\(String(describing: action))")
      return
    }
  }
}

/// Streams that fall silent, nobody knows why.
@Suite struct StalledStreamCourseTests {
  private func at(_ seconds: Double) -> Instant { Course.at(seconds) }

  /// A stream over the first candidate with events at these times.
  private func streaming(
    _ ranked: [String], _ continuance: RequestStateMachine.Continuance, events: [Double] = [1],
    longestGapMs: Double? = nil
  ) -> Course {
    var course = Course(stream: true)
    course.ranked = ranked
    course.longestGapMs = longestGapMs
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    _ = course.machine.receivedContent(0, at: at(events[0]))
    for time in events { _ = course.machine.forwardEvent(0, at: at(time)) }
    course.machine.continuance = continuance
    return course
  }

  @Test func aStallIsABreakWhereTheStreamCanGoOn() {
    var course = streaming(["a/leo", "a/geo"], .fromText(by: ["a"]))
    #expect(course.check(at: 10.9) == .nothing)
    #expect(course.check(at: 11) == .expired(attempt: 0, .providerStalled))
    #expect(course.fail(0, .providerStalled, at: 11) == .resume(candidate: 1))
  }

  /// A slow model must not be killed: nobody else could go on.
  @Test func elsewhereItIsWaitedFor() {
    var alone = streaming(["a"], .fromText(by: ["a"]))
    #expect(alone.check(at: 60) == .nothing)
    var anew = streaming(["a", "b"], .fromText(by: ["a"]))
    #expect(anew.check(at: 60) == .nothing)
    var never = streaming(["a", "b"], .none)
    #expect(never.check(at: 60) == .nothing)
    var cutOff = streaming(["a/leo", "a/geo"], .fromText(by: ["a"]))
    cutOff.down = ["a/geo"]
    #expect(cutOff.check(at: 60) == .nothing)
    var slow = streaming(["a/leo", "a/geo"], .fromText(by: ["a"]))
    slow.machine.clientIsSlow(true, at: at(1))
    #expect(slow.check(at: 60) == .nothing)
  }

  /// What is usual of the backend, or of this very stream, is no stall.
  @Test func theUsualPaceIsLearned() {
    var learned = streaming(["a/leo", "a/geo"], .fromText(by: ["a"]), longestGapMs: 5_000)
    #expect(learned.check(at: 20.9) == .nothing)
    #expect(learned.check(at: 21) == .expired(attempt: 0, .providerStalled))
    var seen = streaming(["a/leo", "a/geo"], .fromText(by: ["a"]), events: [1, 2, 7, 7.1])
    #expect(seen.machine.longestGap == .seconds(5))
    #expect(seen.check(at: 27) == .nothing)
    #expect(seen.check(at: 27.1) == .expired(attempt: 0, .providerStalled))
  }

  /// What is kept is asked for again, over the same path if need be, and each time waited for twice as long.
  @Test func aKeptAnswerIsAskedForAgainAndAgainNotOften() {
    var course = streaming(["a"], .kept(by: "a"))
    var now = 1.0
    var waits: [Double] = []
    for number in 0..<3 {
      var wait = 0.0
      while course.check(at: now + wait) == .nothing { wait += 1 }
      waits.append(wait)
      now += wait
      var action = course.fail(number, .providerStalled, at: now)
      if case .hold(let until) = action {
        now = Double(until.nanoseconds) / 1e9
        action = course.decide(at: now)
      }
      #expect(action == .resume(candidate: 0))
      course.open(0, at: now)
      course.machine.awaitAnswer(number + 1, at: at(now))
      course.machine.reattached(number + 1, at: at(now))
    }
    #expect(waits == [10, 20, 40])
    _ = course.machine.forwardEvent(3, at: at(now))
    #expect(course.check(at: now + 9.9) == .nothing)
  }
}
