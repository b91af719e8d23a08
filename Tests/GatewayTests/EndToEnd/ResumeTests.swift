import Decisions
import TestSupport
import Testing

@testable import Gateway

/// Streams that break off after every byte: the client sees one stream, or an honest error.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ResumeTests {
  /// Asks `clients` at once, each for its share of the cases, and checks what each of them sees.
  private static func sweep(
    _ cases: [Int], usage: Bool, _ rig: Rig,
    _ check: @escaping @Sendable (Int, RawClient.Response, SeenAnswer) -> Void
  ) async throws {
    let clients = 8
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<clients {
        group.addTask {
          var client = try await rig.client()
          for index in stride(from: number, to: cases.count, by: clients) {
            try await client.post(
              "/v1/chat/completions", Breaking.body(cases[index], usage: usage))
            let response = try await client.response()
            check(cases[index], response, SeenAnswer(body: response.text))
            if !response.isComplete { client = try await rig.client() }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Every byte of the response may be the last: of the head, the chunks' sizes, the events.
  @Test(arguments: [true, false]) func everyByte(usage: Bool) async throws {
    var later = Breaking.model
    later.id = "other"
    let backends = Breaking.Pair(later: later)
    let whole = Breaking.bytes(
      Breaking.model.stream(for: Array(Breaking.body(0, usage: usage).utf8)))
    // Without a count only the end differs.
    let cases = Array(usage ? 0...whole.count : whole.count - 250...whole.count + 250)
    try await Rig.run(
      responding: [backends.respond, backends.respond], router: Breaking.router
    ) { rig in
      try await Self.sweep(cases, usage: usage, rig) { cut, response, seen in
        let place = "cut after \(cut) bytes: \(response.text)"
        #expect(response.isComplete && response.status == 200, "\(place)")
        #expect(seen.units == Breaking.model.units, "\(place)")
        #expect(seen.isDone && seen.error == nil, "\(place)")
        #expect(seen.reasons == ["stop"] && seen.roles == 1 && seen.ids.count == 1, "\(place)")
        let counts = ["prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11]
        #expect(seen.usage == (usage ? counts : nil), "\(place)")
      }
      #expect(rig.router.told.records.allSatisfy { $0.fault == nil })
      #expect(rig.router.told.records.count == cases.count)
    }
  }

  /// Backends that begin anew though they are thought to go on: no byte of that reaches the client.
  @Test func whoeverStartsOverIsFoundOutAtEveryByte() async throws {
    var later = Breaking.model
    later.startsOver = true
    later.id = "other"
    let backends = Breaking.Pair(later: later)
    let whole = Breaking.bytes(Breaking.model.stream(for: Array(Breaking.body(0).utf8)))
    try await Rig.run(
      responding: [backends.respond, backends.respond], router: Breaking.router
    ) { rig in
      let cases = Array(stride(from: 0, through: whole.count, by: 7))
      try await Self.sweep(cases, usage: true, rig) { cut, response, seen in
        let place = "cut after \(cut) bytes"
        if seen.isDone {
          #expect(seen.units == Breaking.model.units && seen.error == nil, "\(place)")
        } else {
          #expect(Breaking.model.units.starts(with: seen.units), "\(place)")
          #expect(!response.isComplete && seen.error?.contains("began anew") == true, "\(place)")
        }
      }
      #expect(Set(rig.router.told.records.map(\.fault)) == [nil, .providerDiverged])
    }
  }
}
