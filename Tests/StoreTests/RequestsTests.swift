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
      id: "req_\(number)", summary: "{\"n\":\(number)}", explanation: "{\"x\":\"é\(number)\"}")
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

  @Test func theNewestAreKeptWhateverTheBatches() async throws {
    try await withStore { path in
      var random = Seeded(3)
      let store = try Store(path: path)
      var written = 0
      while written < 400 {
        let count = Int.random(in: 1...60, using: &random)
        try await store.keep((0..<count).map { request(written + $0) }, newest: 50)
        written += count
        let newest = try await newest(1000, in: store)
        let expected = (max(0, written - 50)..<written).reversed().map(request)
        #expect(newest == expected)
      }
      let again = try Store(path: path)
      #expect(try await again.keptRequest(id: "req_\(written - 1)") == request(written - 1))
      #expect(try await again.keptRequest(id: "req_\(written - 51)") == nil)
      #expect(try await newest(2, in: again) == [request(written - 1), request(written - 2)])
    }
  }

  @Test func aRequestWrittenTwiceIsThereOnce() async throws {
    try await withStore { path in
      let store = try Store(path: path)
      try await store.keep([request(1), request(2)], newest: 10)
      try await store.keep([request(1)], newest: 10)
      #expect(try await newest(10, in: store) == [request(1), request(2)])
      try await store.checkWritable()
    }
  }
}
