import Dialects
import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite struct SSEParserTests {
  /// What a run of the parser gave: the data of each event, all bytes, whether something is left over.
  struct Run: Equatable {
    var data: [String?] = []
    var bytes: [UInt8] = []
    var isPartial = false
  }

  private func run(_ pieces: [ArraySlice<UInt8>]) throws -> Run {
    var parser = SSEParser(maximumEventBytes: 1 << 20)
    var run = Run()
    for piece in pieces {
      parser.append(ByteBuffer(bytes: piece))
      while let event = try parser.next() {
        run.bytes += event.bytes.readableBytesView
        run.data.append(event.data().map { String(buffer: $0) })
      }
    }
    run.isPartial = parser.hasPartialEvent
    return run
  }

  private static let streams = [
    "data: a\n\ndata: b\n\ndata: [DONE]\n\n",
    "data: a\r\n\r\ndata:b\r\n\r\n: comment\r\n\r\ndata: [DONE]\r\n\r\n",
    "data: a\r\rdata: b\r\r",
    "event: x\nid: 1\ndata: {\"a\":1}\n\ndata: {\"b\":2}\ndata: more\n\n",
    "\n\ndata: a\n\n\n\ndata: b\n\n",
    "data:日本語 🛰️\n\ndata: unfinished",
    "data: mixed\r\n\ndata: ends\n\r\n",
  ]

  @Test func cutsEvents() throws {
    let run = try run([Array(Self.streams[3].utf8)[...]])
    #expect(run.data == ["{\"a\":1}", "{\"b\":2}"])
    #expect(!run.isPartial)
    let partial = try self.run([Array(Self.streams[5].utf8)[...]])
    #expect(partial.data == ["日本語 🛰️"])
    #expect(partial.isPartial)
  }

  /// Empty events stand for stray line ends, of which a split CRLF makes one more or less.
  private func withoutEmptyEvents(_ run: Run) -> Run {
    var run = run
    run.data.removeAll { $0 == nil }
    return run
  }

  @Test(arguments: streams)
  func splittingAnywhereChangesNothing(_ stream: String) throws {
    let bytes = Array(stream.utf8)
    let whole = withoutEmptyEvents(try run([bytes[...]]))
    for place in 0...bytes.count {
      var split = withoutEmptyEvents(try run([bytes[..<place], bytes[place...]]))
      // A LF that ends the stream's last CRLF may be left over.
      if split.bytes + [0x0a] == whole.bytes { split.bytes.append(0x0a) }
      #expect(split == whole, "at \(place)")
    }
    var split = withoutEmptyEvents(try run(bytes.indices.map { bytes[$0..<$0 + 1] }))
    if split.bytes + [0x0a] == whole.bytes { split.bytes.append(0x0a) }
    #expect(split == whole)
  }

  @Test func randomSplitsOfRandomBytesLoseNothing() throws {
    let alphabet = Array("data: x\n\r".utf8)
    var random = Seeded(11)
    for round in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      var pieces: [ArraySlice<UInt8>] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...rest.count, using: &random)
        pieces.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      let whole = withoutEmptyEvents(try run([bytes[...]]))
      let split = withoutEmptyEvents(try run(pieces))
      #expect(split.data == whole.data, "round \(round): \(bytes)")
      #expect(bytes.starts(with: split.bytes))
      #expect(split.isPartial == whole.isPartial)
    }
  }

  @Test func forgetsWhatHasBeenTaken() throws {
    var parser = SSEParser(maximumEventBytes: 100)
    for _ in 0..<10_000 {
      parser.append(ByteBuffer(string: "x\n\ndata: 12345678"))
      #expect(try parser.next() != nil)
    }
    #expect(parser.capacity < 4096)
  }

  @Test func boundsAnEvent() throws {
    var parser = SSEParser(maximumEventBytes: 100)
    parser.append(ByteBuffer(string: "data: short\n\n" + String(repeating: "x", count: 101)))
    #expect(try parser.next() != nil)
    #expect(throws: SSEParser.EventTooLong.self) { try parser.next() }
  }

  @Test(arguments: [
    (Family.chat, "[DONE]", true), (.chat, "[DONE]  ", true), (.chat, "[DONE]x", false),
    (.chat, "{}", false), (.chat, "[DON", false), (.completions, "[DONE]", true),
    (.messages, #"{"type":"message_stop"}"#, true), (.messages, "[DONE]", false),
    (.messages, #"{"type":"message_delta","delta":{"type":"message_stop"}}"#, false),
    (.responses, #"{"sequence_number":9,"type":"response.completed","response":{}}"#, true),
    (.responses, #"{"type":"response.incomplete"}"#, true),
    (.responses, #"{"type":"response.failed"}"#, true),
    (.responses, #"{"type":"response.created"}"#, false), (.responses, "{", false),
  ])
  func knowsTheTerminalEvent(_ family: Family, _ data: String, _ isTerminal: Bool) {
    #expect(family.isTerminal(ByteBuffer(string: data)) == isTerminal)
  }
}
