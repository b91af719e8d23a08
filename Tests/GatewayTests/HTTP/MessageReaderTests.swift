import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// What a reader makes of bytes: parts as text, pieces of a body joined, and the fault at the end.
struct Reading: Equatable {
  var parts: [String] = []
  var fault: HTTPFault?

  /// Reads `bytes` as they come when cut at `cuts`, and then the end of the connection.
  init<Head: MessageHead>(_ head: Head.Type, _ bytes: [UInt8], cuts: [Int] = []) {
    var reader = MessageReader<Head>(maximumHeadBytes: 2000)
    var start = 0
    do throws(HTTPFault) {
      for end in cuts + [bytes.count] {
        reader.append(ByteBuffer(bytes: bytes[start..<end]))
        start = end
        while let part = try reader.next() { add(part, keepsAlive: reader.keepsAlive) }
      }
      if try reader.finish() { parts.append("end by closing") }
    } catch {
      fault = error
    }
  }

  private mutating func add<Head>(_ part: MessageReader<Head>.Part, keepsAlive: Bool) {
    switch part {
    case .head(let head as HTTPRequestHead):
      parts.append("\(head.method.rawValue) \(head.uri) \(head.version) \(Self.text(head.headers))")
      if !keepsAlive { parts.append("last") }
    case .head(let head as HTTPResponseHead):
      parts.append("\(head.status.code) \(Self.text(head.headers))")
      if !keepsAlive { parts.append("last") }
    case .head: parts.append("unknown")
    case .body(let bytes):
      let text = String(decoding: bytes.readableBytesView, as: UTF8.self)
      if parts.last?.hasPrefix("body ") == true {
        parts[parts.count - 1] += text
      } else {
        parts.append("body " + text)
      }
    case .end: parts.append("end")
    }
  }

  private static func text(_ headers: HTTPHeaders) -> String {
    "[" + headers.map { "\($0.name)=\($0.value)" }.joined(separator: ",") + "]"
  }
}

@Suite struct MessageReaderTests {
  private static let host = "POST /a HTTP/1.1\r\nHost: h\r\n"

  private static let chunked = host + "Transfer-Encoding: Chunked\r\n\r\n"

  private func request(_ text: String) -> Reading {
    Reading(HTTPRequestHead.self, Array(text.utf8))
  }

  private func response(_ text: String) -> Reading {
    Reading(HTTPResponseHead.self, Array(text.utf8))
  }

  static let requests: [(text: String, parts: [String])] = [
    ("GET / HTTP/1.1\r\nHost:h\r\n\r\n", ["GET / HTTP/1.1 [Host=h]", "end"]),
    ("\r\n\r\nGET /?a=b HTTP/1.0\r\n\r\n", ["GET /?a=b HTTP/1.0 []", "last", "end"]),
    (
      "GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n",
      ["GET / HTTP/1.0 [Connection=x, Keep-Alive]", "end"]
    ),
    (
      "GET / HTTP/1.1\r\nhost: h\r\nconnection: keep-alive,CLOSE \r\n\r\n",
      ["GET / HTTP/1.1 [host=h,connection=keep-alive,CLOSE]", "last", "end"]
    ),
    (host + "Content-Length: 3\r\n\r\nabc", []),
    (host + "X: \t a b\u{e9} \t\r\nE:\r\nContent-Length: 0\r\n\r\n", []),
    (chunked + "3\r\nabc\r\n00A ; x=\"y\"\r\n0123456789\r\n0\r\n\r\n", []),
    (chunked + "1\r\na\r\n0\r\nDigest: x\r\n\r\n", []),
  ]

  @Test func takesRequestsApart() {
    for (text, parts) in Self.requests where !parts.isEmpty {
      #expect(request(text).parts == parts && request(text).fault == nil, "\(text)")
    }
    let bodies = Self.requests.map { request($0.0).parts }
    #expect(bodies[4].dropFirst() == ["body abc", "end"])
    #expect(bodies[5] == ["POST /a HTTP/1.1 [Host=h,X=a b\u{e9},E=,Content-Length=0]", "end"])
    #expect(bodies[6].dropFirst() == ["body abc0123456789", "end"])
    #expect(bodies[7].dropFirst() == ["body a", "end"])
  }

  @Test func takesPipelinedRequestsApart() {
    let one = Self.host + "Content-Length: 2\r\n\r\nhi"
    let reading = request(one + one + "\r\n" + one)
    #expect(reading.fault == nil)
    #expect(reading.parts.filter { $0 == "end" }.count == 3)
    #expect(reading.parts.filter { $0 == "body hi" }.count == 3)
  }

