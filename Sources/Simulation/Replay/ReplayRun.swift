import Calibration
import Decisions
import Fleet
import Network
import Orbits

/// One replay, event by event.
struct ReplayRun {
  private enum Event {
    case slot(Slot)
    case request(Int)
    case hedge(Int)
    case answer(Int, attempt: Int)
    case timeout(Int)
    case check(Link)
    case look(Link)
  }

  private enum Link: String, CaseIterable {
    case first, second

    var path: PathID { PathID(backend: "far", uplink: rawValue) }
  }

  private struct Attempt {
    var link: Link
    var started: UTC
  }

  private struct Request {
    var arrival: UTC
    var hedge: Link?
    var attempts: [Attempt]
  }

  /// How long a request or a check is waited for, seconds.
  private static let patienceSeconds = 5.0
  private static let checkSeconds = 10.0
  private static let lookSeconds = 0.2
  private static let service = ServiceKind(backend: "far", endpoint: "ping", stream: false)
  private static let bytes = 64
  private static let forecastSlots = 20

  private let replay: LinkReplay
  private let method: LinkReplay.Method
  private var policy: RoutingPolicy
  private var budget: AttemptBudget
  private var knowledge: Knowledge
  private var events = EventQueue<Event>()
  private var requests: [Int: Request] = [:]
  private var times: [Double] = []
  private var outcome = LinkReplay.Outcome(
    requests: 0, late: 0, lost: 0, hedges: 0, hedgesWon: 0, overFirst: 0, p50Ms: 0, p95Ms: 0,
    p99Ms: 0, p999Ms: 0)
  private let firstOneWayMs: (light: Double, expected: Double)

  init(_ replay: LinkReplay, method: LinkReplay.Method) {
    self.replay = replay
    self.method = method
    var settings = HedgingSettings.off
    if case .decided(let hedging) = method { settings = hedging }
    policy = RoutingPolicy(hedging: HedgePolicy(settings: settings))
    budget = AttemptBudget(hedgeShare: settings.budget)
    let answered = replay.pings.compactMap(\.roundTripMs).sorted()
    firstOneWayMs = (
      (answered.first ?? 0) / 2, (answered.isEmpty ? 0 : answered[answered.count / 2]) / 2
    )
    let start = replay.pings.first?.sent ?? UTC(nanosecondsSince1970: 0)
    let ways = Ways(
      uplinks: Link.allCases.map(\.rawValue),
      backends: [Ways.Backend(name: "far", destination: "there", models: ["m"])])
    knowledge = Knowledge(ways, at: start)
    guard !replay.pings.isEmpty else { return }
    events.add(.slot(Slot(containing: start)), at: Instant(start))
    events.add(.request(0), at: Instant(start))
    for link in Link.allCases {
      events.add(.check(link), at: Instant(start))
      events.add(.look(link), at: Instant(start))
    }
  }

  mutating func run() -> LinkReplay.Outcome {
    while outcome.requests < replay.pings.count || !requests.isEmpty,
      let (time, event) = events.next()
    {
      handle(event, at: time.utc)
    }
    times.sort()
    func percentile(_ share: Double) -> Double {
      times.isEmpty ? 0 : times[min(times.count - 1, Int(share * Double(times.count)))]
    }
    outcome.p50Ms = percentile(0.5)
    outcome.p95Ms = percentile(0.95)
    outcome.p99Ms = percentile(0.99)
    outcome.p999Ms = percentile(0.999)
    return outcome
  }

  private mutating func handle(_ event: Event, at now: UTC) {
    switch event {
    case .slot(let slot):
      knowledge.publish([forecast(.first, from: slot), forecast(.second, from: slot)])
      events.add(.slot(slot.next), at: Instant(slot.end))
    case .request(let number): begin(number, at: now)
    case .hedge(let number): hedge(number, at: now)
    case .answer(let number, let attempt): answered(number, attempt, at: now)
    case .timeout(let number): gaveUp(number, at: now)
    case .check(let link): check(link, at: now)
    case .look(let link): look(link, at: now)
    }
  }

  private func roundTripMs(_ link: Link, at time: UTC) -> Double? {
    link == .first ? replay.firstRoundTripMs(at: time) : replay.second.roundTripMs(at: time)
  }

  /// The recorded link has another satellite in each slot, as far as anybody knows; the second has none.
  private func forecast(_ link: Link, from slot: Slot) -> Forecast {
    var intervals: [Forecast.Interval] = []
    var slot = slot
    for _ in 0..<Self.forecastSlots {
      let satellite = link == .first ? "of slot \(slot.index)" : nil
      let light = link == .first ? firstOneWayMs.light : SecondPath.medianMs / 2
      let expected = link == .first ? firstOneWayMs.expected : SecondPath.medianMs / 2
      let route = Route(
        hops: ["here", satellite ?? "mast", "there"], servingSatellite: satellite,
        propagationStartMs: light, propagationEndMs: light, processingMs: expected - light,
        jitterMs: 0, loss: 0, up: .megabitsPerSecond(10), down: .megabitsPerSecond(10),
        pricePerGB: 0)
      intervals.append(Forecast.Interval(start: slot.start, end: slot.end, route: route))
      slot = slot.next
    }
    return Forecast(uplink: link.rawValue, destination: "there", intervals: intervals)
  }
}

