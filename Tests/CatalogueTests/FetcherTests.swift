import Foundation
import Orbits
import Testing

@testable import Catalogue

@Suite(.serialized) struct FetcherTests {
  @Test func twoHoursPassBetweenDownloads() async throws {
    let desk = try Desk()
    let source = try desk.source("two-hours", at: "changing")
    let first = try await desk.fetch(source)
    #expect(first.origin == .downloaded && first.parsed.elements.count == 21)
    #expect(first.path.hasSuffix("/two-hours.csv"))
    desk.clock.advance(hours: 1.99)
    let second = try await desk.fetch(source)
    #expect(second.parsed == first.parsed)
    guard case .recent = second.origin else { Issue.record("\(second.origin)"); return }
    #expect(try await desk.publisher.count("two-hours") == 1)
    #expect(second.summary(now: desk.clock.now).contains("119 min ago"))
    desk.clock.advance(hours: 0.02)
    #expect(try await desk.fetch(source).parsed.elements.count == 22)
    // Another server than CelesTrak may be asked again by force.
    #expect(try await desk.fetch(source, force: true).parsed.elements.count == 23)
  }

  @Test(arguments: ["good", "dated"])
  func unchangedContentIsNotSentAgain(path: String) async throws {
    let desk = try Desk()
    let source = try desk.source("unchanged-\(path)", at: path)
    let first = try await desk.fetch(source)
    desk.clock.advance(hours: 3)
    let second = try await desk.fetch(source)
    #expect(second.origin == .unchanged && second.fetched == first.fetched)
    #expect(second.parsed == first.parsed)
    desk.clock.advance(hours: 1)
    guard case .recent = try await desk.fetch(source).origin else {
      Issue.record("a 304 counts as an answer")
      return
    }
    // Without the file, "unchanged" would be of no use: the whole is asked for.
    try FileManager.default.removeItem(atPath: second.path)
    desk.clock.advance(hours: 3)
    #expect(try await desk.fetch(source).origin == .downloaded)
  }

  @Test func publishersRefusalIsToldAndTheCacheUsed() async throws {
    let desk = try Desk()
    let source = try desk.source("refused", at: "strict")
    let first = try await desk.fetch(source)
    desk.clock.advance(hours: 2.5)
    let second = try await desk.fetch(source)
    #expect(second.parsed == first.parsed)
    let summary = second.summary(now: desk.clock.now)
    #expect(summary.contains("since your last successful download of GROUP=refused"))
    #expect(summary.contains("2.5 h ago"))
    desk.clock.advance(hours: 1.9)
    _ = try await desk.fetch(source)
    #expect(try await desk.publisher.count("refused") == 2)
  }

  @Test(arguments: [
    ("nodata", "No GP data found"), ("html", "web page"), ("empty", "empty"),
    ("unknown", "Invalid query"),
    ("garbage", "no element sets"), ("fault", "503"), ("truncated", "cut off"),
    ("loop", "redirects"),
    ("chunkcut", "cut off"), ("unframed", "cut off"), ("dropped", "no answer"),
    ("elsewhere", "no http URL"),
  ])
  func errorsAreToldAndLeaveTheCache(path: String, words: String) async throws {
    let desk = try Desk()
    let lone = await desk.failure(of: try desk.source("lone-\(path)", at: path))
    #expect(lone?.description.contains(words) == true, "\(String(describing: lone))")
    guard path != "unknown" else { return }

    let source = try desk.source("kept-\(path)", at: "once")
    let good = try await desk.fetch(source)
    let before = desk.text("kept-\(path).csv")
    desk.clock.advance(hours: 3)
    let kept = try await desk.fetch(source)
    guard case .fallback(let error) = kept.origin else { Issue.record("\(kept.origin)"); return }
    #expect(error.description.contains(words))
    #expect(kept.parsed == good.parsed && kept.fetched == good.fetched)
    #expect(desk.text("kept-\(path).csv") == before)
  }

  @Test func failedDownloadsAreNotRepeatedAtOnce() async throws {
    let desk = try Desk()
    let unknown = try desk.source("hold-unknown", at: "unknown")
    _ = await desk.failure(of: unknown)
    desk.clock.advance(hours: 1.5)
    guard case .held = await desk.failure(of: unknown) else { Issue.record("not held"); return }
    #expect(try await desk.publisher.count("hold-unknown") == 1)
    let broken = try desk.source("hold-broken", at: "truncated")
    _ = await desk.failure(of: broken)
    _ = await desk.failure(of: broken)
    #expect(try await desk.publisher.count("hold-broken") == 1)
    desk.clock.advance(hours: 0.2)
    _ = await desk.failure(of: broken)
    #expect(try await desk.publisher.count("hold-broken") == 2)
  }

  @Test func compressedAndRedirectedContentIsRead() async throws {
    let desk = try Desk()
    #expect(try await desk.fetch(desk.source("zipped", at: "gzip")).parsed.elements.count == 500)
    #expect(try await desk.fetch(desk.source("moved", at: "redirect")).parsed.elements.count == 20)
    let url = try ElementSource("\(desk.publisher.base)/good/my-sats.csv")
    #expect(try await desk.fetch(url).path.contains("/my-sats-"))
  }

  @Test func limitsHold() async throws {
    var small = DownloadLimits()
    small.bodyBytes = 1 << 20
    var short = DownloadLimits()
    short.totalSeconds = 1
    var impatient = DownloadLimits()
    impatient.silenceSeconds = 1
    for (path, limits, words) in [
      ("huge", small, "more than 1 MB"), ("bomb", small, "more than 1 MB"),
      ("slow", short, "not complete after 1 s"), ("silent", impatient, "not complete after 1 s"),
    ] {
      let desk = try Desk(limits: limits)
      let error = await desk.failure(of: try desk.source("limit-\(path)", at: path))
      #expect(error?.description.contains(words) == true, "\(path) \(String(describing: error))")
      #expect(desk.text("limit-\(path).csv").isEmpty)
    }
  }

  @Test func manyAtOnceDownloadOnce() async throws {
    let desk = try Desk()
    let source = try desk.source("crowd", at: "changing")
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<12 { group.addTask { try await desk.fetch(source).parsed.elements.count } }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 21, count: 12))
    #expect(try await desk.publisher.count("crowd") == 1)
  }
}
