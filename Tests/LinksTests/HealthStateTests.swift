import Decisions
import Fleet
import Orbits
import Synchronization
import Testing

@testable import Links

@Suite struct HealthStateTests {
  /// The rule said plainly: look at the last outcomes; enough of the other kind in a row turn it.
  private func plainly(_ outcomes: [Bool], unhealthy: Int, healthy: Int) -> [Bool] {
    var isHealthy = true
    var turnedAt = 0
    return outcomes.indices.map { index in
      let since = outcomes[turnedAt...index]
      let needed = isHealthy ? unhealthy : healthy
      if since.count >= needed, since.suffix(needed).allSatisfy({ $0 != isHealthy }) {
        isHealthy.toggle()
        turnedAt = index + 1
      }
      return isHealthy
    }
  }

  @Test func itTurnsAfterEnoughContraryOutcomesInARow() throws {
    for seed in 0..<2_000 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let unhealthy = Int.random(in: 1...5, using: &random)
      let healthy = Int.random(in: 1...5, using: &random)
      let bias = random.unit()
      let outcomes = (0..<60).map { _ in random.unit() < bias }
      let policy = HealthCheckPolicy(unhealthyThreshold: unhealthy, healthyThreshold: healthy)
      var state = HealthState(policy: policy, at: epoch)
      var transitions: [HealthTransition] = []
      let got = outcomes.enumerated().map { index, isSuccess in
        let time = epoch.adding(seconds: Double(index))
        let outcome: HealthOutcome = isSuccess ? .success : .failure(reason: "failure \(index)")
        if let transition = state.record(outcome, at: time) {
          transitions.append(transition)
          #expect(state.since == time)
        }
        return state.isHealthy
      }
      try #require(got == plainly(outcomes, unhealthy: unhealthy, healthy: healthy))
      // Transitions alternate, beginning with the fall.
      let expected = transitions.indices.map { $0 % 2 == 1 }
      try #require(transitions.map(\.isHealthy) == expected)
      try #require(transitions.allSatisfy { $0.isHealthy == ($0.reason == nil) })
    }
  }

  @Test func theLastErrorOutlivesRecovery() {
    let policy = HealthCheckPolicy(unhealthyThreshold: 1, healthyThreshold: 1)
    var state = HealthState(policy: policy, at: epoch)
    #expect(state.lastError == nil && state.lastOutcomeTime == nil)
    let first = epoch.adding(seconds: 1)
    #expect(
      state.record(.failure(reason: "refused"), at: first)
        == HealthTransition(isHealthy: false, time: first, reason: "refused"))
    let second = epoch.adding(seconds: 2)
    #expect(
      state.record(.success, at: second)
        == HealthTransition(isHealthy: true, time: second, reason: nil))
    #expect(state.lastError == "refused" && state.lastErrorTime == first)
    #expect(state.since == second && state.lastOutcomeTime == second)
  }

  @Test func thresholdsBelowOneCountAsOne() {
    let policy = HealthCheckPolicy(unhealthyThreshold: 0, healthyThreshold: -3)
    var state = HealthState(policy: policy, at: epoch)
    #expect(state.record(.failure(reason: "x"), at: epoch) != nil)
    #expect(state.record(.success, at: epoch) != nil)
  }

  @Test func requestsAndChecksCountAlikeFromAnyThread() async {
    let transitions = Mutex<[HealthTransition]>([])
    let health = PathHealth(
      path: PathID(backend: "b", uplink: "u"),
      policy: HealthCheckPolicy(unhealthyThreshold: 1_000), at: epoch
    ) { _, transition in transitions.withLock { $0.append(transition) } }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<10 {
        group.addTask {
          for _ in 0..<100 { health.record(.failure(reason: "reset"), at: epoch) }
        }
      }
    }
    #expect(!health.isHealthy)
    #expect(transitions.withLock { $0.count } == 1)
  }
}
