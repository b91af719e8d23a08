import Decisions
import Testing

/// Two attempts at once.
@Suite struct HedgingCourseTests {
  private let plan = HedgePlan(candidate: 2, delay: .milliseconds(300), reason: "test")

  private func at(_ seconds: Double) -> Instant { Course.at(seconds) }

  private func hedged() -> Course {
    var course = Course("a/leo", "a/geo", "b/geo", hedge: plan, stream: true, checks: false)
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0.1))
    #expect(course.machine.nextWake == at(0.3))
    #expect(course.machine.tick(at: at(0.2)) == .nothing)
    #expect(course.machine.tick(at: at(0.3)) == .act(.hedge(candidate: 2)))
    #expect(course.machine.tick(at: at(0.3)) == .nothing)
    course.open(2, isHedge: true, at: 0.3)
    course.machine.awaitAnswer(1, at: at(0.3))
    return course
  }

  @Test(arguments: [(0, 1), (1, 0)])
  func whoeverBringsContentFirstWins(_ winner: Int, _ loser: Int) {
    var course = hedged()
    #expect(course.machine.receivedContent(winner, at: at(1)) == .cancel(attempt: loser))
    #expect(course.machine.winner == winner)
    #expect(course.machine.phase(of: loser) == nil)
    #expect(course.machine.receivedContent(loser, at: at(1)) == nil)
    #expect(course.machine.winner == winner)
    #expect(course.fail(loser, .linkReset, at: 2) == nil)
    #expect(course.machine.finish() == true)
  }

  @Test(arguments: [(0, 1), (1, 0)])
  func ifOneFailsTheOtherGoesOnAlone(_ failing: Int, _ other: Int) {
    var course = hedged()
    #expect(course.fail(failing, .linkReset, at: 1) == nil)
    #expect(course.fail(other, .linkReset, at: 2) == .open(candidate: 1, fresh: false))
  }

  @Test func anErrorDoesNotWin() {
    var course = hedged()
    #expect(course.machine.receivedHead(0, isError: true, at: at(1)) == nil)
    #expect(course.machine.receivedContent(1, at: at(1)) == .cancel(attempt: 0))
  }

  @Test func noHedgeOnceThereIsContent() {
    var course = Course("a", "b", hedge: HedgePlan(candidate: 1, delay: .seconds(1), reason: ""))
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: at(0))
    _ = course.machine.receivedHead(0, isError: false, at: at(0.5))
    #expect(course.machine.tick(at: at(1)) == .nothing)
  }

  @Test func noHedgeAfterAFailure() {
    var course = Course(
      "a", "b", "c", hedge: HedgePlan(candidate: 1, delay: .seconds(1), reason: ""))
    _ = course.decide()
    course.open(0)
    #expect(course.fail(0, .linkReset, at: 0.5) == .open(candidate: 1, fresh: false))
    course.open(1, at: 0.5)
    #expect(course.machine.tick(at: at(1)) == .checkLinks)
    #expect(course.machine.tick(at: at(1)) == .nothing)
  }

  @Test func aHedgeWithoutBudgetIsNotAskedForAgain() {
    var course = Course("a", "b", hedge: HedgePlan(candidate: 1, delay: .zero, reason: ""))
    _ = course.decide()
    course.open(0)
    #expect(course.machine.nextWake == at(0))
    #expect(course.machine.tick(at: at(0)) == .act(.hedge(candidate: 1)))
    #expect(course.machine.tick(at: at(0)) == .nothing)
    #expect(course.fail(0, .linkReset, at: 1) == .open(candidate: 1, fresh: false))
  }
}
