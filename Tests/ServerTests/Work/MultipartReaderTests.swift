import TestSupport
import Testing

@testable import Server

@Suite struct MultipartReaderTests {
  private typealias Part = (name: String, filename: String?, data: [UInt8])

  private static func form(_ parts: [Part], boundary: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
      let filename = part.filename.map { "; filename=\"\($0)\"" } ?? ""
      bytes +=
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(filename)\r\n"
        .utf8
      bytes += "Content-Type: application/octet-stream\r\n\r\n".utf8
      bytes += part.data + "\r\n".utf8
    }
    return bytes + "--\(boundary)--\r\n".utf8
  }

  private static func read(
    _ body: [UInt8], boundary: String, cuts: [Int]
  ) throws -> [Part] {
    var reader = try MultipartReader(contentType: "multipart/form-data; boundary=\(boundary)")
    var parts: [Part] = []
    var start = 0
    for cut in cuts + [body.count] {
      for event in try reader.read(body[start..<cut]) {
        switch event {
        case .part(let name, let filename): parts.append((name, filename, []))
        case .data(let bytes): parts[parts.count - 1].data += bytes
        }
      }
      start = cut
    }
    try reader.finish()
    return parts
  }

  /// Data that is full of what looks like boundaries.
  private static func data(_ random: inout Seeded, boundary: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes += "\r\n".utf8
      case 1: bytes += "\r\n--".utf8
      case 2: bytes += "\r\n--\(boundary.dropLast())".utf8
      case 3: bytes += "--\(boundary)".utf8
      default: bytes += (0..<9).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
    }
    // A line that begins with the whole boundary would end the part.
    let text = bytes + [0]
    let delimiter = Array("\r\n--\(boundary)".utf8)
    let ends = text.indices.contains { text[$0...].starts(with: delimiter) }
    return ends ? [] : bytes
  }

  @Test(arguments: 0..<300) func anyFormInAnyPieces(seed: UInt64) throws {
    var random = Seeded(seed)
    let boundary = "b\(seed)-x"
    let parts: [Part] = (0..<Int.random(in: 0...4, using: &random)).map { index in
      let filename = Bool.random(using: &random) ? "f \(index);é.jsonl" : nil
      return ("name\(index)", filename, Self.data(&random, boundary: boundary))
    }
    let body = Self.form(parts, boundary: boundary)
    let cuts = (0..<Int.random(in: 0...20, using: &random))
      .map { _ in Int.random(in: 0...body.count, using: &random) }.sorted()
    let read = try Self.read(body, boundary: boundary, cuts: cuts)
    #expect(read.map(\.name) == parts.map(\.name))
    #expect(read.map(\.filename) == parts.map(\.filename))
    #expect(read.map(\.data) == parts.map(\.data))
    // Cut short, it is never taken for whole.
    let short = Array(body.prefix(Int.random(in: 0..<(body.count - 4), using: &random)))
    #expect(throws: MultipartReader.Fault.self) {
      _ = try Self.read(short, boundary: boundary, cuts: [])
    }
  }

  /// Whatever comes, it neither traps nor holds more than it must.
  @Test(arguments: 0..<300) func anyBytes(seed: UInt64) throws {
    var random = Seeded(seed)
    var body = Self.form([("a", "b", Array(repeating: 7, count: 300))], boundary: "x")
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      let place = Int.random(in: 0..<body.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: body[place] = UInt8.random(in: 0...255, using: &random)
      case 1: body.remove(at: place)
      default: body.insert(contentsOf: "\r\n--x".utf8, at: place)
      }
    }
    _ = try? Self.read(body, boundary: "x", cuts: [])
  }

  @Test func contentTypes() {
    for bad in ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary="] {
      #expect(throws: MultipartReader.Fault.noBoundary) {
        _ = try MultipartReader(contentType: bad)
      }
    }
    #expect(throws: Never.self) {
      _ = try MultipartReader(contentType: "Multipart/Form-Data; charset=x; boundary=\"a b\"")
    }
  }
}
