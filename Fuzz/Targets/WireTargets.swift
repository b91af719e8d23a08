import NIOCore
import NIOHTTP1

@testable import Gateway

/// What comes over sockets: HTTP messages, server-sent events, trace headers.
enum WireTargets {
  static func request(_ bytes: UnsafeRawBufferPointer) { message(HTTPRequestHead.self, bytes) }

  static func response(_ bytes: UnsafeRawBufferPointer) { message(HTTPResponseHead.self, bytes) }

  /// The first byte says where to cut: what is read must not depend on it.
  private static func message<Head: MessageHead>(
    _: Head.Type, _ bytes: UnsafeRawBufferPointer
  ) {
    guard let first = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    let whole = Reading<Head>(text, cut: text.count)
    let cut = Reading<Head>(text, cut: text.isEmpty ? 0 : Int(first) % text.count)
    demand(whole == cut, "a cut changes what is read")
  }

  private struct Reading<Head: MessageHead>: Equatable {
    var heads: [String] = []
    var body: [UInt8] = []
    var ends = 0
    var fault: HTTPFault?

    init(_ text: [UInt8], cut: Int) {
      var reader = MessageReader<Head>(maximumHeadBytes: 1000)
      do throws(HTTPFault) {
        for piece in [text[..<cut], text[cut...]] where !piece.isEmpty {
          reader.append(ByteBuffer(bytes: piece))
          while let part = try reader.next() {
            switch part {
            case .head(let head): heads.append("\(head) \(reader.keepsAlive)")
            case .body(let bytes): body += Array(bytes.readableBytesView)
            case .end: ends += 1
            }
          }
        }
        if try reader.finish() { ends += 1 }
      } catch {
        fault = error
        // Faults end the connection, so how much of a body came before one is no claim.
        body = []
      }
    }
  }

  /// Events hold all bytes, and a cut changes nothing but where an LF after a final CR goes.
  static func events(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    let whole = read(text, cut: text.count)
    let cut = read(text, cut: text.isEmpty ? 0 : Int(first) % text.count)
    demand(whole.joined == cut.joined, "a cut changes the bytes")
    demand(whole.data == cut.data, "a cut changes the data")
  }

  private static func read(_ text: [UInt8], cut: Int) -> (joined: [UInt8], data: [[UInt8]]) {
    var parser = SSEParser(maximumEventBytes: 1 << 20)
    var joined: [UInt8] = []
    var data: [[UInt8]] = []
    do throws(SSEParser.EventTooLong) {
      for piece in [text[..<cut], text[cut...]] where !piece.isEmpty {
        parser.append(ByteBuffer(bytes: piece))
        while let event = try parser.next() {
          joined += Array(event.bytes.readableBytesView)
          if let found = event.data() { data.append(Array(found.readableBytesView)) }
        }
      }
    } catch {
      return ([], [])
    }
    while joined.last == 0x0a || joined.last == 0x0d { joined.removeLast() }
    return (joined, data)
  }

  static func tracing(_ bytes: UnsafeRawBufferPointer) {
    guard let parent = Traceparent(String(decoding: bytes, as: UTF8.self)) else { return }
    demand(parent.high != 0 || parent.low != 0, "a trace of no id")
    demand(parent.parent != 0, "a parent of no id")
  }
}
