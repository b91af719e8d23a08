import Decisions
import Dialects
import Links
import Logging
import NIOCore
import NIOHTTP1

/// One try to get an answer over one path: the connection to a backend, what came over it so far, and
/// the log of it. What that means for the request is the ``Exchange``'s to decide.
///
/// It ends exactly once, by ``end(_:detail:keepsConnection:)``; nothing that its connection does after
/// that is heard.
final class Attempt {
  private(set) var log: AttemptLog
  /// What the backend has answered.
  private(set) var response: UpstreamResponse
  /// How the request gets there and the answer back.
  private(set) var passage = Passage.unchanged
  /// Why the request cannot be asked of this backend, where it can't.
  private(set) var refusal: Untranslatable?
  /// The whole answer in the client's words.
  private(set) var answer = ByteBuffer()
  /// Whether that is a count of tokens that had to be estimated.
  private(set) var isEstimate = false
  /// Reads a stream that is translated.
  private var reader: (any StreamReader)?
  /// The request this is for; let go of at the end, which breaks the cycle.
  private var exchange: Exchange?
  private var endpoint: Endpoint?
  private var connection: UpstreamConnection?
  private var pending: UpstreamPool.Pending?
  /// Bytes of the answer held in memory.
  private var heldBytes = 0

  init(for exchange: Exchange, over scored: RoutingDecision.Scored) {
    self.exchange = exchange
    log = AttemptLog(path: scored.path, predictedMs: scored.predictedMs, started: .now())
    let limits = exchange.loop.configuration.limits
    response = UpstreamResponse(
      isStream: exchange.facts.stream, maximumBytes: limits.maxResponseBytes,
      maximumEventBytes: limits.maxEventBytes)
  }

  /// Whether nothing more comes of it.
  var isOver: Bool { exchange == nil }

  /// Whether it failed on a kept connection that had died meanwhile, which says nothing about the path.
  func isStale(_ fault: Fault) -> Bool {
    log.reusedConnection && response.head == nil && fault == .linkReset
  }

  /// Connects, over a new connection if `fresh`; gives what is in the way of that, if anything is.
  func begin(fresh: Bool) -> UpstreamResponse.Unusable? {
    guard let loop = exchange?.loop, let endpoint = loop.router.endpoint(for: log.path) else {
      return .init(fault: .linkNoPath, detail: "the path is gone")
    }
    self.endpoint = endpoint
    if let refusal = choosePassage() {
      return .init(fault: .callerUnsupported, detail: "\(refusal)")
    }
    do throws(UpstreamResponse.Unusable) {
      try hold(passage.bodyBytes)
    } catch {
      return error
    }
    if !fresh, let kept = loop.pool.takeIdle(UpstreamPool.Key(endpoint)) {
      upstreamConnected(kept)
    } else {
      pending = loop.pool.connect(to: endpoint, for: self)
    }
    return nil
  }

  private func send(over connection: UpstreamConnection, to endpoint: Endpoint) {
    guard let exchange else { return }
    let request = exchange.request
    let body =
      switch passage {
      case .unchanged:
        request.content.edited(
          request.body, model: upstreamModel, asksUsage: request.hidesUsage)
      case .translated(let translation): [ByteBuffer(bytes: translation.body)]
      case .tokenized(let count): [ByteBuffer(bytes: count.body)]
      }
    let base = endpoint.basePath.isEmpty ? "/v1" : endpoint.basePath
    let upstream = UpstreamRequest(
      to: passage.path(request.inference, base: base), of: endpoint,
      in: passage.dialect(of: request.inference), body: body, isStream: exchange.facts.stream,
      client: request.headers, id: exchange.facts.id,
      traceparent: request.trace.map { trace in
        trace.header(attempt: exchange.attempts.firstIndex { $0 === self } ?? 0)
      })
    log.bytesUp = upstream.bodyBytes
    connection.send(upstream, for: self)
  }

  private var upstreamModel: String? {
    guard let exchange else { return nil }
    return exchange.loop.router.upstreamModelName(
      exchange.facts.model, backend: log.path.backend)
  }

  /// Finds the words that the backend understands; gives what cannot be said in them.
  private func choosePassage() -> Untranslatable? {
    guard let exchange else { return nil }
    do throws(Untranslatable) {
      passage = try exchange.request.passage(
        to: exchange.loop.router.families(of: log.path.backend),
        upstreamModel: upstreamModel ?? exchange.facts.model, id: exchange.facts.id,
        time: exchange.facts.arrival)
      if case .translated(let translation) = passage { reader = translation.reader() }
      return nil
    } catch {
      refusal = error
      return error
    }
  }

  /// The steps that an event of a translated stream makes; `nil` where the stream is passed on as it is.
  func steps(of data: ByteBuffer?) throws(UpstreamResponse.Unusable) -> [AnswerEvent]? {
    guard reader != nil else { return nil }
    guard let data else { return [] }
    do throws(UnreadableAnswer) {
      return try data.withBytes { bytes throws(UnreadableAnswer) in
        try reader?.read(bytes: bytes)
      }
    } catch {
      throw .init(fault: .providerBadAnswer, detail: error.detail)
    }
  }

  /// Stops reading or goes on, so that what the client does not take stays with the backend.
  func setPaused(_ isPaused: Bool) { connection?.setPaused(isPaused) }

