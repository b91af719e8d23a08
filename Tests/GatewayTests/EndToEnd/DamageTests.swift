import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Gateway

/// Damaged bytes from either side: nothing crashes, every request ends once, and what is called complete
/// is complete.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DamageTests {
  private static func damage(
    _ bytes: [UInt8], _ random: inout Seeded
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !bytes.isEmpty else { break }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 2: bytes.remove(at: place)
      case 3: bytes.removeLast(bytes.count - place)
      default: bytes.insert(contentsOf: Array("\r\n\r\n".utf8), at: place)
      }
    }
    return bytes
  }

  private static func bytes(_ steps: [MockBackend.Step]) -> [UInt8] {
    steps.flatMap { step -> [UInt8] in
      if case .write(let text) = step { Array(text.utf8) } else { [] }
    }
  }

  @Test(arguments: [false, true])
  func damagedAnswers(_ stream: Bool) async throws {
    let whole = Self.bytes(stream ? Script.stream(3) : Script.good)
    let counter = Counter()
    let respond = { @Sendable (_: MockBackend.Request) -> [MockBackend.Step] in
      var random = Seeded(UInt64(counter.next()))
      let damaged = Self.damage(whole, &random)
      let half = Int.random(in: 0...damaged.count, using: &random)
      return [
        .writeBytes(Array(damaged[..<half])), .wait(milliseconds: 1),
        .writeBytes(Array(damaged[half...])), .wait(milliseconds: 5), .close,
      ]
    }
    let count = 150
    try await Rig.run(responding: [respond], configure: { $0.timeouts.idle = .milliseconds(500) }) {
      rig in
      for _ in 0..<count {
        let response = try await rig.chat(stream: stream)
        #expect(response.status >= 200)
        guard response.status == 200, response.isComplete else { continue }
        if stream {
          #expect(response.text.contains("[DONE]"))
        } else {
          #expect((try? JSONSerialization.jsonObject(with: Data(response.body))) != nil)
        }
      }
      let told = rig.router.told
      #expect(told.records.count == count)
      #expect(told.records.map(\.attempts.count).reduce(0, +) == told.outcomes.count)
      #expect(told.taken == 0)
    }
  }

  @Test func damagedRequests() async throws {
    try await Rig.run(Script.good, configure: { $0.timeouts.requestHead = .milliseconds(200) }) {
      rig in
      let body = Rig.body()
      let whole = Array(
        ("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-a: b\r\n"
          + "content-length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
      for seed in 0..<150 {
        var random = Seeded(UInt64(seed))
        let client = try await rig.client()
        try? await client.write(Self.damage(whole, &random))
        if let response = try? await client.response() {
          #expect([200, 400, 404, 405, 408, 413, 421, 431].contains(response.status))
        }
        await client.close()
      }
      #expect(try await rig.chat().status == 200)
      let told = rig.router.told
      #expect(told.records.map(\.attempts.count).reduce(0, +) == told.outcomes.count)
      #expect(told.taken == 0)
      #expect(told.facts.count == told.records.count)
    }
  }
}
