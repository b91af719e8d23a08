import Decisions
import TestSupport
import Testing

/// Random courses: whatever backends, links and clients do, a request ends once and nothing is left over.
@Suite struct CourseModelTests {
  @Test func everyRequestEndsOnce() {
    var seen: Set<String> = []
    for seed in 0..<1_500 {
      var world = RandomCourse(seed: UInt64(seed))
      world.run()
      #expect(world.mistakes.isEmpty, "seed \(seed): \(world.mistakes)")
      if !world.mistakes.isEmpty { return }
      seen.formUnion(world.happened)
    }
    // A model that never gets there proves nothing.
    #expect(
      seen.isSuperset(of: [
        "open", "fresh", "hedge", "cancel", "hold", "decideAgain", "resume", "giveUp",
        "breakStream", "answered", "left", "heartbeat", "expired", "denied", "won by hedge",
      ]), "missing: \(seen)")
  }
}

/// A world that does what its seed says, in virtual time, and watches the state machine deal with it.
private struct RandomCourse {
  /// What an attempt is going to do.
  enum Fate {
    case connects
    case brings
    case errs
    case breaks(Fault)
    case completes
  }

  struct Coming {
    var time: Double
    var fate: Fate
  }

  private var random: Seeded
  private var course: Course
  private var now = 0.0
  private var isOver = false
  private var live: [Int: [Coming]] = [:]
  private var outages: [String: ClosedRange<Double>] = [:]
  private var content: Int?
  private var leaves: Double?
  private let isUnsafe: Bool
  private let continuance: RequestStateMachine.Continuance
  private var opened = 0
  private var ended = 0
  private(set) var mistakes: [String] = []
  private(set) var happened: Set<String> = []

  init(seed: UInt64) {
    random = Seeded(seed)
    let stream = Bool.random(using: &random)
    course = Course(stream: stream)
    let names = ["a/leo", "a/geo", "b/leo", "b/geo", "c"]
    course.ranked = Array(names.shuffled(using: &random).prefix(.random(in: 0...4, using: &random)))
    if course.ranked.count > 1, Bool.random(using: &random) {
      course.hedge = HedgePlan(
        candidate: .random(in: 1..<course.ranked.count, using: &random),
        delay: .milliseconds(Int.random(in: 0...900, using: &random)), reason: "")
    }
    isUnsafe = Int.random(in: 0..<8, using: &random) == 0
    continuance =
      switch Int.random(in: 0..<4, using: &random) {
      case 0: .none
      case 1: .kept(by: ["a", "b"].randomElement(using: &random) ?? "a")
      default: .fromText(by: ["a", "b", "c"])
      }
    course.machine = course.new(isUnsafe: isUnsafe)
    for name in names where Int.random(in: 0..<3, using: &random) == 0 {
      let start = Double.random(in: 0...3, using: &random)
      outages[name] = start...(start + .random(in: 0.1...4, using: &random))
    }
    if Int.random(in: 0..<6, using: &random) == 0 {
      leaves = .random(in: 0...8, using: &random)
    }
  }

  mutating func run() {
    perform(.decideAgain)
    for _ in 0..<20_000 where !isOver { step() }
    if !isOver { mistakes.append("never over") }
    if opened != ended { mistakes.append("\(opened) opened, \(ended) ended") }
    if course.machine.finish() { mistakes.append("over, and does not know it") }
    if course.machine.nextWake != nil { mistakes.append("wakes after its end") }
  }

  /// Goes to whatever comes next.
  private mutating func step() {
    let next = live.flatMap { number, coming in coming.first.map { [(number, $0)] } ?? [] }
      .min { ($0.1.time, $0.0) < ($1.1.time, $1.0) }
    let wake = course.machine.nextWake.map { Double($0.nanoseconds) / 1e9 } ?? .infinity
    let left = leaves ?? .infinity
    let time = min(next?.1.time ?? .infinity, wake, left)
    guard time.isFinite else { return stop("a wake is lost") }
    now = max(now, time)
    course.down = Set(outages.filter { $0.value.contains(now) }.keys)
    if left == time {
      happened.insert("left")
      if !course.machine.finish() { mistakes.append("left after the end") }
      return over()
    }
    if let next, next.1.time == time {
      live[next.0]?.removeFirst()
      happen(next.1.fate, to: next.0)
    } else {
      tick()
    }
    if live.count > 2 { mistakes.append("\(live.count) attempts at once") }
  }

  private mutating func tick() {
    for _ in 0..<20 {
      var tick = course.machine.tick(at: Course.at(now))
      if tick == .checkLinks {
        tick = course.check(at: now)
        if tick == .nothing { continue }
      }
      switch tick {
      case .nothing:
        if let wake = course.machine.nextWake, wake <= Course.at(now) {
          mistakes.append("a busy loop")
        }
        return
      case .checkLinks: return
      case .heartbeat: happened.insert("heartbeat")
      case .expired(let number, let fault):
        happened.insert("expired")
        fail(number, fault)
      case .act(let action): perform(action)
      }
    }
    stop("too much at once")
  }

