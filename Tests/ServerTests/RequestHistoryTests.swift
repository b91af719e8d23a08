import Decisions
import Foundation
import Gateway
import Logging
import Orbits
import Store
import Testing

@testable import Server

/// Which requests are on disk, and when.
@Suite struct RequestHistoryTests {
  private static let start = UTC(year: 2026, month: 11, day: 26)

  private func withStore(_ body: (Store) async throws -> Void) async throws {
    let folder = RunningNode.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(try NodeOptions(stateDirectory: folder).openStore())
  }

  private func history(_ store: Store, bound: Int) async throws -> RequestHistory {
    try await RequestHistory(store: store, bound: bound, logger: Logger(label: "test"))
  }

  private func append(_ numbers: Range<Int>, to history: RequestHistory) {
    for number in numbers {
      let facts = RequestFacts(
        id: "r\(number)", endpoint: "/v1/chat/completions", model: "m", stream: false, bytes: 1,
        arrival: Self.start, deadline: Self.start)
      history.append(
        KeptRecord(
          RequestRecord(
            facts: facts, decision: RoutingDecision(ranked: [], rejected: []), attempts: [],
            status: 200, ended: Self.start)))
    }
  }

  private func ids(in store: Store) async throws -> [String] {
    try await store.newestRequests(100_000).map(\.id)
  }

  private func expected(_ numbers: Range<Int>) -> [String] { numbers.reversed().map { "r\($0)" } }

  @Test func theNewestAreWrittenFirstAndTheRestAsThereIsTime() async throws {
    try await withStore { store in
      let (bound, batch) = (3 * RequestHistory.rowsAtOnce, RequestHistory.rowsAtOnce)
      let history = try await history(store, bound: bound)
      let count = bound + 500
      append(0..<count, to: history)
      #expect(await history.write(), "more of them wait")
      #expect(try await ids(in: store) == expected(count - batch..<count))
      // What is not on disk yet can be explained all the same; what nobody will keep can't.
      #expect(await history.explanation(id: "r500")?.contains("\"r500\"") == true)
      #expect(await history.explanation(id: "r\(count - 1)") != nil)
      #expect(await history.explanation(id: "r499") == nil)

      append(count..<count + 10, to: history)
      while await history.write() {}
      #expect(try await ids(in: store) == expected(count + 10 - bound..<count + 10))
      #expect(history.dropped == 0)

      let next = try await self.history(store, bound: bound)
      append(count + 10..<count + 12, to: next)
      #expect(await !next.write())
      #expect(try await ids(in: store) == expected(count + 12 - bound..<count + 12))
    }
  }

  @Test func aBoundThatChangesIsHeeded() async throws {
    try await withStore { store in
      let history = try await history(store, bound: 10)
      append(0..<10, to: history)
      history.bound.value = 4
      append(10..<11, to: history)
      #expect(await !history.write())
      #expect(try await ids(in: store) == expected(7..<11))
      history.bound.value = 0
      append(11..<20, to: history)
      #expect(await !history.write())
      #expect(try await ids(in: store) == expected(7..<11), "nothing more is kept")
    }
  }
}
