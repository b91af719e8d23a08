import Decisions
import TestSupport
import Testing

/// Outages that nobody knows of: nothing is heard of any backend.
@Suite struct UnreachableCourseTests {
  /// Whatever the candidates, and whatever of their links is known when: an interactive request ends within
  /// 5 s with an error that says when to come again.
  @Test func whateverThereIsTheClientKnowsWithinFiveSeconds() {
    var kinds: Set<String> = []
    for seed in 0..<2_000 {
      var world = SilentWorld(seed: UInt64(seed))
      let (end, fault) = world.run()
      #expect(end <= 5, "seed \(seed): \(end) s, \(world.course.ranked.count) candidates")
      #expect(fault?.isOfLink == true, "seed \(seed): \(String(describing: fault))")
      kinds.formUnion(world.kinds)
      if end > 5 || fault?.isOfLink != true { return }
    }
    #expect(kinds == ["hangs", "kept", "no way", "known", "hedge", "hold"])
  }

  /// All have their chance.
  @Test func eachCandidateIsTried() {
    var course = Course("a", "b", "c", "d", "e", pathMs: 2_000)
    var action = course.decide()
    var now = 0.0
    var opened: [Int] = []
    while case .open(let candidate, _) = action {
      course.open(candidate, at: now)
      opened.append(candidate)
      guard let wake = course.machine.nextWake else { break }
      now = Double(wake.nanoseconds) / 1e9
      while case .checkLinks = course.machine.tick(at: Course.at(now)) {
        _ = course.check(at: now)
        now = (course.machine.nextWake.map { Double($0.nanoseconds) } ?? 0) / 1e9
      }
      action = course.fail(opened.count - 1, .linkConnectTimeout, at: now)
    }
    #expect(opened == [0, 1, 2, 3, 4])
    #expect(now <= 4.5 && action == .giveUp(.linkConnectTimeout))
  }

  /// One that has been heard starts the time anew: only silence counts.
  @Test func whoeverAnswersLateWasThere() {
    var course = Course("a", "b", pathMs: 50)
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: Course.at(0.1))
    #expect(course.fail(0, .providerError, at: 60) == .open(candidate: 1, fresh: false))
    course.open(1, at: 60)
    #expect(course.machine.nextWake == Course.at(60.2))
  }

  /// An outage under a request that has waited for long is not held against its age.
  @Test func anOutageAfterALongWaitLeavesTimeForOthers() {
    var course = Course("a/leo", "b/geo")
    _ = course.decide()
    course.open(0)
    course.machine.awaitAnswer(0, at: Course.at(0.1))
    course.down = ["a/leo"]
    #expect(course.check(at: 60) == .expired(attempt: 0, .linkOutage))
    #expect(course.fail(0, .linkOutage, at: 60) == .open(candidate: 1, fresh: false))
  }
}

/// A request in a world in which nothing leads anywhere; some of that is known at once, some after a while,
/// some never.
private struct SilentWorld {
  var course: Course
  private(set) var kinds: Set<String> = []
  private var random: Seeded
  private var knownAt: [String: Double] = [:]
  private var kept: Set<String> = []
  private var noWay: Set<String> = []
  private var now = 0.0
  private var live: [Int: String] = [:]
  private var opened = 0
  private var ending: Fault?

  init(seed: UInt64) {
    random = Seeded(seed)
    course = Course(pathMs: [20, 300, 600, 2_000, .infinity].randomElement(using: &random) ?? 20)
    let count = Int.random(in: 1...8, using: &random)
    course.ranked = (0..<count).map { "b\($0 / 2)/u\($0)" }
    if count > 1, Bool.random(using: &random) {
      course.hedge = HedgePlan(
        candidate: .random(in: 1..<count, using: &random),
        delay: .milliseconds(Int.random(in: 0...900, using: &random)), reason: "")
    }
    for name in course.ranked {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: knownAt[name] = 0
      case 1: knownAt[name] = .random(in: 0...1.5, using: &random)
      // What was sent over a kept connection is found out to be lost by TCP.
      case 2: (kept, knownAt[name]) = (kept.union([name]), .random(in: 1...2, using: &random))
      case 3: noWay.insert(name)
      default: break
      }
    }
  }

  mutating func run() -> (end: Double, fault: Fault?) {
    perform(course.decide(at: 0))
    for _ in 0..<2_000 where ending == nil {
      guard let wake = course.machine.nextWake else { break }
      now = max(now, Double(wake.nanoseconds) / 1e9)
      course.down = Set(knownAt.filter { $0.value <= now }.keys)
      tick()
    }
    return (now, ending)
  }

  private mutating func tick() {
    for _ in 0..<50 where ending == nil {
      var tick = course.machine.tick(at: Course.at(now))
      if tick == .checkLinks {
        tick = course.check(at: now)
        if tick == .nothing { continue }
      }
      switch tick {
      case .nothing, .checkLinks: return
      case .heartbeat: break
      case .expired(let number, let fault):
        live[number] = nil
        if fault == .linkOutage { kinds.insert("known") }
        perform(course.fail(number, fault, at: now))
      case .act(let action): perform(action)
      }
    }
  }

  private mutating func perform(_ first: RequestStateMachine.Action?) {
    var next = first
    while let action = next {
      next = nil
      switch action {
      case .open(let candidate, _): next = open(candidate)
      case .hedge(let candidate):
        kinds.insert("hedge")
        next = open(candidate, isHedge: true)
      case .hold: kinds.insert("hold")
      case .decideAgain: next = course.decide(at: now)
      case .giveUp(let fault), .breakStream(let fault): ending = fault
      case .cancel, .resume: break
      }
    }
  }

  private mutating func open(
    _ candidate: Int, isHedge: Bool = false
  ) -> RequestStateMachine.Action? {
    let (number, name) = (opened, course.ranked[candidate])
    opened += 1
    course.open(candidate, isHedge: isHedge, at: now)
    if noWay.contains(name) {
      kinds.insert("no way")
      return course.fail(number, .linkUnreachable, at: now)
    }
    live[number] = name
    kinds.insert(kept.contains(name) ? "kept" : "hangs")
    if kept.contains(name) {
      course.machine.awaitAnswer(number, isNew: false, at: Course.at(now))
    }
    return nil
  }
}
