import Orbits

/// Why there are no element sets to give.
public enum CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The group or URL is none.
  case invalidSource(String, reason: String)
  /// The server could not be reached, or went away before it answered.
  case noAnswer(url: String, reason: String)
  /// The server took too long.
  case timedOut(url: String, seconds: Double)
  /// The answer ended before it was complete.
  case cutOff(url: String)
  /// The answer is larger than any catalogue.
  case tooLarge(url: String, limitBytes: Int)
  /// The server sent the request elsewhere too often, or from https to http.
  case badRedirect(url: String, reason: String)
  /// The publisher refuses: too many downloads, mostly. Its own words are with it.
  case refused(url: String, status: Int, words: String)
  /// The publisher knows no such group or file. Its own words are with it.
  case notFound(url: String, words: String)
  /// The server has a fault of its own.
  case serverFault(url: String, status: Int)
  /// What came is no usable file of element sets.
  case unusable(url: String, reason: String)
  /// Nothing is in the cache, and the publisher may not be asked yet.
  case held(name: String, until: UTC, reason: String)
  /// Nothing is in the cache, and the network may not be used.
  case notCached(name: String)
  /// The cache cannot be read or written.
  case cacheFailed(path: String, reason: String)

  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .invalidSource(let text, let reason):
      "\(text): \(reason): give a group such as starlink, or a URL"
    case .noAnswer(let url, let reason):
      "\(url): no answer (\(reason)): check the network and the address"
    case .timedOut(let url, let seconds):
      "\(url): not complete after \(Int(seconds)) s: try again later"
    case .cutOff(let url): "\(url): the download was cut off: try again later"
    case .tooLarge(let url, let limit):
      "\(url): more than \(limit >> 20) MB, which no catalogue has: check the address"
    case .badRedirect(let url, let reason): "\(url): \(reason): check the address"
    case .refused(let url, let status, let words):
      "\(url): the publisher refuses (\(status)): \"\(words)\": wait two hours"
    case .notFound(let url, let words):
      "\(url): the publisher has no such data (404): \"\(words)\": check the group's name"
    case .serverFault(let url, let status):
      "\(url): the server answered \(status): try again later"
    case .unusable(let url, let reason): "\(url): \(reason): check the group or address"
    case .held(let name, let until, let reason):
      "\(name): nothing is in the cache, and the publisher may be asked again at "
        + "\(until.formatted(fractionDigits: 0)); the last time: \(reason)"
    case .notCached(let name):
      "\(name): nothing is in the cache: fetch it once with the network"
    case .cacheFailed(let path, let reason):
      "\(path): \(reason): check the folder's permissions and space"
    }
  }

  /// Seconds that the publisher is left alone after this. An answer is one, whatever it says; a download that
  /// broke may be tried again sooner, and a server that was never reached at once.
  var holdSeconds: Double {
    switch self {
    case .refused, .notFound, .unusable, .tooLarge, .badRedirect: DownloadPolicy.intervalSeconds
    case .timedOut, .cutOff, .serverFault: DownloadPolicy.retrySeconds
    case .invalidSource, .noAnswer, .held, .notCached, .cacheFailed: 0
    }
  }
}
