import Orbits
import Testing

@testable import Catalogue

struct PolicyTests {
  private let now = UTC(year: 2026, month: 8, day: 22)

  private func decide(
    _ text: String, heldFor seconds: Double?, hasData: Bool = true, offline: Bool = false,
    force: Bool = false
  ) throws -> DownloadPolicy.Decision {
    let source = try ElementSource(text)
    var record = CacheRecord(source: source.url)
    record.notBefore = seconds.map { CacheRecord.Instant(now.adding(seconds: $0)) }
    return DownloadPolicy.decide(
      source, record: record, hasData: hasData, now: now, offline: offline, force: force)
  }

  @Test func forceDoesNotBreakThePublishersRule() throws {
    let held = DownloadPolicy.Decision.useCache(.recent(nextDownload: now.adding(seconds: 60)))
    #expect(try decide("starlink", heldFor: 60) == held)
    #expect(try decide("starlink", heldFor: 60, force: true) == held)
    #expect(try decide("https://www.space-track.org/a", heldFor: 60, force: true) == held)
    #expect(try decide("https://mirror.example/a.csv", heldFor: 60, force: true) == .download)
    #expect(try decide("https://notcelestrak.org/a.csv", heldFor: 60, force: true) == .download)
  }

  @Test func timesDecide() throws {
    #expect(try decide("starlink", heldFor: nil) == .download)
    #expect(try decide("starlink", heldFor: 0) == .download)
    #expect(try decide("starlink", heldFor: -1) == .download)
    // A clock that was once wrong does not lock the source for years.
    #expect(try decide("starlink", heldFor: 1e7) == .download)
    #expect(
      try decide("starlink", heldFor: 60, hasData: false)
        == .fail(
          .held(name: "starlink", until: now.adding(seconds: 60), reason: "the file was removed")))
    #expect(try decide("starlink", heldFor: -1, offline: true) == .useCache(.offline))
    #expect(
      try decide("starlink", heldFor: -1, hasData: false, offline: true)
        == .fail(.notCached(name: "starlink")))
  }

  @Test func sourcesAreGroupsOrURLs() throws {
    let group = try ElementSource("Starlink")
    #expect(group.url == "https://celestrak.org/NORAD/elements/gp.php?GROUP=Starlink&FORMAT=csv")
    #expect(group.fileName == "starlink.csv")
    let url = try ElementSource(
      "http://example.org/a/../b%2F/my sats.tle".replacing(" ", with: "%20"))
    #expect(url.fileName.hasPrefix("mysats-") && url.fileName.hasSuffix(".tle"))
    #expect(
      try ElementSource("http://a.b/?x=1").fileName != ElementSource("http://a.b/?x=2").fileName)
    #expect(
      try ElementSource("x", base: "http://a.b/?k=1").url == "http://a.b/?k=1&GROUP=x&FORMAT=csv")
  }

  @Test(arguments: [
    "", "../x", "a b", "-x", "a&FORMAT=tle", "file:///etc/passwd", "ftp://a/b", "http://", "é",
    "https://user:secret@example.org/a.csv",
  ])
  func otherSourcesAreRefused(text: String) {
    #expect(throws: CatalogueError.self) { try ElementSource(text) }
    do { _ = try ElementSource(text) } catch { #expect(!error.description.contains("secret")) }
  }
}
