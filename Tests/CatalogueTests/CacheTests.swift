import Digests
import Foundation
import Orbits
import Testing

@testable import Catalogue

@Suite(.serialized) struct CacheTests {
  /// skyfield #534, #299, #218, #477, #938: data that expires or a server that is away stops the program. What was
  /// fetched once stays usable, however old, and its age is told.
  @Test func cacheWorksOfflineAndSaysItsAge() async throws {
    let desk = try Desk()
    let source = try desk.source("offline", at: "good")
    await #expect(throws: CatalogueError.notCached(name: "offline")) {
      try await desk.fetch(source, offline: true)
    }
    _ = try await desk.fetch(source)
    desk.clock.advance(hours: 75)
    let cached = try await desk.fetch(source, offline: true)
    #expect(cached.origin == .offline && cached.parsed.elements.count == 20)
    #expect(
      cached.summary(now: desk.clock.now)
        == "20 element sets, downloaded 3.1 days ago, from the cache. Epochs: median 3.1 days ago, "
        + "oldest 3.1 days ago.")
  }

  @Test func serverThatIsDownLeavesTheCacheAndMayBeAskedAgainAtOnce() async throws {
    let desk = try Desk()
    let down = try ElementSource("down", base: "http://127.0.0.1:9/gp.php")
    guard case .noAnswer = await desk.failure(of: down) else { Issue.record("answered"); return }
    guard case .noAnswer = await desk.failure(of: down) else { Issue.record("held"); return }
  }

  @Test func recordSaysWhatTheFileIs() async throws {
    let desk = try Desk()
    let fetched = try await desk.fetch(desk.source("record", at: "good"))
    let record = try JSONDecoder().decode(
      CacheRecord.self, from: Data(desk.text("record.csv.json").utf8))
    #expect(record.source == "\(desk.publisher.base)/good?GROUP=record&FORMAT=csv")
    #expect(record.fetched?.utc == fetched.fetched && record.elementSets == 20)
    #expect(record.notBefore?.utc == fetched.fetched.adding(seconds: 7_200))
    let content = Array(desk.text("record.csv").utf8)
    #expect(record.sha256 == Digest(of: content).hexadecimal && record.bytes == content.count)
    #expect(record.etag != nil && record.lastModified == "Sat, 22 Aug 2026 11:51:02 GMT")
  }

  @Test func crashBetweenFileAndRecordLosesNothing() async throws {
    let desk = try Desk()
    let source = try desk.source("crash", at: "good")
    let path = try await desk.fetch(source).path
    // The new file is in place, the record still the old one's.
    let newer =
      desk.text("crash.csv") + String(desk.text("crash.csv").split(separator: "\r\n")[1]) + "\r\n"
    try Data(newer.utf8).write(to: URL(fileURLWithPath: path))
    #expect(try await desk.fetch(source, offline: true).parsed.elements.count == 21)
    desk.clock.advance(hours: 3)
    #expect(try await desk.fetch(source).origin == .downloaded, "its tag may not be used")
  }

  @Test func damagedFilesAndRecordsAreFetchedAnew() async throws {
    let desk = try Desk()
    let source = try desk.source("damage", at: "good")
    let path = try await desk.fetch(source).path
    try Data("garbage".utf8).write(to: URL(fileURLWithPath: path))
    await #expect(throws: CatalogueError.notCached(name: "damage")) {
      try await desk.fetch(source, offline: true)
    }
    try Data("{\"source\": 5".utf8).write(to: URL(fileURLWithPath: "\(path).json"))
    #expect(try await desk.fetch(source).origin == .downloaded)
    try Data("left by a crash".utf8).write(to: URL(fileURLWithPath: "\(path).new"))
    desk.clock.advance(hours: 3)
    #expect(try await desk.fetch(source).origin == .unchanged)
  }

  @Test func anotherBaseIsAnotherSource() async throws {
    let desk = try Desk()
    _ = try await desk.fetch(desk.source("base", at: "good"))
    let other = try await desk.fetch(desk.source("base", at: "changing"))
    #expect(other.origin == .downloaded && other.parsed.elements.count == 22)
    // A failure elsewhere does not lend that address the tag of this one's content.
    let failed = try await desk.fetch(desk.source("base", at: "fault"))
    #expect(failed.parsed.elements.count == 22)
    #expect(!desk.text("base.csv.json").contains("etag"))
  }

  @Test func folderThatCannotBeMadeIsTold() async throws {
    let desk = try Desk()
    let fetcher = ElementFetcher(folder: "/dev/null/elements") { [clock = desk.clock] in clock.now }
    let source = try desk.source("folder", at: "good")
    await #expect(throws: CatalogueError.self) { try await fetcher.fetch(source) }
  }
}
