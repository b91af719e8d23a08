import Decisions
import Fleet
import Foundation
import Network
import Orbits
import TestSupport
import Testing

@testable import Simulation

@Suite("A fleet in virtual time")
struct SimulationTests {
  /// Backends that die and return, a link that does, and clients without much patience.
  static let faults = """
    backends:
      cellar: {overhead: 10ms, prefill: 400, perToken: 40ms, concurrency: 1, variation: 0.3}
      far-cloud: {concurrency: 4, keepsConnections: false}
    faults:
      - {backend: near-cloud, every: 60s, for: 20s}
      - {backend: far-cloud, every: 90s, for: 30s}
      - {backend: cellar, every: 50s, for: 10s}
      - {uplink: fiber, every: 70s, for: 25s}
      - {uplink: cell, every: 100s, for: 40s}
    backgroundLoad: {cell: 0.5}
    """

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func everyRequestEndsOnce(_ seed: UInt64) async throws {
    let fleet = try Fixtures.town()
    let simulation = try Fixtures.simulation(
      fleet, Fixtures.steady(Self.faults, deadline: "8s"), seed: seed)
    let report = await simulation.run(SimulatedPolicy.allCases)
    #expect(report.requests == 600)
    for policy in report.policies {
      #expect(policy.answered + policy.failed == 600, "\(policy.policy)")
      #expect(policy.failures.reduce(0) { $0 + $1.requests } == policy.failed)
      #expect(policy.hours.reduce(0) { $0 + $1.requests } == 600)
      #expect(policy.hours.reduce(0) { $0 + $1.failed } == policy.failed)
      #expect(policy.backends.reduce(0) { $0 + $1.requests } == policy.answered)
      #expect((policy.ttftMs?.count ?? 0) + (policy.answerMs?.count ?? 0) == policy.answered)
      #expect(policy.attempts >= policy.answered && policy.failovers > 0)
    }
  }

  /// After a run nothing is left under way, and nothing was counted twice.
  @Test func nothingStaysUnderWay() async throws {
    let fleet = try Fixtures.town()
    let simulation = try Fixtures.simulation(fleet, Fixtures.steady(Self.faults, deadline: "8s"))
    let scenario = await Scenario(
      fleet: simulation.fleet, site: simulation.site, workload: simulation.workload,
      start: simulation.start, seconds: simulation.seconds, seed: 5, threads: 1,
      progress: { _, _ in })
    var run = PolicyRun(scenario, policy: .perigee)
    _ = run.run()
    #expect(run.remaining == 0 && run.exchanges.isEmpty)
    for backend in scenario.ways.backends {
      #expect(run.knowledge.requestsUnderWay(at: backend.name) == 0)
    }
  }

  @Test func theSameSeedGivesTheSameReportWithAnyNumberOfThreads() async throws {
    let fleet = try Fixtures.town()
    let simulation = try Fixtures.simulation(fleet, Fixtures.steady(Self.faults), seconds: 120)
    let first = await simulation.run(SimulatedPolicy.allCases, threads: 1)
    for threads in [1, 2, 5] {
      #expect(await simulation.run(SimulatedPolicy.allCases, threads: threads) == first)
    }
    let alone = await simulation.run([.perigee], threads: 3)
    #expect(try alone.policies == [first.policy(.perigee)], "who else runs changes nothing")
    var other = simulation
    other.seed = 2
    #expect(await other.run(SimulatedPolicy.allCases) != first)
  }

