import Foundation
import Orbits
import Testing

@testable import Store

/// What is kept, in a real database.
@Suite struct WorkTablesTests {
  private static let time = UTC(year: 2026, month: 11, day: 26)

  private func withStore(_ body: (Store) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(Store(path: folder.appending(path: "perigee.sqlite").path))
  }

  private func item(
    _ id: String, owner: String = "", key: String? = nil, body: String = "{}",
    kind: WorkItem.Kind = .waiting, batch: String? = nil, line: Int? = nil,
    phase: WorkProgress.Phase = .queued
  ) -> WorkItem {
    WorkItem(
      id: id, owner: owner, kind: kind, batch: batch, line: line, customID: id, model: "m",
      endpoint: "/v1/chat/completions", headers: [.init("a", "b")], body: Data(body.utf8), key: key,
      progress: WorkProgress(
        phase: phase, notBefore: Self.time, expires: Self.time.adding(seconds: 100)),
      created: Self.time)
  }

  private func answer(_ text: String, status: Int = 200) -> WorkItem.Answer {
    WorkItem.Answer(status: status, type: "application/json", request: "r", body: Data(text.utf8))
  }

  @Test func anItemIsAnsweredOnceByItsNewestEpoch() async throws {
    try await withStore { store in
      #expect(try await store.accept(item("a"), limit: 10) == .accepted)
      let first = try await store.begin(.waiting, model: "m", upTo: 5, at: Self.time)
      #expect(first.map(\.id) == ["a"] && first[0].progress.epoch == 1)
      #expect(try await store.begin(.waiting, model: "m", upTo: 5, at: Self.time).isEmpty)
      try await store.recoverWork(at: Self.time)
      let second = try await store.begin(.waiting, model: "m", upTo: 5, at: Self.time)
      #expect(second.map(\.progress.epoch) == [2])
      #expect(try await !store.answer("a", epoch: 1, answer("old"), at: Self.time))
      #expect(try await store.answer("a", epoch: 2, answer("new"), at: Self.time))
      #expect(try await !store.answer("a", epoch: 2, answer("again"), at: Self.time))
      let kept = try await store.item("a", owner: "")
      #expect(kept?.answer == answer("new") && kept?.ended == Self.time)
      #expect(kept?.headers == [.init("a", "b")])
    }
  }

  @Test func idempotencyKeysAreOfTheirOwner() async throws {
    try await withStore { store in
      #expect(try await store.accept(item("a", owner: "x", key: "k"), limit: 2) == .accepted)
      let same = try await store.accept(item("b", owner: "x", key: "k"), limit: 2)
      if case .known(let known) = same {
        #expect(known.id == "a")
      } else {
        Issue.record("not known")
      }
      #expect(
        try await store.accept(item("c", owner: "x", key: "k", body: "[]"), limit: 2) == .conflict)
      #expect(try await store.accept(item("d", owner: "y", key: "k"), limit: 2) == .accepted)
      #expect(try await store.accept(item("e", owner: "x"), limit: 2) == .accepted)
      #expect(try await store.accept(item("f", owner: "x"), limit: 2) == .full)
      #expect(try await store.item("a", owner: "y") == nil)
      try await store.forgetWork(
        at: Self.time.adding(seconds: 90), retention: .seconds(1000), keysFor: .seconds(60))
      #expect(try await store.accept(item("g", owner: "x", key: "k"), limit: 3) == .accepted)
    }
  }

  @Test func filesAreSeenOnceWhole() async throws {
    try await withStore { store in
      var file = StoredFile(
        id: "f", owner: "", name: "", purpose: "", created: Self.time,
        expires: Self.time.adding(seconds: 50))
      try await store.beginFile(file)
      try await store.append(Data("ab".utf8), to: "f", number: 0)
      #expect(try await store.file("f", owner: "") == nil)
      file.bytes = 3
      file.name = "n"
      file.purpose = "batch"
      try await store.append(Data("c".utf8), to: "f", number: 1)
      try await store.finishFile(file)
      #expect(try await store.file("f", owner: "") == file)
      #expect(try await store.file("f", owner: "x") == nil)
      #expect(try await store.chunk(1, of: "f") == Data("c".utf8))
      #expect(try await store.chunk(2, of: "f") == nil)
      #expect(try await !store.deleteFile("f", owner: "x"))
      try await store.forgetWork(
        at: Self.time.adding(seconds: 50), retention: .seconds(1), keysFor: .seconds(1))
      #expect(try await store.chunk(0, of: "f") == nil)
    }
  }

  @Test func aBatchGoesThroughItsPhases() async throws {
    try await withStore { store in
      let batch = Batch(
        id: "b", owner: "", family: .openAI, endpoint: "/v1/chat/completions", input: "f",
        created: Self.time, expires: Self.time.adding(seconds: 100))
      #expect(try await store.accept(batch, limit: 1))
      #expect(try await !store.accept(batch, limit: 1))
      let items = (1...4).map { (line: Int) in
        item("i\(line)", kind: .batch, batch: "b", line: line, phase: .held)
      }
      try await store.add(items)
      #expect(try await store.begin(.batch, model: "m", upTo: 9, at: Self.time).isEmpty)
      #expect(try await store.change("b") { $0.validated(flaws: [], at: Self.time) } != nil)
      let begun = try await store.begin(.batch, model: "m", upTo: 2, at: Self.time)
      #expect(begun.map(\.line) == [1, 2])
      #expect(try await store.answer("i1", epoch: 1, answer("{}"), at: Self.time))
      #expect(try await store.answer("i2", epoch: 1, answer("{}", status: 400), at: Self.time))
      let expired = try await store.expireWork(at: Self.time.adding(seconds: 100))
      #expect(expired.sorted() == ["i3", "i4"])
      #expect(try await store.openBatches().map(\.hasOpenItems) == [false])
      #expect(try await store.change("b") { $0.beginFinalizing(at: Self.time) } != nil)
      let counts = try await store.counts(of: "b")
      #expect(counts.total == 4 && counts.succeeded == 1)
      #expect(counts.failed == 1 && counts.expired == 2)
      #expect(
        try await store.finish("b", counts: counts, output: nil, errors: nil, at: Self.time))
      #expect(
        try await !store.finish("b", counts: counts, output: nil, errors: nil, at: Self.time))
      let found = try #require(try await store.batch("b", owner: "", family: .openAI))
      #expect(found.batch.phase == .expired && found.counts == counts)
      #expect(try await store.batch("b", owner: "x", family: .openAI) == nil)
    }
  }
}
