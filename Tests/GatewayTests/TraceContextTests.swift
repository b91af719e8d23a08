import TestSupport
import Testing

@testable import Gateway

@Suite struct TraceContextTests {
  private static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func readsTheExampleOfTheStandard() throws {
    let read = try #require(Traceparent(Self.example))
    #expect(read.high == 0x4bf9_2f35_77b3_4da6 && read.low == 0xa3ce_929d_0e0e_4736)
    #expect(read.parent == 0x00f0_67aa_0ba9_02b7 && read.isSampled)
  }

  @Test(arguments: [
    "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
    "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  ])
  func whatIsNotWellFormedIsAsIfItWereNotThere(_ text: String) {
    #expect(Traceparent(text) == nil)
  }

  @Test func aVersionToComeIsReadAsFarAsItIsKnown() {
    let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-what-is-new"
    #expect(Traceparent(later) == Traceparent(Self.example))
  }

  @Test func noBytesTrapTheReader() {
    var random = Seeded(5)
    let alphabet = Array("0123456789abcdef-fA\u{0}é".utf8)
    for _ in 0..<20_000 {
      var bytes = Array(Self.example.utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        switch Int.random(in: 0...2, using: &random) {
        case 0 where !bytes.isEmpty: bytes.remove(at: .random(in: 0..<bytes.count, using: &random))
        case 1:
          bytes.insert(
            alphabet.randomElement(using: &random) ?? 0,
            at: .random(in: 0...bytes.count, using: &random))
        default:
          if !bytes.isEmpty {
            bytes[.random(in: 0..<bytes.count, using: &random)] =
              alphabet.randomElement(using: &random) ?? 0
          }
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if let read = Traceparent(text) {
        #expect(read.high | read.low != 0 && read.parent != 0, "\(text)")
      }
    }
  }

  @Test func whatIsSentOnReadsBackAsAChildOfTheAttempt() throws {
    var source = TraceSource(seed: (1, 2))
    let context = source.context(traceparent: Self.example, ratio: 0)
    #expect(context.isSampled, "whoever began the trace decides")
    #expect(context.parent == 0x00f0_67aa_0ba9_02b7)
    for attempt in 0..<4 {
      let sent = try #require(Traceparent(context.header(attempt: attempt)))
      #expect(sent.high == context.traceID.high && sent.low == context.traceID.low)
      #expect(sent.parent == context.span(attempt: attempt) && sent.isSampled)
    }
  }

  @Test func idsAreUniqueAndSampledAsAsked() {
    var source = TraceSource(seed: (7, 11))
    var other = TraceSource(seed: (8, 12))
    var spans: Set<UInt64> = []
    var traces: Set<UInt64> = []
    var sampled = 0
    for number in 0..<10_000 {
      let context =
        number % 2 == 0
        ? source.context(traceparent: nil, ratio: 0.25)
        : other.context(traceparent: "nonsense", ratio: 0.25)
      #expect(context.parent == nil && context.span != 0)
      #expect(context.traceID.high | context.traceID.low != 0)
      spans.insert(context.span)
      for attempt in 0..<3 { spans.insert(context.span(attempt: attempt)) }
      traces.insert(context.traceID.low)
      sampled += context.isSampled ? 1 : 0
    }
    #expect(spans.count == 40_000 && traces.count == 10_000)
    #expect((2_300...2_700).contains(sampled), "\(sampled) of 10,000 at a quarter")
  }
}
