import Decisions
import Links
import NIOCore
import NIOHTTP1

extension Exchange: UpstreamUser {
  func upstreamConnected(_ connection: UpstreamConnection) {
    pending = nil
    let now = NIODeadline.now()
    let last = attempts.count - 1
    attempts[last].connected = connection.isReused ? attempts[last].started : now
    attempts[last].reusedConnection = connection.isReused
    guard let endpoint else { return connection.close() }
    self.connection = connection
    // A TLS handshake is part of connecting; upstreamTookRequest() tells when it is done.
    if connection.isReused || !endpoint.tls { machine.awaitAnswer(at: Instant(now)) }
    sendRequest(to: endpoint, over: connection)
    sink.wake(at: machine.nextWake.map(NIODeadline.init))
  }

  func upstreamConnectFailed(_ fault: Fault, detail: String) {
    pending = nil
    attemptFailed(fault, detail: detail)
  }

  func upstreamTookRequest() {
    machine.awaitAnswer(at: .now())
    sink.wake(at: machine.nextWake.map(NIODeadline.init))
  }

  func upstreamLost(_ fault: Fault, detail: String) {
    connection = nil
    attemptFailed(fault, detail: detail)
  }

  func upstreamReceived(head: HTTPResponseHead) {
    let now = NIODeadline.now()
    attempts[attempts.count - 1].status = Int(head.status.code)
    do throws(UpstreamResponse.Unusable) {
      switch try response.receive(head: head) {
      case .json, .rejection:
        attempts[attempts.count - 1].firstByte = now
        machine.receivedHead(isError: false, at: Instant(now))
      case .failure: machine.receivedHead(isError: true, at: Instant(now))
      case .events: break
      }
      sink.wake(at: machine.nextWake.map(NIODeadline.init))
    } catch {
      attemptFailed(error.fault, detail: error.detail)
    }
  }

  func upstreamReceived(body bytes: ByteBuffer) {
    attempts[attempts.count - 1].bytesDown += bytes.readableBytes
    do throws(UpstreamResponse.Unusable) {
      try response.receive(body: bytes)
      if response.kind == .events {
        try forwardEvents()
        sink.wake(at: machine.nextWake.map(NIODeadline.init))
      } else {
        try hold(bytes.readableBytes)
        machine.progressed(at: .now())
      }
    } catch {
      attemptFailed(error.fault, detail: error.detail)
    }
  }

  private func hold(_ count: Int) throws(UpstreamResponse.Unusable) {
    guard loop.admission.admitBytes(count) else {
      throw .init(fault: .ownOverloaded, detail: "the gateway's memory for bodies is full")
    }
    heldBytes += count
  }

  /// Sends on the events that are complete. The first one with data decides whether this attempt is the
  /// answer; comments before it are dropped.
  private func forwardEvents() throws(UpstreamResponse.Unusable) {
    while connection != nil, let event = try response.nextEvent() {
      let data = event.data()
      let isTerminal = data.map(loop.shape.isTerminal) ?? false
      if machine.phase != .streaming {
        guard let data else { continue }
        if !isTerminal { try UpstreamResponse.checkFirst(data) }
        attempts[attempts.count - 1].firstByte = .now()
      }
      forward(event, data: data, isTerminal: isTerminal)
    }
    // A client that was slow to take comments already gives no new sign of it.
    if !sink.isWritable { clientWritabilityChanged(false) }
  }

  func upstreamReceivedEnd() {
    do throws(UpstreamResponse.Unusable) {
      switch response.kind {
      case .json:
        usage = try response.checkJSON()
        sendAnswer(fault: nil)
      case .rejection: sendAnswer(fault: .callerRejected)
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
      attemptFailed(error.fault, detail: error.detail)
    }
  }

  private func failureDetail(_ fault: Fault) -> String {
    let status = response.head?.status.code ?? 0
    guard fault == .providerRefused else { return "status \(status)" }
    return "refused with status \(status); check the key and the model name configured for it"
  }
}