  /// It is over; `fault` and `detail` say why where it did not succeed. The connection is closed, unless
  /// the answer is there and it can be kept.
  func end(_ fault: Fault?, detail: String? = nil, keepsConnection: Bool = false) {
    guard let exchange else { return }
    self.exchange = nil
    pending?.cancel()
    pending = nil
    if keepsConnection { connection?.release() } else { connection?.close() }
    connection = nil
    if heldBytes > 0 { exchange.loop.admission.bytesFreed(heldBytes) }
    if let fault { log.wasStale = isStale(fault) }
    log.ended = .now()
    log.fault = fault
    log.detail = detail
    if let fault {
      exchange.loop.logger.debug(
        "attempt failed",
        metadata: [
          "request": "\(exchange.facts.id)", "path": "\(log.path)", "fault": "\(fault.rawValue)",
          "detail": "\(detail ?? "")",
        ])
    }
    exchange.loop.router.attemptEnded(log.path, log.outcome)
  }
}

extension Attempt: UpstreamUser {
  func upstreamConnected(_ connection: UpstreamConnection) {
    pending = nil
    let now = NIODeadline.now()
    log.connected = connection.isReused ? log.started : now
    log.reusedConnection = connection.isReused
    guard let exchange, let endpoint else { return connection.close() }
    self.connection = connection
    // A TLS handshake is part of connecting; upstreamTookRequest() tells when it is done.
    if connection.isReused || !endpoint.tls { exchange.awaitsAnswer(self) }
    send(over: connection, to: endpoint)
  }

  func upstreamConnectFailed(_ fault: Fault, detail: String) {
    pending = nil
    exchange?.failed(self, fault, detail: detail)
  }

  func upstreamTookRequest() { exchange?.awaitsAnswer(self) }

  func upstreamLost(_ fault: Fault, detail: String) {
    connection = nil
    exchange?.failed(self, fault, detail: detail)
  }

  func upstreamReceived(head: HTTPResponseHead) {
    log.status = Int(head.status.code)
    do throws(UpstreamResponse.Unusable) {
      let kind = try response.receive(head: head)
      if kind == .json || kind == .rejection { log.firstByte = .now() }
      exchange?.receivedHead(self, kind)
    } catch {
      exchange?.failed(self, error.fault, detail: error.detail)
    }
  }

  func upstreamReceived(body bytes: ByteBuffer) {
    log.bytesDown += bytes.readableBytes
    do throws(UpstreamResponse.Unusable) {
      try response.receive(body: bytes)
      if response.kind == .events { return try takeEvents() }
      try hold(bytes.readableBytes)
      exchange?.progressed(self)
    } catch {
      exchange?.failed(self, error.fault, detail: error.detail)
    }
  }

  private func hold(_ count: Int) throws(UpstreamResponse.Unusable) {
    if count == 0 { return }
    guard exchange?.loop.admission.admitBytes(count) == true else {
      throw .init(fault: .ownOverloaded, detail: "the gateway's memory for bodies is full")
    }
    heldBytes += count
  }

  /// Hands on the events that are complete. The first one with data decides whether this attempt is the
  /// answer; comments before it are dropped.
  private func takeEvents() throws(UpstreamResponse.Unusable) {
    while let exchange, let event = try response.nextEvent() {
      let data = event.data()
      let dialect = passage.dialect(of: exchange.request.inference) ?? .chat
      let isTerminal = data.map(dialect.isTerminal) ?? false
      if log.firstByte == nil {
        guard let data else { continue }
        if !isTerminal { try UpstreamResponse.checkFirst(data) }
        log.firstByte = .now()
      }
      exchange.forward(event, data: data, isTerminal: isTerminal, from: self)
    }
    exchange?.forwardedEvents(of: self)
  }

  func upstreamReceivedEnd() {
    do throws(UpstreamResponse.Unusable) {
      switch response.kind {
      case .json:
        try takeAnswer()
      case .rejection where isTokenizer, .failure where isTokenizer: try takeAnswer()
      case .rejection: exchange?.sendAnswer(of: self, fault: .callerRejected)
      case .failure(let fault): throw .init(fault: fault, detail: failureDetail(fault))
      case .events:
        throw .init(
          fault: .providerTruncated,
          detail: response.events.hasPartialEvent
            ? "the stream ended within an event" : "the stream ended without its last event")
      }
    } catch {
      // The answer is complete, so the connection is as good as before; only what it said is not.
      connection?.release()
      connection = nil
      exchange?.failed(self, error.fault, detail: error.detail)
    }
  }

  /// Whether only tokens are to be counted, for which an estimate will do.
  private var isTokenizer: Bool { if case .tokenized = passage { true } else { false } }

  private func takeAnswer() throws(UpstreamResponse.Unusable) {
    guard let exchange else { return }
    let (body, usage) = try passage.answer(response.body, to: exchange.request)
    answer = body
    isEstimate = isTokenizer && !passage.hasCounted(response.body)
    exchange.sendAnswer(of: self, usage: usage)
  }

  private func failureDetail(_ fault: Fault) -> String {
    let status = response.head?.status.code ?? 0
    guard fault == .providerRefused else { return "status \(status)" }
    return "refused with status \(status); check the key and the model name configured for it"
  }
}
