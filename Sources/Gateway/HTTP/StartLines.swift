import NIOHTTP1

extension HTTPRequestHead: MessageHead {
  static var mayFollowEmptyLines: Bool { true }

  /// Reads a request line (RFC 9112, section 3) and decides the body's framing (section 6.3).
  static func read(
    _ line: UnsafeRawBufferPointer, _ fields: HeadFields
  ) throws(HTTPFault) -> HeadReading<HTTPRequestHead> {
    var method = 0
    while method < line.count, HTTPText.isToken(line[method]) { method += 1 }
    guard method > 0, method < line.count, line[method] == 0x20 else { throw .badStartLine }
    var target = method + 1
    while target < line.count, line[target] > 0x20, line[target] < 0x7f { target += 1 }
    guard target > method + 1, target < line.count, line[target] == 0x20 else {
      throw .badStartLine
    }
    let version = try HTTPVersion.read(line, target + 1..<line.count)
    if fields.hosts > 1 || (fields.hosts == 0 && version == .http1_1) { throw .badHost }
    if fields.isChunked, fields.contentLength != nil || version == .http1_0 { throw .badCoding }
    let head = HTTPRequestHead(
      version: version, method: Self.method(line, 0..<method),
      uri: HTTPText.string(line, method + 1..<target), headers: HTTPHeaders(fields.list))
    return HeadReading(
      head: head, framing: fields.isChunked ? .chunked : .length(fields.contentLength ?? 0),
      keepsAlive: fields.keepsAlive(version))
  }

  private static func method(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> HTTPMethod {
    // Most requests by far.
    if HTTPText.equals(text, range, "POST") { return .POST }
    return HTTPMethod(rawValue: HTTPText.string(text, range))
  }
}

extension HTTPResponseHead: MessageHead {
  static var mayFollowEmptyLines: Bool { false }

  /// Reads a status line (RFC 9112, section 4) and decides the body's framing (section 6.3), for the
  /// answer to a request that is neither `HEAD` nor `CONNECT`.
  static func read(
    _ line: UnsafeRawBufferPointer, _ fields: HeadFields
  ) throws(HTTPFault) -> HeadReading<HTTPResponseHead> {
    guard line.count >= 12, line[8] == 0x20, let status = HTTPText.number(line, 9..<12),
      status >= 100, line.count == 12 || line[12] == 0x20,
      HTTPText.isFieldValue(line, 12..<line.count)
    else { throw .badStartLine }
    let version = try HTTPVersion.read(line, 0..<8)
    if fields.isChunked, fields.contentLength != nil || version == .http1_0 { throw .badCoding }
    // Nobody asked to switch protocols.
    if status == 101 { throw .badStartLine }
    if status < 200 { return HeadReading(head: nil, framing: .length(0), keepsAlive: true) }
    let framing: BodyReader.Framing =
      if status == 204 || status == 304 {
        .length(0)
      } else if fields.isChunked {
        .chunked
      } else {
        fields.contentLength.map { .length($0) } ?? .untilClose
      }
    let head = HTTPResponseHead(
      version: version, status: HTTPResponseStatus(statusCode: status),
      headers: HTTPHeaders(fields.list))
    return HeadReading(
      head: head, framing: framing,
      keepsAlive: framing != .untilClose && fields.keepsAlive(version))
  }
}

extension HTTPVersion {
  fileprivate static func read(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>
  ) throws(HTTPFault) -> HTTPVersion {
    let name: StaticString = "HTTP/1."
    guard range.count == 8 else { throw .badVersion }
    for index in 0..<7 where text[range.lowerBound + index] != name.utf8Start[index] {
      throw .badVersion
    }
    switch text[range.upperBound - 1] {
    case UInt8(ascii: "1"): return .http1_1
    case UInt8(ascii: "0"): return .http1_0
    default: throw .badVersion
    }
  }
}

extension HeadFields {
  /// Whether the connection goes on after the message (RFC 9112, section 9.3).
  fileprivate func keepsAlive(_ version: HTTPVersion) -> Bool {
    !saysClose && (version == .http1_1 || saysKeepAlive)
  }
}
