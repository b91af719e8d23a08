import TestSupport
import Testing

@testable import Dialects

/// Streams that break after every event there is, and go on. Bytes that are no whole event go nowhere:
/// that each of them may be the last is for the gateway's tests, over sockets.
@Suite struct EveryEventTests {
  private static func body(usage: Bool, _ more: String = "") -> [UInt8] {
    let options = usage ? ",\"stream_options\":{\"include_usage\":true}" : ""
    return Array(
      ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":true"
        + "\(options)\(more)}").utf8)
  }

  /// A client behind a gateway: the gateway's part is ``StreamedAnswer`` and ``Continuation``.
  private struct Course {
    var seen = SeenAnswer()
    var answer = StreamedAnswer(.chat)
    var obstacle: Obstacle?
    let body: [UInt8]

    init(body: [UInt8]) { self.body = body }

    /// The data of the first `count` events: what is left of a stream that breaks within the next one.
    static func whole(_ stream: [String], _ count: Int) -> [String] {
      stream.prefix(count).map { String($0.dropFirst(6).dropLast(2)) }
    }

    /// The first backend's events.
    mutating func begin(_ events: [String]) {
      for event in events {
        seen.read(event)
        if event != "[DONE]" { Array(event.utf8).withUnsafeBytes { answer.follow($0) } }
      }
    }

    /// Goes on with the streams of `backends`, of which each is cut after so many events.
    mutating func goOn(_ backends: [(model: FixedModel, cut: Int)]) {
      var rest = backends[...]
      while !seen.isDone, obstacle == nil {
        switch body.withUnsafeBytes({ answer.sequel(to: $0) }) {
        case .none(let reason): obstacle = reason
        case .close(let events): show(events, andEnd: true)
        case .ask(let continuation):
          show(continuation.opening, andEnd: false)
          guard let (model, cut) = rest.popFirst() else { return }
          follow(continuation, model, cut)
        }
      }
    }

    private mutating func show(_ events: [[UInt8]], andEnd: Bool) {
      for event in events { seen.read(String(decoding: event, as: UTF8.self)) }
      if andEnd { seen.read("[DONE]") }
    }

    private mutating func follow(_ asked: Continuation, _ model: FixedModel, _ cut: Int) {
      var continuation = asked
      let sent = Self.joined(continuation.body(model: nil), body)
      for event in Self.whole(model.stream(for: sent), cut) where !seen.isDone && obstacle == nil {
        let passage =
          event == "[DONE]"
          ? continuation.finish(into: &answer)
          : Array(event.utf8).withUnsafeBytes { continuation.receive($0, into: &answer) }
        switch passage {
        case .write(let events): show(events, andEnd: event == "[DONE]")
        case .end(let events): show(events, andEnd: true)
        case .failed: obstacle = .unreadableEvent
        case .unfit(let reason): obstacle = reason
        }
      }
    }

    static func joined(_ pieces: [Piece], _ body: [UInt8]) -> [UInt8] {
      pieces.flatMap { piece in
        switch piece {
        case .original(let place): Array(body[place])
        case .new(let bytes): bytes
        }
      }
    }
  }

  private func expectWhole(_ course: Course, _ model: FixedModel, usage: Bool, _ place: String) {
    let seen = course.seen
    #expect(course.obstacle == nil, "\(place)")
    #expect(
      seen.units == model.units,
      "\(place): \(String(decoding: seen.units, as: UTF16.self)), asked: \(course.answer)")
    #expect(seen.isDone && seen.error == nil, "\(place): \(seen.error ?? "no end")")
    #expect(seen.reasons == ["stop"] && seen.roles == 1 && seen.ids.count == 1, "\(place): \(seen)")
    expectCounts(seen, model, usage: usage, place)
  }

  /// The sum is the backends' own. Where a seam cuts a token's white space off, the piece of it that is
  /// made again counts as one more token of the answer, and one less of the prompt.
  private func expectCounts(_ seen: SeenAnswer, _ model: FixedModel, usage: Bool, _ place: String) {
    guard usage else {
      #expect(seen.usage == nil, "\(place)")
      return
    }
    let count = model.tokens.filter { !$0.isEmpty }.count
    let pieces = 7 - (seen.usage?["prompt_tokens"] ?? 0)
    #expect((0...max(0, (seen.resumed ?? 0) - 1)).contains(pieces), "\(place)")
    #expect(seen.usage?["completion_tokens"] == count + pieces, "\(place)")
    #expect(seen.usage?["total_tokens"] == 7 + count, "\(place)")
  }

  @Test(arguments: [true, false], [true, false])
  func oneBreak(usage: Bool, sendsRole: Bool) {
    var model = FixedModel.odd
    model.sendsRole = sendsRole
    var other = model
    other.id = "other"
    let body = Self.body(usage: usage)
    let stream = model.stream(for: body)
    for cut in 1...stream.count {
      var course = Course(body: body)
      course.begin(Course.whole(stream, cut))
      let wasWhole = course.seen.isDone || course.seen.usage != nil
      course.goOn([(other, .max)])
      expectWhole(course, model, usage: usage, "cut after \(cut) events")
      if usage, !wasWhole { #expect(course.seen.resumed == 1, "cut after \(cut) events") }
    }
  }

  @Test func manyBreaks() {
    var random = Seeded(7)
    let body = Self.body(usage: true)
    for round in 0..<300 {
      var model = FixedModel.odd
      model.tokens.shuffle(using: &random)
      // A pair in two tokens must stay a pair, and a beginning that comes again is an honest error.
      model.tokens.removeAll { $0 == " \\ud83d" || $0 == "\\ude80" }
      model.tokens.insert("Once", at: 0)
      var other = model
      other.id = "other"
      other.sendsRole.toggle()
      let stream = model.stream(for: body)
      let count = stream.count
      var course = Course(body: body)
      course.begin(
        Course.whole(stream, Int.random(in: 1...count, using: &random)))
      let cuts = (0..<3).map { _ in (other, Int.random(in: 0...count, using: &random)) }
      course.goOn(cuts + [(other, .max)])
      expectWhole(course, model, usage: true, "round \(round)")
    }
  }

  @Test(arguments: [true, false])
  func whoeverStartsOverIsFoundOut(usage: Bool) {
    let model = FixedModel.odd
    var other = model
    other.startsOver = true
    other.id = "other"
    let body = Self.body(usage: usage)
    let stream = model.stream(for: body)
    for cut in 0...stream.count {
      var course = Course(body: body)
      course.begin(Course.whole(stream, cut))
      let before = course.seen.units
      let isWhole = !course.seen.reasons.isEmpty
      course.goOn([(other, .max)])
      let place = "cut after \(cut) events"
      let isText = before.contains { $0 > 0x20 }
      if isWhole || !isText {
        #expect(course.seen.units == model.units && course.seen.isDone, "\(place)")
      } else {
        #expect(course.obstacle != nil && course.seen.units == before, "\(place)")
        #expect(!course.seen.isDone, "\(place)")
      }
    }
  }

  @Test func theLimitHoldsAcrossTheSeam() {
    var model = FixedModel.odd
    model.tokens = (0..<12).map { " w\($0)" }
    for limit in 1...12 {
      let body = Self.body(usage: true, ",\"max_tokens\":\(limit)")
      let stream = model.stream(for: body)
      let whole = model.tokens.prefix(limit).joined()
      for cut in 1...stream.count {
        var course = Course(body: body)
        course.begin(Course.whole(stream, cut))
        course.goOn([(model, .max)])
        let place = "limit \(limit), cut after \(cut) events"
        #expect(String(decoding: course.seen.units, as: UTF16.self) == whole, "\(place)")
        #expect(course.seen.reasons == ["length"], "\(place)")
        #expect(course.seen.usage?["completion_tokens"] == limit, "\(place)")
        #expect(course.seen.usage?["prompt_tokens"] == 7, "\(place)")
      }
    }
  }
}