  private mutating func happen(_ fate: Fate, to number: Int) {
    let time = Course.at(now)
    switch fate {
    case .connects: course.machine.awaitAnswer(number, at: time)
    case .errs: perform(course.machine.receivedHead(number, isError: true, at: time))
    case .breaks(let fault): fail(number, fault)
    case .brings:
      if course.isStream {
        if course.machine.winner != number {
          perform(course.machine.receivedContent(number, at: time))
        }
        _ = course.machine.forwardEvent(number, at: time)
        course.machine.continuance = continuance
        content = number
      } else {
        perform(course.machine.receivedHead(number, isError: false, at: time))
      }
      if course.machine.winner != number { mistakes.append("content of a loser") }
      if live.keys.contains(where: { $0 != number }) { mistakes.append("the loser goes on") }
    case .completes:
      if course.machine.winner != number { mistakes.append("the end of a loser") }
      if !course.machine.finish() { mistakes.append("answered twice") }
      happened.insert("answered")
      over()
    }
  }

  private mutating func fail(_ number: Int, _ fault: Fault) {
    guard live.removeValue(forKey: number) != nil else {
      return stop("attempt \(number) is ended twice")
    }
    ended += 1
    let stale = Int.random(in: 0..<5, using: &random) == 0
    perform(course.fail(number, fault, stale: stale, at: now))
  }

  private mutating func perform(_ first: RequestStateMachine.Action?) {
    var next = first
    while let action = next {
      next = nil
      if isOver { mistakes.append("\(action) after the end") }
      switch action {
      case .open(let candidate, let fresh):
        happened.insert(fresh ? "fresh" : "open")
        if opened > 0, Int.random(in: 0..<12, using: &random) == 0 {
          happened.insert("denied")
          next = course.machine.denied()
        } else {
          open(candidate)
        }
      case .hedge(let candidate):
        happened.insert("hedge")
        if isUnsafe { mistakes.append("an unsafe request is hedged") }
        if content != nil { mistakes.append("a hedge after content") }
        if Int.random(in: 0..<5, using: &random) > 0 { open(candidate, isHedge: true) }
      case .resume(let candidate):
        happened.insert("resume")
        if content == nil { mistakes.append("nothing to continue") }
        open(candidate)
      case .cancel(let number):
        happened.insert("cancel")
        if number == 0 { happened.insert("won by hedge") }
        if live.removeValue(forKey: number) == nil { mistakes.append("cancels what is over") }
        ended += 1
      case .hold: happened.insert("hold")
      case .decideAgain:
        happened.insert("decideAgain")
        next = course.decide(at: now)
      case .giveUp:
        happened.insert("giveUp")
        if content != nil { mistakes.append("an error answer after content") }
        over()
      case .breakStream:
        happened.insert("breakStream")
        over()
      }
    }
  }

  private mutating func open(_ candidate: Int, isHedge: Bool = false) {
    let number = opened
    opened += 1
    if live.values.count == 1, !isHedge { mistakes.append("a second first attempt") }
    course.open(candidate, isHedge: isHedge, at: now)
    live[number] = fates()
  }

  /// What the attempt that begins now will do; nothing after what it does last: silence.
  private mutating func fates() -> [Coming] {
    var coming: [Coming] = []
    var time = now
    func later(_ longest: Double, _ random: inout Seeded) -> Double {
      Double.random(in: 0.001...longest, using: &random)
    }
    let faults: [Fault] = [
      .linkReset, .linkRefused, .providerError, .providerBadAnswer, .linkUnreachable,
    ]
    let breaks = faults.randomElement(using: &random).map(Fate.breaks) ?? .errs
    func add(_ fate: Fate, _ longest: Double, _ random: inout Seeded) {
      time += later(longest, &random)
      coming.append(Coming(time: time, fate: fate))
    }
    let luck = Int.random(in: 0..<10, using: &random)
    if luck == 0 { return [] }
    if luck == 1 {
      add(breaks, 1, &random)
      return coming
    }
    add(.connects, 0.8, &random)
    if luck == 2 { return coming }
    if luck == 3 { add(.errs, 2, &random) }
    if luck <= 5 {
      add(breaks, 12, &random)
      return coming
    }
    for _ in 0..<Int.random(in: 1...5, using: &random) { add(.brings, 3, &random) }
    if luck == 6 { return coming }
    add(luck == 7 ? breaks : .completes, 3, &random)
    return coming
  }

  private mutating func over() {
    ended += live.count
    live = [:]
    isOver = true
  }

  private mutating func stop(_ mistake: String) {
    mistakes.append(mistake)
    over()
  }
}
