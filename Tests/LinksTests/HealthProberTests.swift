import Decisions
import Fleet
import Orbits
import Synchronization
import Testing

@testable import Links

@Suite(.timeLimit(.minutes(2))) struct HealthProberTests {
  private let transitions = AsyncStream.makeStream(of: HealthTransition.self)
  private let linkIsUp = LinkSwitch()

  /// Whether the forecast has a route, as a test says.
  private final class LinkSwitch: Sendable {
    private let isUp = Atomic(true)
    func set(_ value: Bool) { isUp.store(value, ordering: .releasing) }
    func get() -> Bool { isUp.load(ordering: .acquiring) }
  }

  /// The health of one path, as reports say.
  private final class Patient: Sendable {
    let policy: HealthCheckPolicy
    private let state: Mutex<HealthState>
    private let transitions: AsyncStream<HealthTransition>.Continuation

    init(
      _ policy: HealthCheckPolicy, transitions: AsyncStream<HealthTransition>.Continuation
    ) {
      self.policy = policy
      self.state = Mutex(HealthState(policy: policy, at: SystemClock.now()))
      self.transitions = transitions
    }

    var current: HealthState { state.withLock { $0 } }
    var isHealthy: Bool { current.isHealthy }

    @Sendable func hear(_ report: ProbeReport) {
      #expect(report.path == PathID(backend: "b", uplink: "leo"))
      if let transition = state.withLock({ $0.record(report.outcome, at: report.ended) }) {
        transitions.yield(transition)
      }
    }
  }

  private func health(
    _ probe: HealthCheckPolicy.Probe = .http(path: "/v1/models"), timeout: Duration = .seconds(30)
  ) -> Patient {
    let policy = HealthCheckPolicy(
      probe: probe, interval: .milliseconds(10), timeout: timeout, unhealthyThreshold: 2,
      healthyThreshold: 2)
    return Patient(policy, transitions: transitions.continuation)
  }

  private func withProber(
    _ health: Patient, port: Int, linkIsUp: (@Sendable () -> Bool)? = nil,
    _ body: () async throws -> Void
  ) async throws {
    let prober = HealthProber(
      path: PathID(backend: "b", uplink: "leo"), policy: health.policy,
      endpoint: Endpoint(host: "127.0.0.1", port: port),
      probe: Probe(dialer: try Dialer(), group: loops),
      linkIsUp: linkIsUp ?? { [linkIsUp = self.linkIsUp] in linkIsUp.get() }, report: health.hear)
    let task = Task { await prober.run() }
    do {
      try await body()
    } catch {
      task.cancel()
      throw error
    }
    task.cancel()
    await task.value
  }

  private func next() async -> HealthTransition? {
    for await transition in transitions.stream { return transition }
    return nil
  }

  @Test func aBackendFallsAndRecoversInEveryWay() async throws {
    let server = FickleServer(.ok)
    let port = try await server.start()
    let health = health(timeout: .seconds(1))
    try await withProber(health, port: port) {
      try await eventually { server.requests.count >= 3 }
      #expect(health.isHealthy)
      let reasons: [(FickleServer.Mood, String)] = [
        (.error, "status 500"), (.hang, "no answer in time"),
        (.reset, "connection closed before a whole answer"),
        (.truncated, "connection closed before a whole answer"),
      ]
      for (mood, reason) in reasons {
        server.turn(mood)
        let fall = await next()
        #expect(fall?.isHealthy == false)
        #expect(fall?.reason == reason)
        #expect(!health.isHealthy && health.current.lastError == reason)
        server.turn(.ok)
        #expect(await next()?.isHealthy == true)
        #expect(health.isHealthy)
      }
      await server.stop()
      let fall = await next()
      #expect(fall?.reason?.contains("refused") == true)
      _ = try await server.start(port: port)
      #expect(await next()?.isHealthy == true)
    }
    await server.stop()
  }

  @Test func aDownLinkIsNotProbedAndNotHeldAgainstTheBackend() async throws {
    let server = FickleServer(.error)
    let port = try await server.start()
    let health = health()
    linkIsUp.set(false)
    try await withProber(health, port: port) {
      try await Task.sleep(for: .milliseconds(300))
      #expect(server.connections == 0)
      #expect(health.current.lastOutcomeTime == nil)
      linkIsUp.set(true)
      #expect(await next()?.reason == "status 500")
    }
    await server.stop()
  }

  @Test func aCheckThatFailsBecauseTheLinkWentDownDoesNotCount() async throws {
    let server = FickleServer(.error)
    let port = try await server.start()
    let health = health()
    // Up when the check starts, down from its end on.
    let asked = Atomic(0)
    let isUp = { @Sendable in asked.wrappingAdd(1, ordering: .relaxed).newValue == 1 }
    try await withProber(health, port: port, linkIsUp: isUp) {
      try await eventually { asked.load(ordering: .relaxed) >= 4 }
      #expect(server.requests.count == 1)
      #expect(health.current.lastOutcomeTime == nil)
    }
    await server.stop()
  }
}
