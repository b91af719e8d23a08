import NIOCore
import NIOHTTP1
import NIOPosix

/// One HTTP/1.1 request over a connection of its own: for calls that are rare, not for the data plane.
public struct HTTPCall: Sendable {
  /// An answer.
  public struct Answer: Sendable, Equatable {
    /// The status code.
    public var status: Int
    /// The body.
    public var body: [UInt8]
  }

  /// Why there is no answer.
  public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The connection could not be made, or broke.
    case notConnected(String)
    /// No whole answer came in time.
    case timedOut
    /// The answer is longer than asked for.
    case tooLong(limit: Int)
    /// What came is no HTTP, or ended early.
    case noHTTP(String)

    /// What is wrong.
    public var description: String {
      switch self {
      case .notConnected(let reason): "it can't be connected to: \(reason)"
      case .timedOut: "it did not answer in time"
      case .tooLong(let limit): "its answer is longer than \(limit) bytes"
      case .noHTTP(let reason): "its answer is no HTTP: \(reason)"
      }
    }
  }

  private let dialer: Dialer
  private let timeout: Duration
  private let maximumBytes: Int

  /// Creates calls that connect with `dialer`, wait no longer than `timeout`, connecting included, and take no
  /// more than `maximumBytes` of an answer's body.
  public init(dialer: Dialer, timeout: Duration = .seconds(10), maximumBytes: Int = 16 << 20) {
    self.dialer = dialer
    self.timeout = timeout
    self.maximumBytes = maximumBytes
  }

  /// Sends a request and gives the answer, whatever its status. The endpoint's key goes with it.
  ///
  /// - Parameter path: What comes after the endpoint's base path, beginning with `/`.
  /// - Throws: A ``Problem``, or `CancellationError`.
  public func send(
    _ method: String, _ path: String, to endpoint: Endpoint,
    headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) async throws -> Answer {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answer = loop.makePromise(of: Answer.self)
    let limit = loop.scheduleTask(in: TimeAmount(timeout)) { answer.fail(Problem.timedOut) }
    let head = Self.head(method, path, endpoint, headers, bodyBytes: body.count)
    let maximumBytes = maximumBytes
    let connected = dialer.connect(to: endpoint, on: loop, timeout: TimeAmount(timeout)) {
      let pipeline = $0.pipeline.syncOperations
      try pipeline.addHTTPClientHandlers()
      try pipeline.addHandler(
        Caller(head: head, body: body, maximumBytes: maximumBytes, answer: answer))
    }
    connected.whenFailure { answer.fail(Problem.notConnected("\($0)")) }
    answer.futureResult.whenComplete { _ in
      limit.cancel()
      connected.whenSuccess { $0.close(promise: nil) }
    }
    return try await withTaskCancellationHandler {
      try await answer.futureResult.get()
    } onCancel: {
      answer.fail(CancellationError())
    }
  }

  private static func head(
    _ method: String, _ path: String, _ endpoint: Endpoint,
    _ headers: [(name: String, value: String)], bodyBytes: Int
  ) -> HTTPRequestHead {
    var fields: HTTPHeaders = [
      "host": endpoint.hostHeader, "user-agent": "perigee", "connection": "close",
      "content-length": "\(bodyBytes)",
    ]
    if let key = endpoint.authorization {
      fields.add(name: "authorization", value: "Bearer \(key.reveal())")
    }
    for header in headers { fields.replaceOrAdd(name: header.name, value: header.value) }
    return HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: method), uri: endpoint.basePath + path,
      headers: fields)
  }

  private final class Caller: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: [UInt8]
    private let maximumBytes: Int
    private let answer: EventLoopPromise<Answer>
    private var received = Answer(status: 0, body: [])

    init(
      head: HTTPRequestHead, body: [UInt8], maximumBytes: Int, answer: EventLoopPromise<Answer>
    ) {
      self.head = head
      self.body = body
      self.maximumBytes = maximumBytes
      self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      if !body.isEmpty {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        // An interim answer comes before the answer.
        if head.status.code >= 200 { received.status = Int(head.status.code) }
      case .body(let part):
        guard received.body.count + part.readableBytes <= maximumBytes else {
          return answer.fail(Problem.tooLong(limit: maximumBytes))
        }
        received.body.append(contentsOf: part.readableBytesView)
      case .end:
        if received.status > 0 { answer.succeed(received) }
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if error is HTTPParserError {
        answer.fail(Problem.noHTTP("\(error)"))
      } else {
        answer.fail(Problem.notConnected(TLSProblem.words(for: error, in: context)))
      }
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      answer.fail(Problem.noHTTP("it ended early"))
    }
  }
}
