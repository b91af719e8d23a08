import Decisions
import Dialects
import Foundation
import Testing

@testable import Gateway

/// What happens while a model thinks and nothing of that is for the client.
@Suite(.serialized, .timeLimit(.minutes(2))) struct UnseenThoughtTests {
  private static let thoughts: [AnswerEvent] =
    Array(repeating: .reasoning("hm "), count: 30)
    + [.text("never seen"), .finish(.stop), .usage(AnswerUsage(input: 7, output: 9)), .end]

  /// A client of completions, which have no words for thoughts.
  private static func ask(_ rig: Rig) async throws -> RawClient.Response {
    let client = try await rig.client()
    try await client.post(
      "/v1/completions",
      #"{"model":"test-model","stream":true,"prompt":"hi"}"#
    )
    return try await client.response()
  }

  /// Whoever takes over begins anew: nothing of the first stream has gone out.
  @Test(arguments: ["o/leo", "k2/leo"])
  func anotherBackendsAnswerIsWhole(_ other: String) async throws {
    let keeper = Keeper(.eachAfter(events: 12), steps: Self.thoughts)
    let second = Keeper(.late(milliseconds: 0))
    let isKept = other == "k2/leo"
    let plain = { @Sendable (_: MockBackend.Request) in Script.stream(3) }
    try await Rig.run(
      responding: [keeper.respond, isKept ? second.respond : plain],
      router: { backends in
        TestRouter(
          [("k/leo", backends[0].endpoint), (other, backends[1].endpoint)],
          apis: ["k": [.chat, .responses], "k2": [.chat, .responses], "o": [.chat]],
          keeping: ["k", "k2"])
      }
    ) { rig in
      let response = try await Self.ask(rig)
      #expect(response.status == 200 && response.isComplete)
      #expect(response.text.contains("[DONE]"))
      #expect(response.text.contains(isKept ? "\u{1f680}" : "t2"), "\(response.text)")
      #expect(!response.text.contains("never seen"))
      let record = try #require(try await rig.record())
      #expect(record.chosen?.backend == (isKept ? "k2" : "o") && record.fault == nil)
      #expect(record.resumes == 0)
      #expect(rig.router.told.taken == 0)
    }
  }

  /// The client's connection is kept alive meanwhile.
  @Test func theClientSeesSignsOfLife() async throws {
    let thought =
      #"data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"# + "\n\n"
    let thoughts = (0..<20).flatMap { _ in
      [Script.chunk(thought), MockBackend.Step.wait(milliseconds: 20)]
    }
    let steps = [Script.streamHead] + thoughts + Script.stream(3).dropFirst()
    try await Rig.run(
      responding: [{ _ in steps }], configure: { $0.heartbeat = .milliseconds(100) },
      router: { backends in
        TestRouter([("m/leo", backends[0].endpoint)], apis: ["m": [.chat]])
      }
    ) { rig in
      let response = try await Self.ask(rig)
      #expect(response.isComplete && response.text.contains("t2"))
      let life = try #require(response.text.range(of: ": perigee"))
      let answer = try #require(response.text.range(of: "t0"))
      #expect(life.lowerBound < answer.lowerBound)
    }
  }
}
