import Decisions
import Dialects
import Links
import NIOCore
import NIOHTTP1

/// What an attempt's connection tells it.
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

  func upstreamTookRequest() {
    isSent = true
    exchange?.awaitsAnswer(self)
  }

  func upstreamLost(_ fault: Fault, detail: String) {
    _ = letGo()
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
    log.answerBytes += bytes.readableBytes
    do throws(UpstreamResponse.Unusable) {
      try response.receive(body: bytes)
      if response.kind == .events { return try takeEvents() }
      try hold(bytes.readableBytes)
      exchange?.progressed(self)
    } catch {
      exchange?.failed(self, error.fault, detail: error.detail)
    }
  }

  func hold(_ count: Int) throws(UpstreamResponse.Unusable) {
    if count == 0 { return }
    guard exchange?.loop.admission.admitBytes(count) == true else {
      throw .init(fault: .ownOverloaded, detail: "the gateway's memory for bodies is full")
    }
    heldBytes += count
  }

  /// Hands on the events that are complete. The first one with content decides that this attempt is the
  /// answer: until then those with data are held, and comments before them dropped.
  private func takeEvents() throws(UpstreamResponse.Unusable) {
    while let exchange, let event = try response.nextEvent() {
      let data = event.data()
      // A far node's signs of life, until the next event of the answer that was asked for again.
      if data == nil, log.isFollowUp { exchange.progressed(self) }
      if let data, log.firstByte == nil { kept?.learnName(from: data) }
      let dialect = passage.dialect(of: exchange.request.inference) ?? .chat
      let isTerminal = data.map(dialect.isTerminal) ?? false
      if log.firstByte == nil {
        if try isHeld(event, data, isTerminal) { continue }
        log.firstByte = .now()
        exchange.receivedContent(self)
        for held in startUp where !isOver {
          exchange.forward(held.event, data: held.data, isTerminal: false, from: self)
        }
        startUp = []
        if isOver { return }
      }
      exchange.forward(event, data: data, isTerminal: isTerminal, from: self)
    }
    exchange?.forwardedEvents(of: self)
  }

  private func isHeld(
    _ event: SSEEvent, _ data: ByteBuffer?, _ isTerminal: Bool
  ) throws(UpstreamResponse.Unusable) -> Bool {
    if isTerminal { return false }
    if let data {
      try UpstreamResponse.checkFirst(data)
      let held = startUp.reduce(event.bytes.readableBytes) { $0 + $1.event.bytes.readableBytes }
      guard startUp.count < Self.maximumHeldEvents, held <= Self.maximumHeldBytes,
        StartUpScan.isStartUp(data)
      else { return false }
      exchange?.progressed(self)
    } else if startUp.isEmpty {
      return true
    }
    startUp.append((event, data))
    return true
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
      letGo()?.release()
      exchange?.failed(self, error.fault, detail: error.detail)
    }
  }

  /// Whether only tokens are to be counted, for which an estimate will do.
  private var isTokenizer: Bool { if case .tokenized = passage { true } else { false } }

  private func takeAnswer() throws(UpstreamResponse.Unusable) {
    guard let exchange else { return }
    let usage: AnswerUsage?
    (answer, usage, isEstimate) = try passage.answer(response.body, to: exchange.request)
    exchange.sendAnswer(of: self, usage: usage)
  }

  private func failureDetail(_ fault: Fault) -> String {
    let status = response.head?.status.code ?? 0
    guard fault == .providerRefused else { return "status \(status)" }
    return "refused with status \(status); check the key and the model name configured for it"
  }
}
