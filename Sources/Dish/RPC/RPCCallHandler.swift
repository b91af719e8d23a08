import NIOCore
import NIOHPACK
import NIOHTTP2

/// What a call is to send and how long it may take.
struct RPCCall: Sendable {
  var path: String
  var authority: String
  var messages: [[UInt8]]
  var timeout: Duration
  var limit: Int
}

/// One gRPC call on its HTTP/2 stream: sends everything, gathers everything, and settles its promise
/// exactly once.
final class RPCCallHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private let call: RPCCall
  private let promise: EventLoopPromise<[[UInt8]]>
  private var frames: MessageFrames
  private var answers: [[UInt8]] = []
  private var answeredBytes = 0
  private var deadline: Scheduled<Void>?
  private var isSettled = false

  init(_ call: RPCCall, promise: EventLoopPromise<[[UInt8]]>) {
    self.call = call
    self.promise = promise
    frames = MessageFrames(limit: call.limit)
  }

  func channelActive(context: ChannelHandlerContext) {
    let bound = context.loopBound
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .init(call.timeout)) {
      self.fail(.timedOut, bound.value)
    }
    let headers: HPACKHeaders = [
      ":method": "POST", ":scheme": "http", ":path": call.path, ":authority": call.authority,
      "content-type": "application/grpc", "te": "trailers",
      "grpc-timeout": "\(max(1, call.timeout.milliseconds))m",
    ]
    context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
    var body = ByteBuffer()
    for message in call.messages { body.writeImmutableBuffer(MessageFrames.frame(message)) }
    context.writeAndFlush(
      wrapOutboundOut(.data(.init(data: .byteBuffer(body), endStream: true))), promise: nil)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .headers(let frame): headers(frame.headers, isLast: frame.endStream, context)
    case .data(let frame):
      guard case .byteBuffer(let bytes) = frame.data else { return }
      take(bytes, context)
      if frame.endStream { fail(.notGRPC("the answer ends without a grpc-status"), context) }
    case .rstStream(let code): fail(.connection("the peer reset the call: \(code)"), context)
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(.connection("the connection closed before the answer was there"), context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(.connection("\(error)"), context)
  }

  /// A stream that closes before it was ever active tells nothing else.
  func handlerRemoved(context: ChannelHandlerContext) {
    finish(.failure(.connection("the stream closed")))
  }

  private func headers(_ headers: HPACKHeaders, isLast: Bool, _ context: ChannelHandlerContext) {
    if let text = headers.first(name: "grpc-status") {
      let code = Int(text).flatMap(RPCStatus.Code.init(rawValue:)) ?? .unknown
      let message = RPCStatus.unescaped(headers.first(name: "grpc-message") ?? "")
      if code == .ok, !frames.isBetweenMessages {
        fail(.notGRPC("the answer ends inside a message"), context)
      } else if code == .ok {
        settle(.success(answers), context)
      } else {
        fail(.status(RPCStatus(code, message)), context)
      }
    } else if let status = headers.first(name: ":status"), status != "200" {
      fail(.notGRPC("HTTP status \(status.prefix(8))"), context)
    } else if isLast {
      fail(.notGRPC("the answer ends without a grpc-status"), context)
    } else if headers.first(name: "content-type")?.hasPrefix("application/grpc") != true {
      fail(.notGRPC("an answer of another kind than application/grpc"), context)
    }
  }

  private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    guard !isSettled else { return }
    answeredBytes += bytes.readableBytes
    guard answeredBytes <= call.limit else { return fail(.tooLarge(limit: call.limit), context) }
    do {
      answers += try frames.take(bytes)
    } catch {
      fail(error, context)
    }
  }

  private func fail(_ error: RPCError, _ context: ChannelHandlerContext) {
    settle(.failure(error), context)
  }

  private func settle(_ result: Result<[[UInt8]], RPCError>, _ context: ChannelHandlerContext) {
    guard finish(result) else { return }
    // Closing a stream that has not ended resets it.
    context.close(promise: nil)
  }

  /// Settles the promise; false where it was settled before.
  @discardableResult
  private func finish(_ result: Result<[[UInt8]], RPCError>) -> Bool {
    guard !isSettled else { return false }
    isSettled = true
    deadline?.cancel()
    promise.completeWith(result.mapError { $0 })
    return true
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