  /// Where no backend is on site, no first token comes sooner than light to the nearest one and back.
  @Test func nothingBeatsLight() async throws {
    var fleet = try Fixtures.island()
    fleet.backends.removeAll { $0.location == .site("tristan") }
    let site = try Fixtures.site(of: fleet)
    let workload = Workload(
      name: "light",
      source: .drawn(
        ArrivalProcess(perDay: 86_400),
        kinds: [
          RequestKind(
            name: "ping", model: "smollm2-135m-instruct", prompt: .constant(1), answer: .constant(2)
          )
        ]),
      services: Dictionary(
        uniqueKeysWithValues: fleet.backends.map {
          (
            $0.name,
            ServiceLaw(
              overheadMs: 0, prefillTokensPerSecond: 1e9, perTokenMs: 0, concurrency: 1_000,
              variation: 0, keepsConnections: true)
          )
        }))
    let simulation = Simulation(
      fleet: fleet, site: site, workload: workload, start: Fixtures.start, seconds: 90, seed: 1)
    let scenario = await Scenario(
      fleet: fleet, site: site, workload: workload, start: Fixtures.start, seconds: 90, seed: 1,
      threads: 2, progress: { _, _ in })
    let timeline = scenario.links.timeline
    let propagation = timeline.intervals.joined().compactMap(\.route)
      .flatMap { [$0.propagationStartMs, $0.propagationEndMs] }
    let least = try #require(propagation.min())
    let report = try await simulation.run([.perigee]).policy(.perigee)
    #expect(try #require(report.ttftQuantilesMs.first) >= 2 * least)

    var random = RandomStream(seed: 4)
    for _ in 0..<2_000 {
      let leg = Int(random.next() % UInt64(timeline.legs.count))
      let departure = Fixtures.start.adding(seconds: 80 * random.unit())
      guard
        let arrival = scenario.links.arrival(
          of: Int(random.next() % 9_000), .data, leg: leg, departure: departure,
          limit: departure.adding(seconds: 30), &random)
      else { continue }
      let light = timeline.interval(leg: leg, at: departure)?.propagationMs(at: departure) ?? 0
      // A segment that is lost leaves later, when the satellite may be nearer: by less than this.
      #expect(arrival.seconds(since: departure) * 1_000 >= light - 1)
    }
  }

