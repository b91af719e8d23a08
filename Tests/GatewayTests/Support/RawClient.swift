import NIOCore
import NIOPosix
import NIOSSL

/// A client that sends bytes as they are and takes responses apart itself, so that tests see what is on
/// the wire.
final class RawClient: Sendable {
  /// A response, as far as it has come.
  struct Response {
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether `Content-Length` or the last chunk says that it is whole.
    var isComplete = false

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  struct Closed: Error {}

  private let channel: any Channel
  private let reader: Reader

  private actor Reader {
    var bytes: [UInt8] = []
    private var iterator: AsyncStream<[UInt8]>.AsyncIterator

    init(_ stream: AsyncStream<[UInt8]>) { iterator = stream.makeAsyncIterator() }

    /// False at the end.
    func readMore() async -> Bool {
      var copy = iterator
      guard let more = await copy.next(isolation: self) else { return false }
      iterator = copy
      bytes += more
      return true
    }

    func drop(_ count: Int) { bytes.removeFirst(count) }
  }

  init(
    port: Int, _ group: any EventLoopGroup, isReading: Bool = true, tls: NIOSSLContext? = nil
  ) async throws {
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
    channel = try await ClientBootstrap(group: group)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.autoRead, value: isReading)
      .channelOption(.socketOption(.so_rcvbuf), value: isReading ? 1 << 20 : 1 << 16)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls {
            let name = "localhost"
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
          }
          try pipeline.addHandler(Collector(continuation))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    reader = Reader(stream)
  }

  func write(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text))
  }

  func write(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  func close() async { try? await channel.close() }

  func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

  /// Sends a POST with `Content-Length`.
  func post(_ path: String, _ body: String, headers: [String] = []) async throws {
    let fields = (["host: localhost", "content-length: \(body.utf8.count)"] + headers)
      .joined(separator: "\r\n")
    try await write("POST \(path) HTTP/1.1\r\n\(fields)\r\n\r\n\(body)")
  }

  func get(_ path: String, headers: [String] = [], method: String = "GET") async throws {
    let fields = (["host: localhost"] + headers).joined(separator: "\r\n")
    try await write("\(method) \(path) HTTP/1.1\r\n\(fields)\r\n\r\n")
  }

  /// The next response, once it is whole or the connection has closed; informational ones are passed over.
  func response(isHead: Bool = false) async throws -> Response {
    while true {
      let bytes = await reader.bytes
      if let (response, length) = ResponseParser.parse(bytes, isHead: isHead),
        response.isComplete
      {
        await reader.drop(length)
        if response.status >= 200 { return response }
        continue
      }
      if await reader.readMore() { continue }
      guard let (response, length) = ResponseParser.parse(bytes, isHead: isHead) else {
        throw Closed()
      }
      await reader.drop(length)
      return response
    }
  }

  /// The next response as soon as `isEnough`, whole or not. What has come stays unread.
  func partialResponse(until isEnough: (Response) -> Bool) async throws -> Response {
    while true {
      if let (response, _) = ResponseParser.parse(await reader.bytes, isHead: false),
        isEnough(response)
      {
        return response
      }
      guard await reader.readMore() else { throw Closed() }
    }
  }

  /// Waits for the gateway to close the connection.
  func waitForClose() async { while await reader.readMore() {} }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let continuation: AsyncStream<[UInt8]>.Continuation

    init(_ continuation: AsyncStream<[UInt8]>.Continuation) { self.continuation = continuation }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}

/// Takes HTTP/1.1 responses apart.
enum ResponseParser {
  /// The response at the start of `bytes` and its length, or `nil` before its head is whole.
  static func parse(_ bytes: [UInt8], isHead: Bool) -> (RawClient.Response, Int)? {
    guard let end = find("\r\n\r\n", in: bytes, from: 0) else { return nil }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first else { return nil }
    var response = RawClient.Response()
    response.status = Int(first.split(separator: " ")[1]) ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
      response.headers.append((parts[0].lowercased(), String(value)))
    }
    let start = end + 4
    if isHead || response.status < 200 {
      response.isComplete = true
      return (response, start)
    }
    if let length = response["content-length"].flatMap({ Int($0) }) {
      response.isComplete = bytes.count >= start + length
      response.body = Array(bytes[start..<min(bytes.count, start + length)])
      return (response, start + response.body.count)
    }
    guard response["transfer-encoding"] == "chunked" else {
      response.body = Array(bytes[start...])
      return (response, bytes.count)
    }
    let length = readChunks(bytes, from: start, into: &response)
    return (response, length)
  }

  private static func readChunks(
    _ bytes: [UInt8], from start: Int, into response: inout RawClient.Response
  ) -> Int {
    var position = start
    while let line = find("\r\n", in: bytes, from: position) {
      let size = Int(String(decoding: bytes[position..<line], as: UTF8.self), radix: 16) ?? 0
      guard line + 2 + size + 2 <= bytes.count else { break }
      response.body += bytes[line + 2..<line + 2 + size]
      position = line + 2 + size + 2
      if size == 0 {
        response.isComplete = true
        return position
      }
    }
    return position
  }

  private static func find(_ text: String, in bytes: [UInt8], from start: Int) -> Int? {
    let pattern = Array(text.utf8)
    guard bytes.count >= start + pattern.count else { return nil }
    return (start...bytes.count - pattern.count).first { index in
      pattern.indices.allSatisfy { bytes[index + $0] == pattern[$0] }
    }
  }
}
