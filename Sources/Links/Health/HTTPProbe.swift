import NIOCore
import NIOHTTP1

/// A one-shot HTTP/1.1 client: one GET, whose answer must be 200 to 299 and whole.
///
/// The body is thrown away. After 1 MiB of it the backend has shown that it answers, and the check
/// passes without waiting for the rest.
final class HTTPProbe: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private static let bodyLimit = 1_048_576

  private let path: String
  private let endpoint: Endpoint
  private let answer: EventLoopPromise<Void>
  private var bodyBytes = 0

  init(path: String, endpoint: Endpoint, answer: EventLoopPromise<Void>) {
    self.path = path
    self.endpoint = endpoint
    self.answer = answer
  }

  func channelActive(context: ChannelHandlerContext) {
    var headers: HTTPHeaders = [
      "Host": endpoint.hostHeader, "User-Agent": "perigee-health-check", "Accept": "*/*",
      "Connection": "close",
    ]
    if endpoint.usesAPIKeyField {
      headers.add(name: "anthropic-version", value: "2023-06-01")
      if let key = endpoint.authorization { headers.add(name: "x-api-key", value: key.reveal()) }
    } else if let key = endpoint.authorization {
      headers.add(name: "Authorization", value: "Bearer \(key.reveal())")
    }
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      let code = Int(head.status.code)
      if code >= 300 || code < 100 { answer.fail(ProbeError.status(code)) }
    case .body(let part):
      bodyBytes += part.readableBytes
      if bodyBytes > Self.bodyLimit { answer.succeed() }
    case .end: answer.succeed()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case is IOError: answer.fail(ProbeError.closedEarly)
    case let error as HTTPParserError where error == .invalidEOFState:
      answer.fail(ProbeError.closedEarly)
    default: answer.fail(ProbeError.invalidAnswer(TLSProblem.words(for: error, in: context)))
    }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { answer.fail(ProbeError.closedEarly) }
}
