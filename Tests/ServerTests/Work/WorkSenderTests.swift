import Decisions
import Foundation
import Gateway
import Logging
import NIOCore
import Orbits
import Store
import Synchronization
import Testing

@testable import Server

/// When work that waits is begun.
@Suite(.timeLimit(.minutes(1))) struct WorkSenderTests {
  /// How no way is told: the links are known to be down, or the forecast has no route, now or for long.
  enum Shut: CaseIterable {
    case down, routeless, forecast
  }

  /// A gateway with a way that opens.
  private final class Way: InferenceAsking {
    private struct State {
      var shut: Shut?
      var looks = 0
      var asked = 0
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> UTC

    init(_ shut: Shut, now: @escaping @Sendable () -> UTC) {
      state = Mutex(State(shut: shut))
      self.now = now
    }

    var looks: Int { state.withLock { $0.looks } }
    var asked: Int { state.withLock { $0.asked } }
    func open() { state.withLock { $0.shut = nil } }

    func outlook(model: String, endpoint: String, bytes: Int) -> RoutingDecision {
      let candidate = RoutingDecision.Scored(
        path: PathID(backend: "b", uplink: "leo"), predictedMs: 1, pathMs: 0, serviceMs: 1,
        hops: [], nextChange: nil, reason: "")
      let shut = state.withLock { state in
        state.looks += 1
        return state.shut
      }
      return switch shut {
      case nil: RoutingDecision(ranked: [candidate], rejected: [])
      case .down?:
        RoutingDecision(ranked: [candidate], rejected: [], retryAt: now() + .seconds(1))
      case .routeless?: RoutingDecision(ranked: [], rejected: [candidate])
      case .forecast?:
        RoutingDecision(ranked: [], rejected: [candidate], retryAt: now() + .seconds(3600))
      }
    }

    func ask(_ request: InternalRequest) async -> InternalAnswer {
      state.withLock { $0.asked += 1 }
      return InternalAnswer(
        request: "req_1", status: 200, headers: [("content-type", "application/json")],
        body: ByteSequence(ByteBuffer(string: "{}")))
    }
  }

  @Test(arguments: Shut.allCases)
  func workBeginsWithinASecondOfALinksReturn(_ shut: Shut) async throws {
    let clock = Current(UTC(year: 2026, month: 11, day: 26))
    let way = Way(shut) { clock.value }
    _ = try await Self.answered(by: way, clock) {
      while way.looks == 0 { try await Task.sleep(for: .milliseconds(2)) }
      clock.value = clock.value + .seconds(1)
      while way.looks < 2 { try await Task.sleep(for: .milliseconds(2)) }
      #expect(way.asked == 0, "nothing is begun while no way is open")
      way.open()
      // The clock stands still but for this: who looks later than a second from now never does.
      clock.value = clock.value + .seconds(1)
      while way.asked == 0 { try await Task.sleep(for: .milliseconds(2)) }
    }
    #expect(way.asked == 1)
  }

  /// Hands in an item of work, and gives it back when `gateway` has answered it.
  private static func answered(
    by gateway: some InferenceAsking, _ clock: Current<UTC>, body: String = "{}",
    meanwhile: () async throws -> Void
  ) async throws -> WorkItem {
    let folder = RunningNode.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try NodeOptions(stateDirectory: folder).openStore()
    let item = WorkItem(
      id: "work_1", owner: "", kind: .waiting, model: "m", endpoint: "/v1/chat/completions",
      body: Data(body.utf8),
      progress: WorkProgress(notBefore: clock.value, expires: clock.value + .seconds(86_400)),
      created: clock.value)
    #expect(try await store.accept(item, limit: 10) == .accepted)
    var limits = WorkLimits()
    limits.tick = .milliseconds(2)
    let sender = WorkSender(
      store: store, board: WorkBoard(), gateway: gateway, limits: limits, caller: { _ in .local },
      now: { clock.value }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let running = Task { await sender.run() }
    defer { running.cancel() }
    try await meanwhile()
    while try await store.item("work_1", owner: "")?.progress.phase != .answered {
      try await Task.sleep(for: .milliseconds(2))
    }
    running.cancel()
    await running.value
    return try #require(try await store.item("work_1", owner: ""))
  }

  /// A gateway that answers with a stream, for which there is room at the second time.
  private final class Crowded: InferenceAsking {
    static let stream = "data: {\"n\":1}\n\ndata: [DONE]\n\n"
    private let asks = Mutex(0)

    var asked: Int { asks.withLock { $0 } }

    func outlook(model: String, endpoint: String, bytes: Int) -> RoutingDecision {
      let candidate = RoutingDecision.Scored(
        path: PathID(backend: "b", uplink: "leo"), predictedMs: 1, pathMs: 0, serviceMs: 1,
        hops: [], nextChange: nil, reason: "")
      return RoutingDecision(ranked: [candidate], rejected: [])
    }

    func ask(_ request: InternalRequest) async -> InternalAnswer {
      let number = asks.withLock { asks in
        asks += 1
        return asks
      }
      let limit = 2 * Self.stream.utf8.count - (number == 1 ? 1 : 0)
      return InternalAnswer(
        request: "req_\(number)", status: 200, headers: [("content-type", "text/event-stream")],
        body: ByteSequence(ByteBuffer(string: Self.stream)), memory: HeldMemory(limit: limit))
    }
  }

  @Test func workForWhichThereIsNoMemoryWaits() async throws {
    let clock = Current(UTC(year: 2026, month: 11, day: 26))
    let gateway = Crowded()
    let done = try await Self.answered(by: gateway, clock, body: "{\"stream\":true}") {
      while gateway.asked == 0 { try await Task.sleep(for: .milliseconds(2)) }
      while gateway.asked == 1 {
        clock.value = clock.value + .seconds(1)
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    #expect(gateway.asked == 2)
    #expect(done.progress.failures == 0, "that there was no room is no failure of the backend")
    #expect(done.answer.map { String(decoding: $0.body, as: UTF8.self) } == Crowded.stream)
  }
}
