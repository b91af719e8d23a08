@testable import Dialects

/// Families of APIs: requests, answers and streams translated, and streams that are continued.
enum DialectTargets {
  /// The first byte chooses the families. What a translation writes is JSON that the other family reads.
  static func conversations(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let family = Family.allCases[Int(first & 3)]
    let dialect = [Family.chat, .responses, .messages][Int(first >> 2) % 3]
    _ = try? TokenCount(messages: body, upstreamModel: "m").answer(nil)
    guard let translation = translation(body, family, dialect) else { return }
    let value = try? JSONValue.parse(translation.body)
    demand(value?["model"]?.text == "m", "a translation without its model")
    // What a family does not know is passed on as it came, whatever the other makes of it.
    let asked = (try? JSONValue.parse(body))?.object.flatMap { try? Conversation($0, in: family) }
    guard asked?.extra.members.isEmpty == true else { return }
    demand(
      value?.object.map { (try? Conversation($0, in: dialect)) != nil } == true,
      "a translation that its own family does not read")
  }

  private static func translation(
    _ body: UnsafeRawBufferPointer, _ family: Family, _ dialect: Family
  ) -> Translation? {
    try? Translation(
      body, from: family, to: dialect, upstreamModel: "m", requestID: "req_1",
      createdSeconds: 1_700_000_000)
  }

  /// Lines are a backend's events, and the whole is an answer too, in the family of the first byte; both go to
  /// every other family.
  static func streams(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let dialect = Family.allCases[Int(first & 3)]
    let text = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let lines = text.split(separator: UInt8(ascii: "\n")).map {
      UnsafeRawBufferPointer(rebasing: $0)
    }
    for family in Family.allCases {
      let frame = AnswerFrame(
        id: "1", model: "m", createdSeconds: 1, wantsUsage: true, wantsReasoning: true, request: [:]
      )
      var reader = dialect.streamReader
      var writer = family.streamWriter(frame, requestID: "req_1")
      var out: [UInt8] = []
      var answer = Answer()
      for line in lines {
        for event in (try? reader.read(bytes: line)) ?? [] {
          writer.write(event, to: &out)
          answer.apply(event)
        }
      }
      demand(String(validating: out, as: UTF8.self) != nil, "a stream that is no UTF-8")
      demand(eventsAreJSON(out), "an event that is not JSON")
      _ = answer.body(in: family, frame).bytes
      guard let value = try? JSONValue.parse(text) else { continue }
      if let whole = try? Answer(value, in: dialect) {
        demand(
          (try? JSONValue.parse(whole.body(in: family, frame).bytes)) != nil,
          "an answer that is not JSON")
      }
      _ = AnswerError(value)?.translated(to: family, status: 500)
    }
  }

  private static func eventsAreJSON(_ out: [UInt8]) -> Bool {
    out.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
      guard line.starts(with: "data: ".utf8) else { return true }
      let data = Array(line.dropFirst(6))
      return data.starts(with: "[DONE]".utf8) || (try? JSONValue.parse(data)) != nil
    }
  }

  /// The first line is a request; an empty one says where the stream broke. What goes out stays JSON, and is
  /// never more than what came.
  static func continuation(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let lines = bytes.dropFirst().split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map { UnsafeRawBufferPointer(rebasing: $0) }
    guard let body = lines.first else { return }
    var answer = StreamedAnswer(first & 1 == 0 ? .chat : .completions, maximumBytes: 2048)
    let cut = lines.dropFirst().firstIndex { $0.isEmpty } ?? lines.count
    for line in lines[1..<max(1, cut)] { answer.follow(line) }
    switch answer.sequel(to: body) {
    case .none: break
    case .close(let events): demand(events.allSatisfy(isJSON), "an end that is not JSON")
    case .ask(var continuation):
      demand(isJSON(joined(continuation.body(model: "m"), body)), "a request that is not JSON")
      for line in lines.dropFirst(cut + 1) {
        guard case .write(let events) = continuation.receive(line, into: &answer) else { return }
        demand(events.allSatisfy(isJSON), "a chunk that is not JSON")
      }
      if case .end(let events) = continuation.finish(into: &answer) {
        demand(events.allSatisfy(isJSON), "a last chunk that is not JSON")
      }
    }
  }

  private static func isJSON(_ bytes: [UInt8]) -> Bool { (try? JSONValue.parse(bytes)) != nil }

  private static func joined(_ pieces: [Piece], _ body: UnsafeRawBufferPointer) -> [UInt8] {
    pieces.flatMap { piece -> [UInt8] in
      switch piece {
      case .original(let place): Array(body[place.lowerBound..<place.upperBound])
      case .new(let bytes): bytes
      }
    }
  }
}
