import Decisions
import Links
import NIOCore
import NIOHTTP1

/// Tells a backend what is to become of an answer that it keeps: it is not to be made any further, or not to
/// be kept. Nobody waits for it; it is tried a few times, over each path there is, and then let be.
///
/// It lives as long as a connection or a timer holds it.
final class KeptErrand: UpstreamUser {
  private typealias Step = (method: HTTPMethod, path: String)

  /// How many there are at most on one event loop, farewells included.
  static let mostAtOnce = 64
  private static let mostTries = 4
  private static let pauses: [TimeAmount] = [.milliseconds(200), .seconds(1), .seconds(5)]
  private static let patience = TimeAmount.seconds(5)

  private let loop: GatewayLoop
  private let paths: [PathID]
  private var steps: [Step]
  private var tries = 0
  private var status = 0
  private(set) var path: PathID
  private var endpoint: Endpoint?
  private var connection: UpstreamConnection?
  private var pending: UpstreamPool.Pending?
  private var timeout: Scheduled<Void>?

  /// - Parameters:
  ///   - isWhole: Whether the client has all of the answer.
  ///   - paths: The ways to the backend, the best first.
  static func begin(_ answer: KeptAnswer, isWhole: Bool, _ paths: [PathID], _ loop: GatewayLoop) {
    guard let place = answer.place, let path = paths.first, loop.errands < mostAtOnce else {
      return
    }
    var steps: [Step] = isWhole ? [] : [(.POST, place + "/cancel")]
    if !answer.isStored { steps.append((.DELETE, place)) }
    guard !steps.isEmpty else { return }
    loop.errands += 1
    KeptErrand(steps, path, paths, loop).go()
  }

  private init(_ steps: [Step], _ path: PathID, _ paths: [PathID], _ loop: GatewayLoop) {
    self.steps = steps
    self.path = path
    self.paths = paths
    self.loop = loop
  }

  private func go() {
    guard !steps.isEmpty, tries < Self.mostTries else {
      loop.errands -= 1
      return
    }
    path = paths[tries % paths.count]
    tries += 1
    guard let endpoint = loop.router.endpoint(for: path) else { return tryAgain() }
    self.endpoint = endpoint
    timeout = loop.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { self.tryAgain() }
    if let idle = loop.pool.takeIdle(UpstreamPool.Key(endpoint)) {
      upstreamConnected(idle)
    } else {
      pending = loop.pool.connect(to: endpoint, for: self)
    }
  }

  private func tryAgain() {
    letGo()
    connection?.close()
    connection = nil
    let pause = Self.pauses[min(tries, Self.pauses.count) - 1]
    loop.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.go() }
  }

  private func letGo() {
    timeout?.cancel()
    timeout = nil
    pending?.cancel()
    pending = nil
  }

  func upstreamConnected(_ connection: UpstreamConnection) {
    pending = nil
    guard let step = steps.first, let endpoint else { return connection.close() }
    self.connection = connection
    connection.send(
      UpstreamRequest(step.method, endpoint.path(below: step.path), of: endpoint), for: self)
  }

  func upstreamConnectFailed(_ fault: Fault, detail: String) {
    pending = nil
    tryAgain()
  }

  func upstreamTookRequest() {}

  func upstreamReceived(head: HTTPResponseHead) { status = Int(head.status.code) }

  func upstreamReceived(body: ByteBuffer) {}

  func upstreamReceivedEnd() {
    letGo()
    if let connection { connection.lane.unbilled(connection.takeCarried()) }
    connection?.release()
    connection = nil
    if status == 429 || status >= 500 { return tryAgain() }
    steps.removeFirst()
    go()
  }

  func upstreamLost(_ fault: Fault, detail: String) {
    connection = nil
    tryAgain()
  }
}

/// Listens on after the client has left, until the backend has told the name of the answer that nobody wants.
final class KeptFarewell: UpstreamUser {
  private static let patience = TimeAmount.seconds(10)

  let path: PathID
  private var answer: KeptAnswer
  private var response: UpstreamResponse
  private let connection: UpstreamConnection
  private let loop: GatewayLoop
  private let whenNamed: (KeptAnswer) -> Void
  private var timeout: Scheduled<Void>?
  private var isOver = false

  /// Takes an attempt's connection over, if it has one.
  static func begin(with attempt: Attempt, whenNamed: @escaping (KeptAnswer) -> Void) {
    guard let answer = attempt.kept, let loop = attempt.exchange?.loop,
      loop.errands < KeptErrand.mostAtOnce, let connection = attempt.letGo()
    else { return }
    loop.errands += 1
    let farewell = KeptFarewell(answer, attempt, connection, loop, whenNamed)
    connection.handOver(to: farewell)
    farewell.timeout = loop.eventLoop.assumeIsolated().scheduleTask(in: patience) {
      farewell.end()
    }
  }

  private init(
    _ answer: KeptAnswer, _ attempt: Attempt, _ connection: UpstreamConnection, _ loop: GatewayLoop,
    _ whenNamed: @escaping (KeptAnswer) -> Void
  ) {
    self.answer = answer
    path = attempt.log.path
    response = attempt.response
    self.connection = connection
    self.loop = loop
    self.whenNamed = whenNamed
  }

  func upstreamReceived(head: HTTPResponseHead) {
    if (try? response.receive(head: head)) != .events { end() }
  }

  func upstreamReceived(body: ByteBuffer) {
    do throws(UpstreamResponse.Unusable) {
      try response.receive(body: body)
      while let event = try response.nextEvent() {
        guard let data = event.data() else { continue }
        answer.learnName(from: data)
        return end()
      }
    } catch {
      end()
    }
  }

  private func end() {
    guard !isOver else { return }
    isOver = true
    timeout?.cancel()
    loop.errands -= 1
    connection.close()
    if answer.place != nil { whenNamed(answer) }
  }

  func upstreamReceivedEnd() { end() }
  func upstreamLost(_ fault: Fault, detail: String) { end() }
  func upstreamConnected(_ connection: UpstreamConnection) {}
  func upstreamConnectFailed(_ fault: Fault, detail: String) {}
  func upstreamTookRequest() {}
}
