import Decisions
import NIOCore
import NIOHTTP1

/// A backend's answer as it comes in, and what it amounts to.
struct UpstreamResponse {
  /// What a head announces.
  enum Kind: Equatable {
    /// A JSON answer, to be sent once it is complete.
    case json
    /// A stream of events.
    case events
    /// A 4xx that is the caller's doing, to be passed on as it is.
    case rejection
    /// An error that makes it the next candidate's turn.
    case failure(Fault)
  }

  /// Why an answer cannot be used.
  struct Unusable: Error, Equatable {
    var fault: Fault
    var detail: String
  }

  private let maximumBytes: Int
  let isStream: Bool
  private(set) var head: HTTPResponseHead?
  private(set) var kind = Kind.json
  /// The body of an answer that is no stream.
  private(set) var body = ByteBuffer()
  /// The events of a stream.
  var events: SSEParser

  init(isStream: Bool, maximumBytes: Int, maximumEventBytes: Int) {
    self.isStream = isStream
    self.maximumBytes = maximumBytes
    events = SSEParser(maximumEventBytes: maximumEventBytes)
  }

  /// Takes the head and says what it announces.
  mutating func receive(head: HTTPResponseHead) throws(Unusable) -> Kind {
    self.head = head
    kind = try Self.kind(of: head, isStream: isStream)
    if kind != .events,
      let length = head.headers.first(name: "content-length").flatMap({ Int($0) }),
      length > maximumBytes
    {
      throw Unusable(fault: .providerTooLarge, detail: "an answer of \(length) bytes")
    }
    return kind
  }

  private static func kind(
    of head: HTTPResponseHead, isStream: Bool
  ) throws(Unusable) -> Kind {
    let status = Int(head.status.code)
    switch status {
    case 200..<300: break
    // About the gateway's key and the model's name there, neither of which is the client's.
    case 401...405: return .failure(.providerRefused)
    case 429: return .failure(.providerRateLimited)
    case 408, 409, 500...: return .failure(.providerError)
    case 400..<500: return .rejection
    default: throw Unusable(fault: .providerBadAnswer, detail: "status \(status)")
    }
    if let coding = head.headers.first(name: "content-encoding"), coding != "identity" {
      throw Unusable(
        fault: .providerBadAnswer, detail: "content-encoding \(coding.prefix(40)), not asked for")
    }
    let type = head.headers.first(name: "content-type")
    if isStream {
      if let type, medium(type).isField("text/event-stream") { return .events }
    } else if type.map(isJSON) ?? true {
      return .json
    }
    let expected = isStream ? "text/event-stream" : "application/json"
    throw Unusable(
      fault: .providerBadAnswer,
      detail: "content-type \(type?.prefix(80) ?? "absent") where \(expected) was asked for")
  }

  /// A media type without its parameters.
  private static func medium(_ type: String) -> Substring {
    Substring(type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") })
  }

  private static func isJSON(_ type: String) -> Bool {
    let medium = medium(type)
    return medium.isField("application/json")
      || Substring(medium.utf8.suffix(5)).isField("+json")
  }

  /// Takes a piece of the body.
  mutating func receive(body bytes: ByteBuffer) throws(Unusable) {
    if kind == .events {
      events.append(bytes)
      return
    }
    guard body.readableBytes + bytes.readableBytes <= maximumBytes else {
      throw Unusable(
        fault: .providerTooLarge, detail: "an answer of more than \(maximumBytes) bytes")
    }
    body.addUnread(bytes)
  }

  /// The next whole event of a stream.
  mutating func nextEvent() throws(Unusable) -> SSEEvent? {
    do {
      return try events.next()
    } catch {
      throw Unusable(fault: .providerTooLarge, detail: "an event beyond the limit")
    }
  }

  /// Checks the first event of a stream: it is JSON and no error, or the stream's end.
  static func checkFirst(_ data: ByteBuffer) throws(Unusable) {
    guard let scan = AnswerScan(data) else {
      throw Unusable(
        fault: .providerBadAnswer, detail: "a first event that is not a JSON object")
    }
    if scan.isError {
      throw Unusable(
        fault: .providerErrorEvent,
        detail: "a stream that begins with an error: \(data.printable(200))")
    }
  }

  /// The head's fields that a client may see.
  func visibleFields() -> HeaderFields {
    var visible: HeaderFields = []
    visible.reserveCapacity(12)
    for (name, value) in head?.headers ?? [:] where Self.isVisible(name) {
      visible.append((name, value))
    }
    return visible
  }

  private static func isVisible(_ name: String) -> Bool {
    name.isField("content-type") || name.hasFieldPrefix("retry-after")
      || name.isField("x-should-retry") || name.hasFieldPrefix("x-ratelimit-")
      || name.hasFieldPrefix("openai-") || name.hasFieldPrefix("anthropic-")
  }
}

extension ByteBuffer {
  /// The first `count` bytes as text on one line, for messages.
  func printable(_ count: Int) -> String {
    let text = String(decoding: readableBytesView.prefix(count), as: UTF8.self)
    return String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
  }
}
