import Orbits

/// When a publisher may be asked. Pure: the cache's record and the time decide.
///
/// CelesTrak makes new data every two hours and blocks addresses that ask more often, so one download of a
/// source in two hours is the rule here, whatever the answer was.
enum DownloadPolicy {
  /// Between two downloads of one source.
  static let intervalSeconds = 7_200.0
  /// After a download that broke.
  static let retrySeconds = 600.0

  enum Decision: Equatable {
    /// Ask the publisher.
    case download
    /// Use what is there.
    case useCache(FetchedElements.Origin)
    /// Nothing is there, and the publisher may not be asked.
    case fail(CatalogueError)
  }

  static func decide(
    _ source: ElementSource, record: CacheRecord?, hasData: Bool, now: UTC, offline: Bool,
    force: Bool
  ) -> Decision {
    if offline {
      return hasData ? .useCache(.offline) : .fail(.notCached(name: source.name))
    }
    guard let record, record.source == source.url, let until = record.notBefore?.utc,
      now < until,
      // A record from the future is of a clock that was wrong.
      until.seconds(since: now) <= intervalSeconds,
      !force || source.isProtected
    else { return .download }
    if hasData { return .useCache(.recent(nextDownload: until)) }
    return .fail(
      .held(name: source.name, until: until, reason: record.failure ?? "the file was removed"))
  }
}
