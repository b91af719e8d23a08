import Orbits

/// Element sets from a publisher or the cache, and how old they are.
public struct FetchedElements: Sendable {
  /// How they came.
  public enum Origin: Hashable, Sendable {
    /// The publisher sent them now.
    case downloaded
    /// The publisher said now that the cached ones are current.
    case unchanged
    /// From the cache: the publisher was asked less than two hours ago.
    case recent(nextDownload: UTC)
    /// From the cache: the network was not to be used.
    case offline
    /// From the cache: the publisher gave nothing usable.
    case fallback(CatalogueError)
  }

  /// How they came.
  public var origin: Origin
  /// The cached file.
  public var path: String
  /// What is in it.
  public var parsed: ParsedElementSets
  /// When the content was downloaded.
  public var fetched: UTC

  /// The epochs of the element sets: the oldest, the median and the newest.
  public var epochs: (oldest: UTC, median: UTC, newest: UTC)? {
    let sorted = parsed.elements.map(\.epoch).sorted()
    guard let oldest = sorted.first, let newest = sorted.last else { return nil }
    return (oldest, sorted[sorted.count / 2], newest)
  }

  /// One or two sentences for a person: how many sets, where from, and how old they are.
  public func summary(now: UTC) -> String {
    var text = "\(parsed.elements.count) element sets, "
    switch origin {
    case .downloaded: text += "downloaded now"
    case .unchanged:
      text += "unchanged at the publisher, downloaded \(Self.age(of: fetched, now: now))"
    case .recent(let next):
      text +=
        "downloaded \(Self.age(of: fetched, now: now)), from the cache: the publisher is asked once "
        + "in two hours, next at \(next.formatted(fractionDigits: 0))"
    case .offline: text += "downloaded \(Self.age(of: fetched, now: now)), from the cache"
    case .fallback(let error):
      text += "downloaded \(Self.age(of: fetched, now: now)), from the cache, since \(error)"
    }
    guard let epochs else { return text }
    return text + ". Epochs: median \(Self.age(of: epochs.median, now: now)), oldest "
      + "\(Self.age(of: epochs.oldest, now: now))."
  }

  /// `35 min ago`, `5.2 h ago`, `3.1 days ago`.
  static func age(of time: UTC, now: UTC) -> String {
    let seconds = now.seconds(since: time)
    let size = abs(seconds)
    let text: String
    if size < 60 {
      text = "\(Int(size)) s"
    } else if size < 7_200 {
      text = "\(Int(size / 60)) min"
    } else if size < 172_800 {
      text = "\((size / 360).rounded() / 10) h"
    } else {
      text = "\((size / 8_640).rounded() / 10) days"
    }
    return seconds < 0 ? "\(text) in the future" : "\(text) ago"
  }
}