  /// Field lines after a start line and `Host`. Each is read one way by some servers and another way by
  /// others.
  static let badFields: [(String, HTTPFault)] = [
    ("Host: h\r\n\r\n", .badHost),
    ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", .badLength),
    ("Content-Length: 1\r\nContent-Length: 1\r\n\r\na", .badLength),
    ("Content-Length: 1, 1\r\n\r\na", .badLength),
    ("Content-Length: +1\r\n\r\na", .badLength),
    ("Content-Length: 0x1\r\n\r\na", .badLength),
    ("Content-Length: -1\r\n\r\na", .badLength),
    ("Content-Length:\r\n\r\n", .badLength),
    ("Content-Length: 9999999999999999999\r\n\r\n", .badLength),
    ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .badCoding),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", .badCoding),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .badCoding),
    ("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", .badCoding),
    ("Transfer-Encoding: identity\r\n\r\n", .badCoding),
    ("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", .badCoding),
    ("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", .badField),
    (" folded: x\r\n\r\n", .foldedField),
    ("A: b\r\n\tc\r\n\r\n", .foldedField),
    (": x\r\n\r\n", .badField),
    ("no colon\r\n\r\n", .badField),
    ("A\u{0}: x\r\n\r\n", .badField),
    ("A: x\u{0}y\r\n\r\n", .badField),
    ("A: x\ry\r\n\r\n", .badField),
    ("A\u{e9}: x\r\n\r\n", .badField),
    ("A: x\n\r\n", .badLineEnd),
    ("Content-Length: 3\r\n\r\nab", .truncated),
  ]

  static let badRequests: [(String, HTTPFault)] = [
    ("GET / HTTP/1.1\r\n\r\n", .badHost),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .badCoding),
    ("GET / HTTP/1.1\nHost: h\n\n", .badLineEnd),
    ("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", .badLineEnd),
    ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", .badStartLine),
    ("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", .badVersion),
    ("GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n", .badStartLine),
    ("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", .badVersion),
    (" GET / HTTP/1.1\r\nHost: h\r\n\r\n", .badStartLine),
    ("GET /\r\nHost: h\r\n\r\n", .badStartLine),
    ("GET / HTTP/2.0\r\n\r\n", .badVersion),
    ("GET / http/1.1\r\nHost: h\r\n\r\n", .badVersion),
    ("G(T / HTTP/1.1\r\n\r\n", .badStartLine),
    ("GET", .truncated),
  ]

  @Test(arguments: badFields) func refusesBadFields(_ fields: String, _ fault: HTTPFault) {
    refuses(Self.host + fields, fault)
  }

  @Test(arguments: badRequests) func refusesBadRequests(_ text: String, _ fault: HTTPFault) {
    refuses(text, fault)
  }

  @Test func refusesLongHeads() {
    let long = String(repeating: "x", count: 2001)
    refuses(Self.host + "A: " + long + "\r\n\r\n", .tooLong)
    refuses(long, .tooLong)
  }

  private func refuses(_ text: String, _ fault: HTTPFault) {
    let reading = request(text)
    #expect(reading.fault == fault)
    #expect(!reading.parts.contains("end"))
  }

  @Test(arguments: [
    "zz\r\n", "\r\n", " 1\r\na\r\n", "1 x\r\na\r\n", "1\na\r\n", "1\r\nab\r\n", "1\r\na\n0\r\n",
    "0x1\r\na\r\n", "-1\r\n", "1;\u{0}\r\na\r\n", "1\r\na0\r\n\r\n", "fffffffffffffffff\r\n",
    "1;\(String(repeating: "x", count: 1100))\r\na\r\n",
  ])
  func refusesBadChunks(_ chunks: String) {
    let reading = request(Self.host + "Transfer-Encoding: chunked\r\n\r\n" + chunks)
    #expect(reading.fault == .badChunk)
    #expect(!reading.parts.contains("end"))
  }

  @Test func refusesBadTrailers() {
    let start = Self.host + "Transfer-Encoding: chunked\r\n\r\n0\r\n"
    #expect(request(start + "no colon\r\n\r\n").fault == .badField)
    #expect(request(start + " a: b\r\n\r\n").fault == .badField)
    let many = String(repeating: "a: \(String(repeating: "x", count: 1000))\r\n", count: 9)
    #expect(request(start + many + "\r\n").fault == .tooLong)
    let tooMany = String(repeating: "a:\r\n", count: 257)
    #expect(request(Self.host + tooMany + "\r\n").fault == .tooLong)
  }

  @Test func takesResponsesApart() {
    let ok = "HTTP/1.1 200 OK\r\n"
    #expect(response(ok + "Content-Length: 2\r\n\r\nhi").parts.dropFirst() == ["body hi", "end"])
    #expect(response("HTTP/1.1 204\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n").parts.count == 4)
    #expect(response(ok + "\r\nhi").parts == ["200 []", "last", "body hi", "end by closing"])
    #expect(
      response("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nA: b\r\n\r\nHTTP/1.1 304 \r\n\r\n")
        .parts == ["304 []", "end"])
    #expect(
      response("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").parts == [
        "200 [Content-Length=0]", "last", "end",
      ])
  }

  @Test(arguments: [
    ("HTTP/1.1 20 OK\r\n\r\n", HTTPFault.badStartLine), ("HTTP/1.1 2000 OK\r\n\r\n", .badStartLine),
    ("HTTP/1.1  200 OK\r\n\r\n", .badStartLine), ("HTTP/1.1 099 X\r\n\r\n", .badStartLine),
    ("HTTP/1.1 101 Switching\r\n\r\n", .badStartLine), ("HTTP/2.0 200 OK\r\n\r\n", .badVersion),
    ("HTTP/1.1 200 O\u{0}K\r\n\r\n", .badStartLine), ("SSH-2.0-x_y.z\r\n\r\n", .badStartLine),
    ("\r\nHTTP/1.1 200 OK\r\n\r\n", .badStartLine), ("HTTP/1.1 200 OK\n\n", .badLineEnd),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .badCoding),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", .truncated),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", .truncated),
  ])
  func refusesBadResponses(_ text: String, _ fault: HTTPFault) {
    #expect(response(text).fault == fault)
  }

  private static let responses = """
    HTTP/1.1 100 Continue\r\n\r
    HTTP/1.1 200 OK\r\nA: b\r\ntransfer-encoding: chunked\r\n\r
    5;x\r\nhello\r\n1\r\n!\r\n0\r\nt: u\r\n\r
    HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok
    """

  /// Damaged or whole, what is read must not depend on how the bytes are cut into reads.
  @Test func cutsDoNotMatter() {
    for seed in 0..<4000 {
      var random = Seeded(UInt64(seed))
      let isRequest = seed % 2 == 0
      let requests = Self.requests.shuffled(using: &random).prefix(3).map(\.text).joined()
      let whole = isRequest ? requests : Self.responses
      var bytes = Array(whole.utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1:
          bytes.insert(
            Array("\r\n :0".utf8)[place % 5], at: place)
        case 2 where bytes.count > 1: bytes.remove(at: place)
        default: bytes[place] ^= 0x20
        }
      }
      let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      if isRequest {
        let head = HTTPRequestHead.self
        #expect(Reading(head, bytes, cuts: cuts) == Reading(head, bytes), "seed \(seed)")
        #expect(Reading(head, bytes, cuts: Array(0...bytes.count)) == Reading(head, bytes))
      } else {
        let head = HTTPResponseHead.self
        #expect(Reading(head, bytes, cuts: cuts) == Reading(head, bytes), "seed \(seed)")
      }
    }
  }

  /// What is written is read again as it was; what would end a line early is not written.
  @Test func whatIsWrittenIsReadAgain() {
    var buffer = ByteBuffer()
    let long = String(repeating: "v", count: 300)
    buffer.writeHead(.ok, .http1_1, [("a", "b"), ("long-name-of-a-field", long), ("e", "")])
    #expect(
      Reading(HTTPResponseHead.self, Array(buffer.readableBytesView)).parts.first
        == "200 [a=b,long-name-of-a-field=\(long),e=]")
    buffer.clear()
    buffer.writeHead(.imATeapot, .http1_0, [("a", "b\r\nx: y\n\u{0}"), ("content-length", "0")])
    #expect(
      Reading(HTTPResponseHead.self, Array(buffer.readableBytesView)).parts.first
        == "418 [a=b  x: y,content-length=0]")
    buffer.clear()
    var request = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/x?y=z")
    request.headers.add(name: "host", value: "h:1")
    buffer.writeHead(request)
    #expect(
      Reading(HTTPRequestHead.self, Array(buffer.readableBytesView)).parts
        == ["POST /v1/x?y=z HTTP/1.1 [host=h:1]", "end"])
    for size in [1, 9, 10, 15, 16, 255, 256, 4095, 65536, 1 << 30] {
      buffer.clear()
      buffer.writeChunkStart(size)
      #expect(String(buffer: buffer) == String(size, radix: 16) + "\r\n")
    }
  }
}