  /// The corners of what a workload may say: slow backends, long prompts and answers, patient clients.
  @Test(arguments: ["60s", "0s"], [true, false])
  func theCornersOfWorkloadsDoNotTrap(
    _ perToken: String, _ stream: Bool
  ) async throws {
    let law = "{overhead: 3600s, prefill: 0.1, perToken: \(perToken), variation: 2}"
    let simulation = try Fixtures.simulation(
      Fixtures.town(),
      """
      name: corners
      arrivals: {perDay: 172800}
      requests:
        - {name: long, model: m, stream: \(stream ? 1 : 0), prompt: 1000000, answer: 1000000, deadline: 600s}
      backends: {near-cloud: \(law), far-cloud: \(law), cellar: \(law)}
      """, seconds: 20)
    let report = await simulation.run([.fixed])
    for policy in report.policies { #expect(policy.answered + policy.failed == 40) }
  }

  @Test func timesAtABackendAreAtMostADay() {
    let day = SimulatedBackend.longestNanoseconds
    var random = RandomStream(seed: 3)
    let backend = SimulatedBackend(
      law: ServiceLaw(
        overheadMs: 3.6e6, prefillTokensPerSecond: 0.1, perTokenMs: 60_000, concurrency: 1,
        variation: 2, keepsConnections: true))
    for _ in 0..<1_000 {
      let times = backend.times(promptTokens: Workload.tokenLimit, &random)
      #expect(0...day ~= times.first && 0...day ~= times.token)
      #expect(0...day ~= SimulatedBackend.untilLast(of: Workload.tokenLimit, times))
    }
    #expect(SimulatedBackend.untilLast(of: 1, (first: 5, token: day)) == 5)
    #expect(SimulatedBackend.untilLast(of: 11, (first: 5, token: 2)) == 25)
    #expect(SimulatedBackend.untilLast(of: Workload.tokenLimit, (first: day, token: day)) == day)
  }

  /// The network goes on as long as the most patient client waits.
  @Test func theNetworkOutlastsEveryDeadline() async throws {
    let fleet = try Fixtures.town()
    let csv = "offset_s,model,prompt_tokens,answer_tokens,deadline_s\n1,m,9,9,9000\n"
    let scenario = await Scenario(
      fleet: fleet, site: try Fixtures.site(of: fleet),
      workload: try Workload.load(csv: csv, file: "r.csv", name: "r", fleet: fleet),
      start: Fixtures.start, seconds: 60, seed: 1, threads: 2, progress: { _, _ in })
    let last = Fixtures.start.adding(seconds: 9_001)
    let timeline = scenario.links.timeline
    for leg in timeline.legs.indices { #expect(timeline.interval(leg: leg, at: last) != nil) }
  }

  @Test func aBackendsDeathIsSurvived() async throws {
    let fleet = try Fixtures.town()
    let simulation = try Fixtures.simulation(
      fleet, Fixtures.steady("faults: [{backend: near-cloud, at: 60s, for: 120s}]"))
    let policy = try await simulation.run([.nearestFiber]).policy(.nearestFiber)
    // Only streams that had begun when it died can fail; what had not moves on to the next.
    let broken = policy.failures.reduce(0) { $0 + ($1.fault == "link_reset" ? $1.requests : 0) }
    #expect(policy.failed == broken && broken < 30, "\(policy.failures)")
    #expect(policy.failovers > 0)
    let uses = Dictionary(uniqueKeysWithValues: policy.backends.map { ($0.backend, $0.requests) })
    #expect((uses["near-cloud"] ?? 0) > 200 && (uses["far-cloud"] ?? 0) > 100)
  }

  @Test func anOutageLongerThanTheDeadlineFailsAndSaysWhy() async throws {
    var fleet = try Fixtures.town()
    fleet.backends.removeAll { $0.name == "cellar" }
    let simulation = try Fixtures.simulation(
      fleet,
      Fixtures.steady(
        """
        faults:
          - {uplink: fiber, at: 100s, for: 60s}
          - {uplink: cell, at: 100s, for: 60s}
        """, deadline: "10s"))
    let policy = try await simulation.run([.perigee]).policy(.perigee)
    #expect(policy.failed > 60 && policy.failed < 200)
    let reasons = Set(policy.failures.map(\.fault))
    #expect(
      reasons.isSubset(of: ["caller_deadline", "link_connect_timeout", "link_outage"]), "\(reasons)"
    )
    #expect((policy.ttftMs?.max ?? 0) <= 10_000)
  }

  @Test func bytesAndTokensAreThoseOfTheRequests() async throws {
    let fleet = try Fixtures.town()
    let csv = """
      offset_s,model,prompt_tokens,answer_tokens,stream
      1,m,1000,10,true
      2,m,500,20,false

      """
    let simulation = Simulation(
      fleet: fleet, site: try Fixtures.site(of: fleet),
      workload: try Workload.load(csv: csv, file: "r.csv", name: "r", fleet: fleet),
      start: Fixtures.start, seconds: 60, seed: 1)
    let policy = try await simulation.run([.nearestFiber]).policy(.nearestFiber)
    let fiber = policy.uplinks[0]
    #expect(fiber.bytesUp == 400 + 4_000 + 400 + 2_000)
    #expect(fiber.bytesDown == 400 + 10 * 230 + 400 + 20 * 4)
    #expect(fiber.costUsd == (Double(fiber.bytesUp + fiber.bytesDown) * 0.1 / 1e5).rounded() / 1e4)
    #expect(policy.uplinks[1].bytesUp == 0 && policy.uplinks[1].costUsd == 0)
    let near = policy.backends[0]
    #expect(near.promptTokens == 1_500 && near.answerTokens == 30)
    #expect(near.costUsd == 0.0015)

    var priced = simulation
    priced.fleet.backends[0].prices = TokenPrices(input: 1, output: 10, perRequest: 0.25)
    let billed = try await priced.run([.nearestFiber]).policy(.nearestFiber).backends[0]
    #expect(billed.costUsd == 0.5018)
  }

  @Test func hedgesMayCostWhatTheManifestSays() async throws {
    var fleet = try Fixtures.town()
    fleet.gateway?.hedging.budget = 0.2
    let simulation = try Fixtures.simulation(fleet, Fixtures.steady())
    let scenario = await Scenario(
      fleet: fleet, site: simulation.site, workload: simulation.workload, start: simulation.start,
      seconds: 20, seed: 1, threads: 1, progress: { _, _ in })
    #expect(PolicyRun(scenario, policy: .perigee).budget.hedgeShare == 0.2)
  }

  /// What Documentation/Simulation.md says of the island's day, at a busy half hour of it: no baseline is
  /// quicker at the median or on the mean by more than a few percent, nor answers many more.
  @Test func perigeeIsNotWorseThanTheBaselinesOnTheIsland() async throws {
    let fleet = try Fixtures.island()
    let workload = try Fixtures.text("examples/workloads/smoke-hour.yaml")
    let report = try await Fixtures.simulation(fleet, workload, seconds: 1_800)
      .run(SimulatedPolicy.allCases, threads: 2)
    let perigee = try report.policy(.perigee)
    let times = try #require(perigee.ttftMs)
    for baseline in report.policies where baseline.policy != .perigee {
      let other = try #require(baseline.ttftMs)
      #expect(times.p50 <= 1.05 * other.p50, "\(baseline.policy): \(times) \(other)")
      #expect(times.mean <= 1.15 * other.mean, "\(baseline.policy): \(times) \(other)")
      #expect(perigee.failed <= baseline.failed + 2, "\(baseline.policy)")
    }
  }
}
