import Decisions
import Dialects
import NIOCore
import NIOHTTP1

/// Requests to the work plane: those of its own paths, whose bodies it reads as they come, and those for
/// inference that are to survive their connection.
extension ClientConnection {
  /// A request whose head has come begins.
  func beginWork(_ head: HTTPRequestHead) {
    guard let work = loop.work, let id = incoming?.id else { return }
    let feed = ByteFeed(eventLoop: loop.eventLoop)
    guard loop.admission.admitBytes(ByteFeed.highWaterBytes) else { return refuse(.overloaded) }
    incoming?.heldBytes += ByteFeed.highWaterBytes
    incoming?.feed = feed
    feed.onRoom = { [weak self] in self?.readOn() }
    let request = workRequest(head, id: id, body: ByteSequence(feed, on: loop.eventLoop))
    relay(id) { try await work.respond(to: request) }
  }

  /// A request for inference that has come in begins, to be remembered.
  func beginWork(_ work: any WorkPlane, _ incoming: Incoming) {
    let request = workRequest(
      incoming.head, id: incoming.id, body: ByteSequence(incoming.body))
    relay(incoming.id) { try await work.respond(to: request) }
  }

  private func workRequest(
    _ head: HTTPRequestHead, id: String, body: ByteSequence
  ) -> WorkRequest {
    let scheme = loop.configuration.tls == nil ? "http" : "https"
    return WorkRequest(
      id: id, method: head.method == .HEAD ? "GET" : head.method.rawValue,
      path: head.path, query: head.query,
      headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body,
      caller: incoming?.caller ?? .local, patience: loop.patience(head.headers),
      origin: head.headers.first(name: "host").map { "\(scheme)://\($0)" } ?? "")
  }

  /// A piece of a body that the work plane reads as it comes. While it is behind, the client waits.
  func feedWork(_ bytes: ByteBuffer, to feed: ByteFeed) {
    guard let received = incoming?.receivedBytes else { return }
    let limit = loop.configuration.limits.maxUploadBytes
    guard received + bytes.readableBytes <= limit else {
      return refuse(.tooLarge(limit: limit))
    }
    // Files go to the disk as they come; every other body is gathered in memory.
    if incoming?.head.uri.hasPrefix("/v1/files") == false {
      guard loop.admission.admitBytes(bytes.readableBytes) else { return refuse(.overloaded) }
      incoming?.heldBytes += bytes.readableBytes
    }
    incoming?.receivedBytes = received + bytes.readableBytes
    feed.put(bytes)
    timer?.set(feed.isFull ? nil : .now() + TimeAmount(loop.configuration.timeouts.requestHead))
  }

  private func readOn() {
    if state == .receiving {
      timer?.set(.now() + TimeAmount(loop.configuration.timeouts.requestHead))
    }
    releaseRead()
  }

  func workRefused(_ id: String, _ error: WorkError) {
    if isCurrent(id) { refuse(APIError(error)) }
  }
}

extension APIError {
  /// What the work plane refuses with.
  init(_ error: WorkError) {
    self.init(
      HTTPResponseStatus(statusCode: error.status), error.fault, error.message, code: error.code,
      param: error.param, retryAfter: error.retryAfter)
  }
}

extension ClientConnection.Incoming {
  /// Whether a request for inference is to survive its connection: it says so in a header field, or its
  /// API is one that keeps what it answers.
  var isToBeRemembered: Bool {
    for (name, value) in head.headers {
      if name.isField("idempotency-key") || name.isField("x-perigee-wait") { return true }
      if name.isField("prefer"), value.lowercased().contains("respond-async") { return true }
    }
    guard case .inference(let inference) = route else { return false }
    return inference.rawValue == "/v1/responses" && isKeptResponse
  }

  /// Whether a request for a response is kept, or continues one that is: unless it says `"store": false`.
  private var isKeptResponse: Bool {
    body.withUnsafeReadableBytes { text in
      var scanner = JSONScanner(text)
      return (try? scanner.asksToBeKept()) ?? false
    }
  }
}

extension JSONScanner {
  /// Whether a request for a response, well-formed to its end, is one to be kept. The body is not built
  /// into a tree for that: whoever answers reads it.
  fileprivate mutating func asksToBeKept() throws(JSONFault) -> Bool {
    skipWhitespace()
    guard byte == UInt8(ascii: "{") else {
      try skipValue()
      try finish()
      return true
    }
    var (isStored, isBackground, goesOn, isFirst) = (true, false, false, true)
    try enterObject()
    while let key = try nextKey(&isFirst) {
      if matches(key, "store") { isStored = byte != UInt8(ascii: "f") }
      if matches(key, "background") { isBackground = byte == UInt8(ascii: "t") }
      if matches(key, "previous_response_id") { goesOn = byte != UInt8(ascii: "n") }
      try skipValue(depth: 1)
    }
    try finish()
    return isStored || isBackground || goesOn
  }
}
