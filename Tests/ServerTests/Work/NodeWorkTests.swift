import Decisions
import Foundation
import Gateway
import NIOCore
import Orbits
import Store
import Testing

@testable import Server

/// Durable work at its bounds, without a node around it: nothing does what is accepted here.
@Suite(.timeLimit(.minutes(1))) struct NodeWorkTests {
  private static let time = UTC(year: 2026, month: 11, day: 26)

  private func withWork(
    _ limits: WorkLimits = WorkLimits(), _ body: (NodeWork) async throws -> Void
  ) async throws {
    let folder = RunningNode.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try NodeOptions(stateDirectory: folder).openStore()
    try await body(
      NodeWork(store: store, board: WorkBoard(), limits: limits, now: { Self.time }))
  }

  private func request(
    _ method: String, _ path: String, query: String = "", type: String = "application/json",
    _ body: String = ""
  ) -> WorkRequest {
    WorkRequest(
      id: "req_1", method: method, path: path, query: query,
      headers: [("content-type", type)], body: ByteSequence(ByteBuffer(string: body)))
  }

  private func upload(_ text: String, expiresAfter: Int = 3600) -> WorkRequest {
    func part(_ name: String, _ value: String) -> String {
      "--b\r\ncontent-disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }
    return request(
      "POST", "/v1/files", type: "multipart/form-data; boundary=b",
      part("purpose", "batch") + part("expires_after[seconds]", "\(expiresAfter)")
        + part("file", text) + "--b--\r\n")
  }

  /// A background response that is over.
  private func response(_ id: String, in store: Store) async throws -> WorkItem {
    let item = WorkItem(
      id: id, owner: "", kind: .response, model: "m", endpoint: "/v1/responses",
      body: Data(#"{"model":"m","stream":true,"background":true,"input":"hello"}"#.utf8),
      progress: WorkProgress(notBefore: Self.time, expires: Self.time + .seconds(60)),
      created: Self.time)
    #expect(try await store.accept(item, limit: 10) == .accepted)
    let begun = try #require(
      try await store.begin(.response, model: "m", upTo: 1, at: Self.time).first)
    let answer = WorkItem.Answer(
      status: 200, type: "application/json", request: "req_0",
      body: Data(#"{"id":"\#(id)","status":"completed","output":[]}"#.utf8))
    #expect(
      try await store.answer(id, epoch: begun.epoch, answer, events: [], at: Self.time))
    return try #require(try await store.item(id, owner: ""))
  }

  private func refusal(_ body: () async throws -> ControlResponse) async -> WorkError? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? WorkError
    }
  }

  @Test func preferencesWithoutANameAreSkipped() {
    #expect(Prefer("respond-async,=")?.wait == nil)
    #expect(Prefer("respond-async,;,=;=, wait=3")?.wait == .seconds(3))
    #expect(Prefer(";") == nil && Prefer("=") == nil && Prefer("") == nil)
  }

  @Test func aFileThatIsToBeKeptForEverIsKeptAsLongAsAny() async throws {
    try await withWork { work in
      _ = try await work.respond(to: upload("x", expiresAfter: 99_999_999_999))
      let file = try await work.store.files(owner: "", purpose: nil, after: nil, limit: 1).first
      #expect(file?.expires == Self.time + .seconds(30 * 86_400))
    }
  }

  @Test func aCallersFilesHaveABoundThatHoldsWhileTheyAreWritten() async throws {
    var limits = WorkLimits()
    limits.bytesOnDisk = 6 << 20
    try await withWork(limits) { work in
      let two = String(repeating: "x", count: 2 << 20)
      _ = try await work.respond(to: upload(two))
      let refused = await refusal { try await work.respond(to: upload(two)) }
      #expect(refused?.fault == .ownStorageFull, "\(String(describing: refused))")
      #expect(try await work.store.fileTotals(owner: "") == (1, 2 << 20), "the half file is gone")
    }
  }

  @Test func noEventIsTooFarToBeAskedFor() async throws {
    try await withWork { work in
      let item = try await response("resp_1", in: work.store)
      for number in [Int.max, Int.max - 1] {
        let refused = await refusal {
          try await work.respond(
            to: request(
              "GET", "/v1/responses/resp_1", query: "stream=true&starting_after=\(number)"))
        }
        #expect(refused?.status == 400)
      }
      let answer = try await work.respond(
        to: request("GET", "/v1/responses/resp_1", query: "stream=true&starting_after=\(Int.min)"))
      guard case .stream(_, _, let events) = answer else {
        Issue.record("no stream")
        return
      }
      for await _ in events {}
      #expect(work.board.join(item.id).isNew, "what is over leaves no run behind")
    }
  }

  @Test func aContinuedConversationHasABound() async throws {
    var limits = WorkLimits()
    limits.bodyBytes = 100
    try await withWork(limits) { work in
      _ = try await response("resp_1", in: work.store)
      let refused = await refusal {
        try await work.respond(
          to: request(
            "POST", "/v1/responses",
            #"{"model":"m","previous_response_id":"resp_1","input":"and so on"}"#))
      }
      #expect(refused?.status == 413 && refused?.fault == .callerTooLarge)
    }
  }

  /// What is done and forgotten before anybody watches: its answer is not lost, and nobody waits for ever.
  @Test func workMayBeOverBeforeItIsWatched() async throws {
    try await withWork { work in
      let item = WorkItem(
        id: "work_1", owner: "", kind: .immediate, model: "m", endpoint: "/v1/embeddings",
        body: Data("{}".utf8),
        progress: WorkProgress(notBefore: Self.time, expires: Self.time + .seconds(60)),
        created: Self.time)
      let asked = request("POST", "/v1/embeddings")
      let view = Watched(
        request: asked, wishes: try NodeWork.Wishes(asked, work.limits), isStream: false)
      let (acceptance, run) = try await work.accept(item)
      #expect(acceptance == .accepted)
      let begun = try #require(
        try await work.store.begin(.immediate, model: "m", upTo: 1, at: Self.time).first)
      #expect(try await work.store.forget(item.id, epoch: begun.epoch))
      work.board.end(
        item.id,
        .passed(WorkItem.Answer(status: 503, type: "text/plain", request: "r", body: Data())))
      guard case .full(let status, _, _) = try await work.watch(item, run, view) else {
        Issue.record("no answer")
        return
      }
      #expect(status == 503)
      let late = await refusal { try await work.watch(known: item, view.replayed()) }
      #expect(late?.status == 502)
      #expect(work.board.join(item.id).isNew)
    }
  }
}
