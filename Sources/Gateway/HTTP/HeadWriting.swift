import NIOCore
import NIOHTTP1

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Header fields in order. `HTTPHeaders` checks each name as it is added; these are checked already.
typealias HeaderFields = [(String, String)]

/// Writing heads and chunks (RFC 9112), each into as much memory as it takes.
///
/// Nothing that a field's value holds can end its line: control characters become spaces.
extension ByteBuffer {
  /// Appends the head of a response, its empty line included.
  mutating func writeHead(
    _ status: HTTPResponseStatus, _ version: HTTPVersion, _ fields: HeaderFields
  ) {
    let reason = status.reasonPhrase
    write(atMost: Self.length(of: fields) + reason.utf8.count + 16) { text in
      text.append(version == .http1_0 ? "HTTP/1.0 " : "HTTP/1.1 ")
      text.append(decimal: Int(status.code))
      text.append(byte: 0x20)
      text.append(clean: reason)
      text.appendLineEnd()
      for (name, value) in fields { text.append(name, value) }
      text.appendLineEnd()
    }
  }

  /// Appends the head of a request, its empty line included.
  mutating func writeHead(_ request: HTTPRequestHead) {
    let method = request.method.rawValue
    let length = request.headers.reduce(method.utf8.count + request.uri.utf8.count + 16) {
      $0 + $1.name.utf8.count + $1.value.utf8.count + 4
    }
    write(atMost: length) { text in
      text.append(clean: method)
      text.append(byte: 0x20)
      text.append(clean: request.uri)
      text.append(" HTTP/1.1")
      text.appendLineEnd()
      for (name, value) in request.headers { text.append(name, value) }
      text.appendLineEnd()
    }
  }

  /// Appends a chunk's first line.
  mutating func writeChunkStart(_ bytes: Int) {
    write(atMost: 18) { text in
      text.append(hexadecimal: bytes)
      text.appendLineEnd()
    }
  }

  private static func length(of fields: HeaderFields) -> Int {
    var length = 4
    for (name, value) in fields { length += name.utf8.count + value.utf8.count + 4 }
    return length
  }

  private mutating func write(atMost count: Int, _ body: (inout WireText) -> Void) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
      var text = WireText(memory)
      body(&text)
      return text.count
    }
  }
}

/// Text on its way into memory that is large enough for it.
private struct WireText {
  private let memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

  mutating func append(byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { append(byte: text.utf8Start[index]) }
  }

  mutating func appendLineEnd() {
    append(byte: 0x0d)
    append(byte: 0x0a)
  }

  /// A field line.
  mutating func append(_ name: String, _ value: String) {
    append(clean: name)
    append(byte: UInt8(ascii: ":"))
    append(byte: 0x20)
    append(clean: value)
    appendLineEnd()
  }

  mutating func append(clean text: String) {
    var text = text
    let start = count
    text.withUTF8 { bytes in
      precondition(bytes.count <= memory.count - start)
      guard let target = memory.baseAddress, let source = bytes.baseAddress else { return }
      memcpy(target + start, source, bytes.count)
      count += bytes.count
    }
    for place in start..<count where !HTTPText.isText(memory[place]) { memory[place] = 0x20 }
  }

  mutating func append(decimal value: Int) { append(value, base: 10) }

  mutating func append(hexadecimal value: Int) { append(value, base: 16) }

  private mutating func append(_ value: Int, base: Int) {
    var (scale, rest) = (1, max(0, value))
    while rest / scale >= base { scale *= base }
    while scale > 0 {
      let digit = UInt8(rest / scale)
      append(byte: digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
      rest %= scale
      scale /= base
    }
  }
}
