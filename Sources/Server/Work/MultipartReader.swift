import Foundation

/// Takes a `multipart/form-data` body (RFC 7578, RFC 2046) apart as it comes, in bounded memory.
struct MultipartReader {
  /// What it finds.
  enum Event: Equatable {
    /// A part begins.
    case part(name: String, filename: String?)
    /// More of the part that has begun.
    case data([UInt8])
  }

  /// Why a body is not such a one.
  enum Fault: Error, Equatable, CustomStringConvertible {
    case noBoundary
    case longHeader
    case badHeader
    case tooManyParts
    case unfinished

    var description: String {
      switch self {
      case .noBoundary:
        "the content type must be multipart/form-data with a boundary of 1 to 70 characters"
      case .longHeader:
        "the fields of a part are longer than \(MultipartReader.maximumHeader) bytes"
      case .badHeader:
        "a part must begin with 'Content-Disposition: form-data; name=...' and a boundary end its line"
      case .tooManyParts: "there are more than \(MultipartReader.maximumParts) parts"
      case .unfinished: "the body ends before its closing boundary"
      }
    }
  }

  static let maximumHeader = 16 << 10
  static let maximumParts = 64

  private enum State {
    case preamble, afterBoundary, header, data, epilogue
  }

  private let delimiter: [UInt8]
  private var state = State.preamble
  private var parts = 0
  /// What has come and could not be dealt with yet. The first boundary needs no line before it.
  private var held: [UInt8] = [0x0d, 0x0a]

  /// Reads the boundary from a `Content-Type` field.
  init(contentType: String) throws(Fault) {
    let fields = Self.parameters(contentType)
    guard contentType.lowercased().hasPrefix("multipart/form-data"),
      let boundary = fields["boundary"], (1...70).contains(boundary.utf8.count)
    else { throw .noBoundary }
    delimiter = Array("\r\n--\(boundary)".utf8)
  }

  /// Takes the next bytes.
  mutating func read(_ bytes: some Sequence<UInt8>) throws(Fault) -> [Event] {
    held.append(contentsOf: bytes)
    var events: [Event] = []
    var position = 0
    while let next = try step(from: position, &events) { position = next }
    held.removeFirst(position)
    if state == .header || state == .afterBoundary, held.count > Self.maximumHeader {
      throw .longHeader
    }
    return events
  }

  /// Checks that the body was whole.
  func finish() throws(Fault) {
    guard state == .epilogue else { throw .unfinished }
  }

  /// Deals with what is held from `start`; gives where to go on, `nil` if more has to come. What it passes
  /// over without finding an end is dropped by way of `events` and the returned position.
  private mutating func step(from start: Int, _ events: inout [Event]) throws(Fault) -> Int? {
    guard start < held.count else { return nil }
    switch state {
    case .epilogue: return held.count
    case .preamble, .data: return body(from: start, &events)
    case .afterBoundary: return try boundaryEnd(from: start)
    case .header: return try header(from: start, &events)
    }
  }

  private mutating func body(from start: Int, _ events: inout [Event]) -> Int? {
    let found = Self.find(delimiter, in: held, from: start)
    let end = found ?? max(start, held.count - delimiter.count + 1)
    if state == .data, end > start { events.append(.data(Array(held[start..<end]))) }
    guard let found else { return end > start ? end : nil }
    state = .afterBoundary
    return found + delimiter.count
  }

  private mutating func boundaryEnd(from start: Int) throws(Fault) -> Int? {
    guard held.count >= start + 2 else { return nil }
    if held[start] == UInt8(ascii: "-"), held[start + 1] == UInt8(ascii: "-") {
      state = .epilogue
      return start + 2
    }
    var position = start
    while position < held.count, held[position] == 0x20 || held[position] == 0x09 { position += 1 }
    guard position + 2 <= held.count else { return nil }
    guard held[position] == 0x0d, held[position + 1] == 0x0a else { throw .badHeader }
    parts += 1
    if parts > Self.maximumParts { throw .tooManyParts }
    state = .header
    // The line end stays: a part without fields has its empty line at once.
    return position
  }

  private mutating func header(from start: Int, _ events: inout [Event]) throws(Fault) -> Int? {
    guard let end = Self.find(Array("\r\n\r\n".utf8), in: held, from: start) else {
      return nil
    }
    guard end - start <= Self.maximumHeader else { throw .longHeader }
    let lines = String(decoding: held[start..<end], as: UTF8.self).split(separator: "\r\n")
    let name = "content-disposition:"
    guard let line = lines.first(where: { $0.lowercased().hasPrefix(name) }) else {
      throw .badHeader
    }
    let fields = Self.parameters(line.dropFirst(name.count))
    guard let part = fields["name"] else { throw .badHeader }
    events.append(.part(name: part, filename: fields["filename"]))
    state = .data
    return end + 4
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { text in
      pattern.withUnsafeBytes { pattern in
        guard let base = text.baseAddress, text.count - start >= pattern.count else { return nil }
        var position = start
        while position <= text.count - pattern.count {
          guard
            let hit = memchr(
              base + position, Int32(pattern[0]), text.count - pattern.count + 1 - position)
          else { return nil }
          let place = UnsafeRawPointer(hit) - base
          if text[place..<place + pattern.count].elementsEqual(pattern) { return place }
          position = place + 1
        }
        return nil
      }
    }
  }

  /// The parameters of a field's value: `form-data; name="a"; filename="b"`. Names in lower case.
  private static func parameters(_ text: some StringProtocol) -> [String: String] {
    var result: [String: String] = [:]
    var rest = Substring(text).drop { $0 != ";" }
    while rest.first == ";" {
      rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
      let name = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(name.count)
      guard rest.first == "=" else { continue }
      rest = rest.dropFirst()
      let value = rest.first == "\"" ? quoted(&rest) : token(&rest)
      result[name.lowercased()] = value
      rest = rest.drop { $0 != ";" }
    }
    return result
  }

  private static func token(_ rest: inout Substring) -> String {
    let value = rest.prefix { $0 != ";" }
    rest = rest.dropFirst(value.count)
    return value.trimmingCharacters(in: .whitespaces)
  }

  private static func quoted(_ rest: inout Substring) -> String {
    var value = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
        value.append(next)
        rest = rest.dropFirst()
      } else {
        value.append(character)
      }
    }
    return value
  }
}
