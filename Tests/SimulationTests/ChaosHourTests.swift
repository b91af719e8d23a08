import Decisions
import Fleet
import Orbits
import TestSupport
import Testing

@testable import Simulation

/// An hour of virtual time in which backends are killed, refuse, fall silent, half-close, reset, truncate
/// and corrupt their answers, and links vanish, all at once; then a calm in which everything is well again.
@Suite("The chaos hour") struct ChaosHourTests {
  private static let chaosSeconds = 3_600.0
  private static let calmSeconds = 600.0
  /// From here on nothing of the chaos may be left: the longest silence of a fault that is still under
  /// way, and what health checks take to notice.
  private static let recoverySeconds = 180.0

  /// Faults of every kind, each with a course of its own; the last one ends with the hour.
  private static func faults(seed: UInt64) -> [DeclaredFault] {
    var random = Seeded(seed)
    var subjects: [(DeclaredFault.Subject, count: Int, longest: Double)] = []
    for backend in ["near-cloud", "far-cloud", "cellar"] {
      subjects.append((.backend(backend), 12, 60))
      for mischief in Mischief.allCases {
        subjects.append((.answers(of: backend, mischief), 10, 30))
      }
    }
    for uplink in ["fiber", "cell"] { subjects.append((.uplink(uplink), 25, 20)) }
    return subjects.flatMap { subject, count, longest in
      (0..<count).map { _ in
        let length = Double.random(in: 0.5...longest, using: &random)
        let start = Double.random(in: 0...(chaosSeconds - length), using: &random)
        return DeclaredFault(
          subject: subject, schedule: .once(atSeconds: start, forSeconds: length))
      }
    }
  }

  private static func scenario(seed: UInt64) async throws -> Scenario {
    let fleet = try Fixtures.town()
    var workload = try Fixtures.workload(
      """
      name: chaos
      arrivals: {perDay: 172800, bursts: {share: 0.3, size: 12, within: 3s}}
      requests:
        - name: chat
          model: m
          stream: 0.7
          prompt: {median: 300, p95: 1200}
          answer: {median: 60, p95: 250}
          deadline: 20s
      backends:
        cellar: {overhead: 10ms, prefill: 2000, perToken: 10ms, concurrency: 4}
        far-cloud: {keepsConnections: false}
      """, for: fleet)
    workload.faults = faults(seed: seed)
    return await Scenario(
      fleet: fleet, site: try Fixtures.site(of: fleet), workload: workload, start: Fixtures.start,
      seconds: chaosSeconds + calmSeconds, seed: seed, threads: 2, progress: { _, _ in })
  }

  /// What clients see, and what was found amiss.
  private final class Clients {
    var ended: Set<String> = []
    var faults: [Fault: Int] = [:]
    var hedges = 0
    var retried = 0
    var failedInTheCalm: [String] = []
    var answeredInTheCalm = 0
    var wrongs: [String] = []
    var digest = ContentDigest()

    func end(_ exchange: SimulatedExchange, _ fault: Fault?, at now: UTC) {
      let facts = exchange.plan.facts
      let whole = exchange.plan.answerTokens
      let delivered = exchange.delivered
      if !ended.insert(facts.id).inserted { wrongs.append("\(facts.id) ended twice") }
      if delivered.count > 1 { wrongs.append("\(facts.id): two winners, \(delivered)") }
      hedges += exchange.hedges
      retried += exchange.failovers
      let isCalm =
        facts.arrival.seconds(since: Fixtures.start)
        >= ChaosHourTests.chaosSeconds + ChaosHourTests.recoverySeconds
      if let fault {
        faults[fault, default: 0] += 1
        if !fault.isOfPath && fault != .callerDeadline {
          wrongs.append("\(facts.id): \(fault) is not what happened")
        }
        if !exchange.live.isEmpty { wrongs.append("\(facts.id) failed with attempts open") }
        if delivered.values.contains(whole) { wrongs.append("\(facts.id) failed, and was whole") }
        if isCalm { failedInTheCalm.append("\(facts.id): \(fault)") }
      } else {
        let winner = exchange.machine.winner
        if winner.map({ delivered == [$0: whole] }) != true {
          wrongs.append("\(facts.id): not the whole answer, \(delivered) of \(whole)")
        }
        if exchange.live.keys.first != winner || exchange.live.count != 1 {
          wrongs.append("\(facts.id) was answered with other attempts open")
        }
        if isCalm { answeredInTheCalm += 1 }
      }
      digest.add("\(facts.id) \(fault?.rawValue ?? "answered") \(now.nanosecondsSince1970)")
      digest.add("\(exchange.machine.attempts) \(exchange.hedges)")
    }
  }

  private static func run(_ scenario: Scenario) -> (Clients, PolicyRun) {
    let clients = Clients()
    var run = PolicyRun(scenario, policy: .perigee)
    run.onEnd = clients.end
    run.prepare()
    var begun = 0
    var steps = 0
    while run.step() {
      steps += 1
      guard steps % 16 == 0 else { continue }
      begun = max(begun, clients.ended.count + run.exchanges.count)
      // Ten are saved up before the first request.
      let hedges = run.exchanges.values.reduce(clients.hedges) { $0 + $1.hedges }
      if Double(hedges) > 10 + Double(begun) * HedgingSettings().budget {
        clients.wrongs.append("\(hedges) hedges for \(begun) requests")
      }
      for exchange in run.exchanges.values where exchange.live.count > 2 {
        clients.wrongs.append("\(exchange.plan.facts.id): \(exchange.live.count) attempts at once")
      }
      if clients.wrongs.count > 20 { break }
    }
    return (clients, run)
  }

  @Test func everyRequestEndsOnceWithTheWholeAnswerOrAnHonestError() async throws {
    let scenario = try await Self.scenario(seed: 1)
    let (clients, run) = Self.run(scenario)
    #expect(clients.wrongs.isEmpty, "\(clients.wrongs.prefix(10))")
    #expect(clients.ended.count == scenario.requests.count && scenario.requests.count == 8_400)

    // Nothing is left under way anywhere.
    #expect(run.remaining == 0 && run.exchanges.isEmpty)
    for (backend, state) in zip(scenario.ways.backends, run.backends) {
      #expect(run.knowledge.requestsUnderWay(at: backend.name) == 0)
      #expect(state.underWay == 0, "\(backend.name)")
    }

    // The chaos was one, was mostly ridden out, and left nothing behind.
    let failed = clients.faults.values.reduce(0, +)
    let story = "\(clients.faults), \(clients.retried) retries, \(clients.hedges) hedges"
    #expect(clients.faults.count >= 4 && clients.retried > 700 && clients.hedges > 50, "\(story)")
    #expect(failed > 50 && failed < scenario.requests.count / 5, "\(failed): \(story)")
    #expect(clients.failedInTheCalm.isEmpty)
    #expect(clients.answeredInTheCalm > 700)
  }

  @Test func theSameSeedGivesTheSameHour() async throws {
    let first = Self.run(try await Self.scenario(seed: 2)).0
    #expect(first.wrongs.isEmpty && first.ended.count == 8_400, "\(first.wrongs.prefix(10))")
    #expect(Self.run(try await Self.scenario(seed: 2)).0.digest == first.digest)
    #expect(first.digest != ContentDigest())
  }
}
