import Digests
import Orbits

/// Fetches element sets through a cache that respects their publisher and works without a network.
///
/// A source is downloaded at most once in two hours (``DownloadPolicy``), with a conditional request where
/// the publisher gave a tag or a date. An answer replaces the cached file only when it has been read as
/// element sets; until then, and after every failure, the cached file stays and is used.
public struct ElementFetcher: Sendable {
  /// The cache's folder.
  public let folder: String
  /// What a download may cost.
  public let limits: DownloadLimits
  private let now: @Sendable () -> UTC

  /// A fetcher with its cache in `folder`; `now` is the clock.
  public init(
    folder: String, limits: DownloadLimits = DownloadLimits(), now: @escaping @Sendable () -> UTC
  ) {
    self.folder = folder
    self.limits = limits
    self.now = now
  }

  /// The source's element sets, from the publisher or the cache.
  ///
  /// - Parameters:
  ///   - offline: use the cache alone.
  ///   - force: ask although two hours have not passed. CelesTrak and Space-Track are not asked even so:
  ///     they have nothing new, and block who asks.
  /// - Throws: ``CatalogueError`` where there are neither.
  public func fetch(
    _ source: ElementSource, offline: Bool = false, force: Bool = false
  ) async throws(CatalogueError) -> FetchedElements {
    let cache = ElementCache(source, folder: folder)
    if offline { return try await decide(source, cache, offline: true, force: force) }
    // Whoever waits here finds what the other process has downloaded.
    return try await cache.locked(patienceSeconds: limits.totalSeconds + 30) {
      () async throws(CatalogueError) in
      try await decide(source, cache, offline: false, force: force)
    }
  }

  private func decide(
    _ source: ElementSource, _ cache: ElementCache, offline: Bool, force: Bool
  ) async throws(CatalogueError) -> FetchedElements {
    let record = cache.record()
    let entry = cache.entry(record)
    switch DownloadPolicy.decide(
      source, record: record, hasData: entry != nil, now: now(), offline: offline, force: force)
    {
    case .fail(let error): throw error
    case .useCache(let origin): return try cached(entry, cache, source, origin)
    case .download: break
    }
    do throws(CatalogueError) {
      return try await download(source, cache, record, entry)
    } catch {
      // A record of another address keeps nothing: its tag would not be of this one's content.
      var failed = CacheRecord(source: source.url)
      if let record, record.source == source.url { failed = record }
      failed.failure = error.description
      failed.notBefore = CacheRecord.Instant(now().adding(seconds: error.holdSeconds))
      // Where even this cannot be written, what is in the cache can still be used.
      try? cache.write(failed)
      guard entry != nil else { throw error }
      return try cached(entry, cache, source, .fallback(error))
    }
  }

  private func cached(
    _ entry: ElementCache.Entry?, _ cache: ElementCache, _ source: ElementSource,
    _ origin: FetchedElements.Origin
  ) throws(CatalogueError) -> FetchedElements {
    guard let entry else { throw .notCached(name: source.name) }
    return FetchedElements(
      origin: origin, path: cache.path, parsed: entry.parsed, fetched: entry.fetched)
  }

  private func download(
    _ source: ElementSource, _ cache: ElementCache, _ record: CacheRecord?,
    _ entry: ElementCache.Entry?
  ) async throws(CatalogueError) -> FetchedElements {
    // "Unchanged" is of use only where what is unchanged is there.
    let isCurrent = entry != nil && record?.source == source.url && cache.isDescribed(by: record)
    let answer = try await HTTPDownload(limits: limits).get(
      source.url, etag: isCurrent ? record?.etag : nil,
      lastModified: isCurrent ? record?.lastModified : nil)
    let time = now()
    let next = CacheRecord.Instant(time.adding(seconds: DownloadPolicy.intervalSeconds))
    if answer.status == 304, isCurrent, var record {
      record.checked = CacheRecord.Instant(time)
      record.notBefore = next
      record.failure = nil
      try cache.write(record)
      return try cached(entry, cache, source, .unchanged)
    }
    try check(answer, source)
    let parsed = try Acceptance.parse(answer.body, from: source)
    var fresh = CacheRecord(source: source.url)
    fresh.fetched = CacheRecord.Instant(time)
    fresh.checked = fresh.fetched
    fresh.notBefore = next
    fresh.etag = answer.etag
    fresh.lastModified = answer.lastModified
    fresh.sha256 = Digest(of: answer.body).hexadecimal
    fresh.bytes = answer.body.count
    fresh.elementSets = parsed.elements.count
    try cache.replace(answer.body, fresh)
    return FetchedElements(origin: .downloaded, path: cache.path, parsed: parsed, fetched: time)
  }

  private func check(_ answer: HTTPAnswer, _ source: ElementSource) throws(CatalogueError) {
    let words = Acceptance.words(of: answer.body)
    switch answer.status {
    case 200: return
    case 401, 403, 429: throw .refused(url: source.url, status: answer.status, words: words)
    case 404, 410: throw .notFound(url: source.url, words: words)
    case 500...599: throw .serverFault(url: source.url, status: answer.status)
    default:
      throw .unusable(url: source.url, reason: "the server answered \(answer.status)")
    }
  }
}
