import Decisions
import Foundation
import NIOCore
import Testing

@testable import Gateway

/// Streams: event by event, never complete unless they are, cancelled when nobody listens.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StreamTests {
  typealias Step = MockBackend.Step

  @Test func passesEventsAsTheyCome() async throws {
    try await Rig.run(Script.stream(20, gapMs: 10)) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      let first = try await client.partialResponse { !$0.body.isEmpty }
      #expect(first["content-type"] == "text/event-stream; charset=utf-8")
      #expect(first["content-length"] == nil)
      #expect(first.body.count < 20 * Script.event(0).utf8.count)
      #expect(first.text.hasSuffix("\n\n"))
      let response = try await client.response()
      #expect(
        response.text
          == (0..<20).map(Script.event).joined() + Script.usageEvent + "data: [DONE]\n\n")
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      #expect(try await client.response().isComplete)
      #expect(rig.backends[0].seen.connections == 1)
      let records = rig.router.told.records
      #expect(records.allSatisfy { $0.fault == nil && $0.events == 22 })
    }
  }

  /// The last chunk comes after the last event: the connection is kept all the same.
  @Test func keepsConnectionsWhoseStreamsEndLate() async throws {
    let steps = Script.stream(2).dropLast() + [.wait(milliseconds: 50), Script.lastChunk]
    try await Rig.run(Array(steps)) { rig in
      for _ in 0..<3 {
        let response = try await rig.chat(stream: true)
        #expect(response.isComplete)
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(rig.backends[0].seen.connections == 1)
    }
  }

  /// The two seconds that one stream has for its last chunk do not cut short the next one's.
  @Test func keepsConnectionsWhoseStreamsEndLateAgain() async throws {
    let steps = Script.stream(2).dropLast() + [.wait(milliseconds: 1200), Script.lastChunk]
    // A machine that stalls can spoil a try, but not five.
    for _ in 0..<5 {
      var connections = 0
      try await Rig.run(Array(steps)) { rig in
        for _ in 0..<3 {
          _ = try await rig.chat(stream: true)
          try await Task.sleep(for: .milliseconds(1500))
        }
        connections = rig.backends[0].seen.connections
      }
      if connections == 1 { return }
    }
    Issue.record("a connection was closed while its second stream was ending")
  }

  @Test func neverForwardsPartOfAnEvent() async throws {
    let bytes = Array((Script.event(0) + Script.event(1) + "data: [DONE]\n\n").utf8)
    let steps = bytes.flatMap { byte in
      [Step.writeBytes(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)), .wait(milliseconds: 0)]
    }
    try await Rig.run([Script.streamHead] + steps + [Script.lastChunk]) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      _ = try await client.partialResponse { response in
        #expect(response.body.isEmpty || response.text.hasSuffix("\n\n"))
        return response.isComplete
      }
    }
  }

  static let breaks: [(name: String, steps: [Step], fault: Fault)] = [
    ("reset", Script.brokenStream(3, .reset), .linkReset),
    ("close", Script.brokenStream(3, .close), .providerTruncated),
    ("clean end without [DONE]", Script.brokenStream(3, Script.lastChunk), .providerTruncated),
    (
      "half an event, clean end",
      Script.brokenStream(3, Script.chunk("data: {\"x"), Script.lastChunk), .providerTruncated
    ),
    (
      "half an event, reset",
      Script.brokenStream(3, Script.chunk("data: {\"x"), .wait(milliseconds: 20), .reset),
      .linkReset
    ),
    ("bad chunk", Script.brokenStream(3, .write("zz\r\n")), .providerBadAnswer),
    ("silence", Script.brokenStream(3, .wait(milliseconds: 60_000)), .providerStalled),
  ]

  @Test(arguments: breaks.indices)
  func aBrokenStreamNeverLooksComplete(_ index: Int) async throws {
    let broken = Self.breaks[index]
    try await Rig.run(
      broken.steps, Script.good, configure: { $0.timeouts.idle = .milliseconds(200) }
    ) { rig in
      let response = try await rig.chat(stream: true)
      #expect(!response.isComplete, "\(broken.name)")
      #expect(response.text.hasPrefix((0..<3).map(Script.event).joined()))
      #expect(!response.text.contains("[DONE]"))
      let last = response.text.dropFirst((0..<3).map(Script.event).joined().count)
      #expect(last.hasPrefix("data: {\"error\":{\"message\":"))
      #expect(last.contains("\"code\":\"stream_interrupted\"") && last.hasSuffix("}\n\n"))
      let record = try #require(try await rig.record())
      #expect(record.fault == broken.fault, "\(broken.name)")
      #expect(record.attempts.count == 1 && record.events == 3)
      #expect(try await rig.chat(stream: true).text.contains("stream_interrupted"))
    }
  }

  @Test func sendsHeartbeatsBeforeASlowFirstToken() async throws {
    try await Rig.run(
      [.wait(milliseconds: 350)] + Script.stream(2),
      configure: { $0.heartbeat = .milliseconds(100) }
    ) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response.isComplete)
      let beat = ": perigee: waiting for the first token\n\n"
      #expect(response.text.hasPrefix(beat))
      #expect(response.text.components(separatedBy: beat).count >= 3)
      #expect(
        response.text.contains(": perigee: backend=b0 uplink=leo predicted-ms=12.3 actual-ms="))
      #expect(response.text.hasSuffix(Script.event(1) + Script.usageEvent + "data: [DONE]\n\n"))
    }
  }

  @Test func failsOverAfterHeartbeats() async throws {
    try await Rig.run(
      [.wait(milliseconds: 250), .reset], Script.stream(2),
      configure: { $0.heartbeat = .milliseconds(100) }
    ) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response.isComplete && response.text.contains("backend=b1"))
      #expect(response.text.hasSuffix("data: [DONE]\n\n"))
    }
  }

  @Test func allFailAfterHeartbeats() async throws {
    try await Rig.run(
      [.wait(milliseconds: 250), .reset], configure: { $0.heartbeat = .milliseconds(100) }
    ) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response.status == 200 && !response.isComplete)
      #expect(response.text.contains("stream_interrupted"))
      #expect(try await rig.record()?.chosen == nil)
    }
  }

  static let phases: [(name: String, stream: Bool, steps: [Step])] = [
    ("waiting", false, Script.hang), ("waiting for a stream", true, Script.hang),
    (
      "receiving", false,
      [.write("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), .wait(milliseconds: 60_000)]
    ),
    ("before the first event", true, [Script.streamHead, .wait(milliseconds: 60_000)]),
    ("streaming", true, Script.brokenStream(2, .wait(milliseconds: 60_000))),
  ]

  @Test(arguments: phases.indices)
  func aClientThatLeavesCancelsTheUpstream(_ index: Int) async throws {
    let phase = Self.phases[index]
    try await Rig.run(phase.steps) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body(stream: phase.stream))
      #expect(try await rig.eventually { rig.backends[0].seen.requests.count == 1 })
      if phase.name == "streaming" { _ = try await client.partialResponse { !$0.body.isEmpty } }
      try await Task.sleep(for: .milliseconds(50))
      await client.close()
      #expect(try await rig.eventually { rig.backends[0].seen.abandoned == 1 }, "\(phase.name)")
      let record = try #require(try await rig.record())
      #expect(record.fault == .callerCancelled)
      #expect(record.status == (phase.name == "streaming" ? 200 : 499))
      #expect(record.chosen?.backend == (phase.name == "streaming" ? "b0" : nil))
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.cancelled])
    }
  }

  /// A backend faster than its client is held back, and its connection reads again afterwards.
  @Test func aSlowClientHoldsTheBackendBack() async throws {
    let event = "data: {\"x\":\"\(String(repeating: "y", count: 60_000))\"}\n\n"
    let count = 120
    let counter = Counter()
    let respond = { @Sendable (_: MockBackend.Request) -> [Step] in
      if counter.next() > 1 { return Script.stream(3) }
      return [Script.streamHead] + Array(repeating: Script.chunk(event), count: count)
        + [Script.chunk("data: [DONE]\n\n"), Script.lastChunk]
    }
    try await Rig.run(responding: [respond]) { rig in
      let client = try await rig.client(isReading: false)
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      #expect(try await rig.eventually { rig.router.told.begun == 1 })
      try await Task.sleep(for: .milliseconds(500))
      #expect(rig.router.told.records.isEmpty)
      try await client.startReading()
      let record = try #require(try await rig.record())
      #expect(record.events == count + 1)
      #expect(record.fault == nil)
      #expect(try await rig.chat(stream: true).isComplete)
      #expect(rig.backends[0].seen.connections == 1)
    }
  }

  @Test func aClientThatStopsReadingIsGivenUp() async throws {
    let event = "data: {\"x\":\"\(String(repeating: "y", count: 60_000))\"}\n\n"
    let steps = [Script.streamHead] + Array(repeating: Script.chunk(event), count: 400)
    try await Rig.run(steps, configure: { $0.timeouts.idle = .milliseconds(300) }) { rig in
      let client = try await rig.client(isReading: false)
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      #expect(try await rig.record()?.fault == .callerStalled)
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.cancelled])
      await client.close()
    }
  }

  @Test func manyStreamsAtOnce() async throws {
    try await Rig.run(Script.stream(10, gapMs: 5)) { rig in
      let expected = (0..<10).map(Script.event).joined() + Script.usageEvent + "data: [DONE]\n\n"
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<64 {
          group.addTask { try await rig.chat(stream: true).text == expected }
        }
        for try await isWhole in group { #expect(isWhole) }
      }
      #expect(rig.router.told.records.count == 64)
    }
  }
}