// MARK: Requests

extension ReplayRun {
  private mutating func begin(_ number: Int, at now: UTC) {
    outcome.requests += 1
    if number + 1 < replay.pings.count {
      events.add(.request(number + 1), at: Instant(max(now, replay.pings[number + 1].sent)))
    }
    budget.requestBegan(at: now)
    var request = Request(arrival: now, attempts: [])
    let link: Link
    switch method {
    case .firstAlone: link = .first
    case .secondAlone: link = .second
    case .decided:
      policy.hedging.credit = budget.hedgeCredit
      let facts = RequestFacts(
        id: "", endpoint: Self.service.endpoint, model: "m", stream: false, bytes: Self.bytes,
        arrival: now, deadline: now.adding(seconds: Self.patienceSeconds))
      let decision = policy.decide(
        facts, candidates: knowledge.candidates(for: facts, at: now), now: now)
      link = decision.ranked.first.flatMap { Link(rawValue: $0.path.uplink) } ?? .first
      if let plan = decision.hedge {
        request.hedge = Link(rawValue: decision.ranked[plan.candidate].path.uplink)
        events.add(.hedge(number), at: Instant(now) + plan.delay)
      }
    }
    if link == .first { outcome.overFirst += 1 }
    requests[number] = request
    attempt(number, over: link, at: now)
    events.add(.timeout(number), at: Instant(now) + .seconds(Self.patienceSeconds))
  }

  private mutating func attempt(_ number: Int, over link: Link, at now: UTC) {
    requests[number]?.attempts.append(Attempt(link: link, started: now))
    knowledge.attemptBegan(link.path, at: now)
    guard let milliseconds = roundTripMs(link, at: now),
      let attempt = requests[number]?.attempts.count
    else { return }
    events.add(.answer(number, attempt: attempt - 1), at: Instant(now.later(byMs: milliseconds)))
  }

  private mutating func hedge(_ number: Int, at now: UTC) {
    guard let link = requests[number]?.hedge, !knowledge.isDown(link.path, at: now),
      budget.mayHedge(at: now)
    else { return }
    outcome.hedges += 1
    attempt(number, over: link, at: now)
  }

  private mutating func answered(_ number: Int, _ winner: Int, at now: UTC) {
    guard let request = requests.removeValue(forKey: number) else { return }
    let milliseconds = now.seconds(since: request.arrival) * 1_000
    times.append(milliseconds)
    if milliseconds > replay.limitMs { outcome.late += 1 }
    if winner > 0 { outcome.hedgesWon += 1 }
    for (place, attempt) in request.attempts.enumerated() {
      _ = knowledge.attemptEnded(attempt.link.path, fault: nil, at: now)
      if place == winner {
        _ = knowledge.observe(
          AnsweredAttempt(
            path: attempt.link.path, service: Self.service, requestBytes: Self.bytes,
            started: attempt.started, reusedConnection: true, firstByte: now, ended: now,
            status: 200))
      } else {
        unanswered(attempt, at: now)
      }
    }
  }

  private mutating func gaveUp(_ number: Int, at now: UTC) {
    guard let request = requests.removeValue(forKey: number) else { return }
    outcome.late += 1
    outcome.lost += 1
    for attempt in request.attempts {
      _ = knowledge.attemptEnded(
        attempt.link.path, fault: .linkConnectTimeout, started: attempt.started, at: now)
      unanswered(attempt, at: now)
    }
  }

  private mutating func unanswered(_ attempt: Attempt, at now: UTC) {
    knowledge.observeUnanswered(
      attempt.link.path, Self.service, requestBytes: Self.bytes, started: attempt.started,
      ended: now)
  }
}

// MARK: Checks

extension ReplayRun {
  private mutating func check(_ link: Link, at now: UTC) {
    let milliseconds = roundTripMs(link, at: now)
    _ = knowledge.observeProbe(
      ProbeReport(
        path: link.path,
        outcome: milliseconds == nil ? .failure(reason: "no answer in time") : .success,
        roundTripMs: milliseconds, isSilent: milliseconds == nil, started: now, ended: now))
    events.add(.check(link), at: Instant(now) + .seconds(Self.checkSeconds))
  }

  private mutating func look(_ link: Link, at now: UTC) {
    if knowledge.isToBeProbed(link.rawValue, at: now) {
      _ = knowledge.observeLink(
        link.path, isHeard: roundTripMs(link, at: now) != nil, started: now, at: now)
    }
    events.add(.look(link), at: Instant(now) + .seconds(Self.lookSeconds))
  }
}
