import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct RequestsTests {
  private func withStore(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "perigee.sqlite").path)
  }

  private func request(_ number: Int) -> KeptRequest {
    KeptRequest(
      sequence: Int64(number), id: "req_\(number)", summary: "{\"n\":\(number)}",
      explanation: "{\"x\":\"é\(number)\"}")
  }

  /// The newest requests as wholes: the list has no explanations, so that each is asked for.
  private func newest(_ limit: Int, in store: Store) async throws -> [KeptRequest] {
    var requests: [KeptRequest] = []
    for (id, summary) in try await store.newestRequests(limit) {
      let request = try #require(try await store.keptRequest(id: id))
      #expect(request.summary == summary)
      requests.append(request)
    }
    return requests
  }

  @Test func theNewestAreKeptWhateverTheBatchesAndTheirOrder() async throws {
    try await withStore { path in
      var random = Seeded(3)
      let store = try Store(path: path)
      var written = 0
      while written < 400 {
        let count = Int.random(in: 1...60, using: &random)
        let batch = (1...count).map { request(written + $0) }.shuffled(using: &random)
        written += count
        try await store.keep(batch, upTo: Int64(written), bound: 50)
        let newest = try await newest(1000, in: store)
        let expected = (max(1, written - 49)...written).reversed().map(request)
        #expect(newest == expected)
      }
      let again = try Store(path: path)
      #expect(try await again.newestSequence() == Int64(written))
      #expect(try await again.keptRequest(id: "req_\(written)") == request(written))
      #expect(try await again.keptRequest(id: "req_\(written - 50)") == nil)
      #expect(try await newest(2, in: again) == [request(written), request(written - 1)])
    }
  }

  @Test func requestsWrittenLateTakeTheirPlaceUnlessTheyWouldBeForgottenAtOnce() async throws {
    try await withStore { path in
      let store = try Store(path: path)
      #expect(try await store.newestSequence() == 0)
      try await store.keep([request(9), request(10)], upTo: 10, bound: 5)
      try await store.keep([request(5), request(6), request(8)], upTo: 10, bound: 5)
      #expect(try await newest(10, in: store) == [10, 9, 8, 6].map(request))
    }
  }

  @Test func aRequestWrittenTwiceIsThereOnce() async throws {
    try await withStore { path in
      let store = try Store(path: path)
      try await store.keep([request(1), request(2)], upTo: 2, bound: 10)
      try await store.keep([request(1)], upTo: 2, bound: 10)
      #expect(try await newest(10, in: store) == [request(2), request(1)])
      try await store.checkWritable()
    }
  }
}
