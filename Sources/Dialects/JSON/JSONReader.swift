/// Builds a ``JSONValue`` from what a ``JSONScanner`` passes.
///
/// The number of values is bounded, since a small text can ask for much memory.
struct JSONReader {
  static let maximumValues = 1_000_000

  private var scanner: JSONScanner
  private var values = 0

  /// `text` must outlive the reader.
  init(_ text: UnsafeRawBufferPointer) { scanner = JSONScanner(text) }

  /// Reads the one value that the text is.
  mutating func read() throws(JSONFault) -> JSONValue {
    let value = try value(depth: 0)
    try scanner.finish()
    return value
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    scanner.skipWhitespace()
    values += 1
    if values > Self.maximumValues { throw scanner.fault(.tooMany) }
    switch scanner.byte {
    case UInt8(ascii: "\""): return .string(scanner.value(of: try scanner.string()))
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      let place = try scanner.number()
      return .number(String(decoding: scanner.text[place], as: UTF8.self))
    case UInt8(ascii: "t"):
      try scanner.literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try scanner.literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try scanner.literal("null")
      return .null
    case nil: throw scanner.fault(scanner.position == 0 ? .emptyText : .expectedValue)
    default: throw scanner.fault(.expectedValue)
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
    if depth > JSONScanner.maximumDepth { throw scanner.fault(.tooDeep) }
    var object = JSONObject()
    var isFirst = true
    try scanner.enterObject()
    while let key = try scanner.nextKey(&isFirst) {
      object.members.append(.init(scanner.value(of: key), try value(depth: depth)))
    }
    return object
  }

  private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
    if depth > JSONScanner.maximumDepth { throw scanner.fault(.tooDeep) }
    var elements: [JSONValue] = []
    var isFirst = true
    scanner.position += 1
    while try scanner.nextElement(&isFirst) { elements.append(try value(depth: depth)) }
    return elements
  }
}

extension JSONValue {
  /// Reads the one JSON value that `bytes` hold.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONFault) -> JSONValue {
    var reader = JSONReader(bytes)
    return try reader.read()
  }

  /// Reads the one JSON value that `bytes` hold.
  package static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
    let result: Result<JSONValue, JSONFault> = bytes.withUnsafeBytes { text in
      do throws(JSONFault) {
        return .success(try parse(text))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads the one JSON value that `text` is.
  package static func parse(_ text: String) throws(JSONFault) -> JSONValue {
    try parse(Array(text.utf8))
  }
}
