import Decisions
import Fleet
import Orbits
import TestSupport
import Testing

@Suite struct HealthStateTests {
  private let epoch = UTC(year: 2026, month: 1, day: 1)

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
      var random = Seeded(seed)
      let unhealthy = Int.random(in: 1...5, using: &random)
      let healthy = Int.random(in: 1...5, using: &random)
      let bias = Double.random(in: 0..<1, using: &random)
      let outcomes = (0..<60).map { _ in Double.random(in: 0..<1, using: &random) < bias }
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
}
