import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What a download may cost.
public struct DownloadLimits: Hashable, Sendable {
  /// The largest body, after decompression.
  public var bodyBytes = 64 << 20
  /// How often a server may send the request elsewhere.
  public var redirects = 5
  /// How long a server may be silent.
  public var silenceSeconds = 30.0
  /// How long the whole may take.
  public var totalSeconds = 300.0

  /// The limits that suit a catalogue.
  public init() {}
}

/// A server's complete answer.
struct HTTPAnswer: Sendable {
  var status: Int
  var etag: String?
  var lastModified: String?
  var body: [UInt8]
}

/// One GET, with its redirects.
struct HTTPDownload {
  var limits = DownloadLimits()

  /// Asks for a URL; with a tag or date, only for content that has changed since.
  func get(
    _ url: String, etag: String? = nil, lastModified: String? = nil
  ) async throws(CatalogueError) -> HTTPAnswer {
    var address = url
    for _ in 0...limits.redirects {
      guard let target = URL(string: address) else {
        throw .badRedirect(url: url, reason: "the server points to no URL")
      }
      var request = URLRequest(url: target)
      request.cachePolicy = .reloadIgnoringLocalCacheData
      request.timeoutInterval = limits.silenceSeconds
      request.setValue("perigee", forHTTPHeaderField: "User-Agent")
      if let etag { request.setValue(etag, forHTTPHeaderField: "If-None-Match") }
      if let lastModified {
        request.setValue(lastModified, forHTTPHeaderField: "If-Modified-Since")
      }
      let exchange = HTTPExchange(url: url, limits: limits)
      switch try await exchange.run(request).get() {
      case .answer(let answer): return answer
      case .redirect(let location):
        address = try next(after: target, location: location, url: url)
      }
    }
    throw .badRedirect(url: url, reason: "more than \(limits.redirects) redirects")
  }

  private func next(
    after target: URL, location: String, url: String
  ) throws(CatalogueError) -> String {
    guard let next = URL(string: location, relativeTo: target)?.absoluteURL,
      next.scheme == "http" || next.scheme == "https"
    else { throw .badRedirect(url: url, reason: "the server points to no http URL") }
    guard !(target.scheme == "https" && next.scheme == "http") else {
      throw .badRedirect(url: url, reason: "the server points from https to http")
    }
    return next.absoluteString
  }
}

/// One request and its answer, gathered within the limits.
private final class HTTPExchange: NSObject, URLSessionDataDelegate, Sendable {
  enum Outcome: Sendable {
    case answer(HTTPAnswer)
    case redirect(String)
  }

  private typealias Ending = Result<Outcome, CatalogueError>

  private struct State {
    var body: [UInt8] = []
    var redirect: String?
    var failure: CatalogueError?
    var continuation: CheckedContinuation<Ending, Never>?
  }

  private let url: String
  private let limits: DownloadLimits
  private let state = Mutex(State())

  init(url: String, limits: DownloadLimits) {
    self.url = url
    self.limits = limits
  }

  func run(_ request: URLRequest) async -> Result<Outcome, CatalogueError> {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    configuration.timeoutIntervalForRequest = limits.silenceSeconds
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let task = session.dataTask(with: request)
    let alarm = Task {
      try await Task.sleep(for: .seconds(limits.totalSeconds))
      self.stop(task, .timedOut(url: url, seconds: limits.totalSeconds))
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        state.withLock { $0.continuation = continuation }
        task.resume()
      }
    } onCancel: {
      stop(task, .cutOff(url: url))
    }
  }

  /// Ends the exchange early, for this reason.
  private func stop(_ task: URLSessionTask, _ failure: CatalogueError) {
    state.withLock { if $0.failure == nil { $0.failure = failure } }
    task.cancel()
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data
  ) {
    let isTooLarge = state.withLock { state in
      state.body.append(contentsOf: data)
      return state.body.count > limits.bodyBytes
    }
    if isTooLarge { stop(dataTask, .tooLarge(url: url, limitBytes: limits.bodyBytes)) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    let location = response.value(forHTTPHeaderField: "Location")
    state.withLock { $0.redirect = location ?? request.url?.absoluteString ?? "" }
    completionHandler(nil)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let response = task.response as? HTTPURLResponse
    let last = state.withLock { state in
      let copy = state
      state.continuation = nil
      return copy
    }
    last.continuation?.resume(returning: ending(last, response, error))
  }

  private func ending(
    _ state: State, _ response: HTTPURLResponse?, _ error: (any Error)?
  ) -> Ending {
    if let failure = state.failure { return .failure(failure) }
    if let redirect = state.redirect { return .success(.redirect(redirect)) }
    if let error {
      if (error as? URLError)?.code == .timedOut {
        return .failure(.timedOut(url: url, seconds: limits.silenceSeconds))
      }
      guard response == nil, state.body.isEmpty else { return .failure(.cutOff(url: url)) }
      return .failure(.noAnswer(url: url, reason: error.localizedDescription))
    }
    guard let response else { return .failure(.noAnswer(url: url, reason: "it is not HTTP")) }
    return .success(
      .answer(
        HTTPAnswer(
          status: response.statusCode, etag: response.value(forHTTPHeaderField: "ETag"),
          lastModified: response.value(forHTTPHeaderField: "Last-Modified"), body: state.body)))
  }
}
