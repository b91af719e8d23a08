import Decisions
import NIOCore
import NIOHTTP1

/// The client's place in an exchange that the node itself began: takes the answer's head for the one who
/// asked, and feeds it the body. Confined to the loop.
final class AskSink: ClientSink {
  private let loop: GatewayLoop
  private let id: String
  private let answered: EventLoopPromise<InternalAnswer>
  private let feed: ByteFeed
  private let memory: HeldMemory
  private var hasAnswered = false
  private var shape = APIShape.openAI
  private var exchange: Exchange?
  private var timer: LazyTimer?

  init(loop: GatewayLoop, id: String, answered: EventLoopPromise<InternalAnswer>) {
    self.loop = loop
    self.id = id
    self.answered = answered
    feed = ByteFeed(eventLoop: loop.eventLoop)
    memory = HeldMemory(loop.admission)
  }

  func begin(_ arrival: Arrival) {
    shape = arrival.inference.shape
    timer = LazyTimer(eventLoop: loop.eventLoop) { [weak self] in self?.exchange?.wake() }
    feed.onRoom = { [weak self] in self?.exchange?.clientWritabilityChanged(true) }
    feed.onAbandon = { [weak self] in self?.leave() }
    do {
      try memory.grow(by: ByteFeed.highWaterBytes + arrival.body.readableBytes)
    } catch {
      return send(.overloaded, [])
    }
    do {
      let exchange = try loop.exchange(for: arrival, sink: self)
      self.exchange = exchange
      exchange.begin()
    } catch {
      send(error, [])
    }
  }

  /// Whoever asked wants the answer no more.
  func leave() {
    let abandoned = exchange
    over(CancellationError())
    abandoned?.clientLeft()
    if !hasAnswered { answer(499, [], .callerCancelled) }
  }

  var isWritable: Bool { !feed.isFull }

  func send(
    _ status: HTTPResponseStatus, _ fields: consuming HeaderFields, _ body: ByteBuffer
  ) {
    // The attempt has just let go of it; the one who asked holds it from here on.
    memory.take(body.readableBytes)
    answer(Int(status.code), fields, nil)
    feed.put(body)
    over()
  }

  func send(_ error: APIError, _ fields: consuming HeaderFields) {
    answer(
      Int(shape.status(error).code), fields + [("content-type", "application/json")], error.fault,
      retryAfter: error.retryAfter.map { .seconds($0) })
    feed.put(ByteBuffer(string: shape.errorBody(error, request: id)))
    over()
  }

  func beginStream(_ fields: consuming HeaderFields) { answer(200, fields, nil) }

  func writeStream(_ bytes: ByteBuffer) {
    feed.put(bytes)
    if feed.isFull { exchange?.clientWritabilityChanged(false) }
  }

  func endStream(_ last: ByteBuffer) {
    feed.put(last)
    over()
  }

  func breakStream() { over(BrokenAnswer()) }

  func wake(at time: NIODeadline?) {
    if exchange != nil { timer?.set(time) }
  }

  private func answer(
    _ status: Int, _ fields: HeaderFields, _ fault: Fault?, retryAfter: Duration? = nil
  ) {
    hasAnswered = true
    answered.succeed(
      InternalAnswer(
        request: id, status: status, headers: fields.map { (name: $0.0, value: $0.1) },
        body: ByteSequence(feed, on: loop.eventLoop), fault: fault, retryAfter: retryAfter,
        memory: memory))
  }

  private func over(_ error: (any Error)? = nil) {
    timer?.set(nil)
    timer = nil
    feed.end(error)
    exchange = nil
  }
}
