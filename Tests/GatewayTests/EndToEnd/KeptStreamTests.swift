import Decisions
import Dialects
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// Streams of answers that their backend keeps: whatever breaks, the client has each event once.
@Suite(.serialized, .timeLimit(.minutes(2))) struct KeptStreamTests {
  private static func router(_ backends: [MockBackend]) -> TestRouter {
    TestRouter(
      [("k/leo", backends[0].endpoint), ("k/geo", backends[0].endpoint)],
      apis: ["k": [.chat, .responses]], keeping: ["k"])
  }

  private static func run(
    _ keeper: Keeper, router: @escaping ([MockBackend]) -> TestRouter = Self.router,
    configure: (inout GatewayConfiguration) -> Void = { _ in },
    _ body: (Rig) async throws -> Void
  ) async throws {
    try await Rig.run(
      responding: [keeper.respond], configure: configure, router: router, body)
  }

  private static func body(_ family: Family, case number: Int = .max, more: String = "") -> String {
    let head = "{\"model\":\"test-model\",\"stream\":true,\"case\":\(number)\(more),"
    let messages = #""messages":[{"role":"user","content":"hello"}]}"#
    switch family {
    case .responses: return head + #""store":false,"input":"hello"}"#
    case .messages:
      return head + #""max_tokens":50,"# + messages
    case .completions: return head + #""prompt":"hello"}"#
    case .chat: return head + #""stream_options":{"include_usage":true},"# + messages
    }
  }

  private static func path(_ family: Family) -> String { "/v1" + family.suffix }

  /// What the client makes of a stream: all but comments, and names that differ between requests.
  private static func essence(_ response: RawClient.Response) -> String {
    let request = response["x-request-id"]?.dropFirst(4) ?? ""
    return response.text.components(separatedBy: "\n\n").filter { !$0.hasPrefix(":") }
      .joined(separator: "\n\n")
      .replacing(String(request), with: "ID")
      .replacing(/"created(_at)?":\d+/, with: "TIME").replacing(/k\d+x/, with: "KEPT")
  }

  /// Every boundary of an event may be the end, and bytes everywhere between.
  @Test(arguments: [Family.chat, .messages, .responses])
  func wheneverItBreaks(_ family: Family) async throws {
    let keeper = Keeper(.firstAtCase)
    let events = Keeper.events("k0x", Keeper.answer)
    let whole = Keeper.bytes(events)
    var cases: Set<Int> = Set(stride(from: 0, to: whole.count, by: 97))
    var place =
      whole.count - Keeper.bytes([]).count
      - events.reduce(0) {
        $0 + $1.utf8.count + String($1.utf8.count, radix: 16).utf8.count + 4
      }
    place += Keeper.bytes([]).count - 5
    for event in events {
      place += event.utf8.count + String(event.utf8.count, radix: 16).utf8.count + 4
      cases.formUnion([place - 3, place - 1, place, place + 1])
    }
    let all = cases.filter { $0 < whole.count }.sorted()
    try await Self.run(keeper) { rig in
      let client = try await rig.client()
      try await client.post(Self.path(family), Self.body(family))
      let expected = Self.essence(try await client.response())
      #expect(expected.contains("ISS") && expected.contains("日"), "\(expected)")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask {
            var client = try await rig.client()
            for index in stride(from: number, to: all.count, by: 8) {
              try await client.post(Self.path(family), Self.body(family, case: all[index]))
              let response = try await client.response()
              #expect(
                Self.essence(response) == expected, "cut after \(all[index]): \(response.text)")
              #expect(response.isComplete && response.status == 200, "cut after \(all[index])")
              if !response.isComplete { client = try await rig.client() }
            }
          }
        }
        try await group.waitForAll()
      }
      // One answer was made for each request, and none is left.
      let seen = keeper.seen
      #expect(seen.names.count == all.count + 1)
      #expect(try await rig.eventually { keeper.seen.kept.isEmpty })
      #expect(!keeper.seen.log.contains { $0.hasSuffix("/cancel") })
      let records = rig.router.told.records
      #expect(
        records.allSatisfy { $0.fault == nil && $0.usage?.input == 7 && $0.usage?.output == 9 })
      #expect(records.contains { $0.resumes == 1 })
    }
  }

  @Test(arguments: [Family.chat, .messages, .responses])
  func eachTimeAfterAFewEvents(_ family: Family) async throws {
    let whole = Keeper(.firstAtCase)
    var expected = ""
    try await Self.run(whole) { rig in
      let client = try await rig.client()
      try await client.post(Self.path(family), Self.body(family))
      expected = Self.essence(try await client.response())
    }
    // The first must come as far as some content.
    let keeper = Keeper(.eachAfter(events: 6))
    try await Self.run(keeper) { rig in
      let client = try await rig.client()
      try await client.post(Self.path(family), Self.body(family))
      let response = try await client.response()
      #expect(Self.essence(response) == expected && response.isComplete, "\(response.text)")
      let record = try #require(try await rig.record())
      #expect(record.resumes >= 3 && record.fault == nil)
      #expect(record.attempts.count == record.resumes + 1)
      #expect(response.text.contains(": perigee: resumed on k over "))
      // Only what was made is paid for, and each byte that was carried.
      #expect(record.attempts.allSatisfy { $0.bytesDown > 0 })
    }
  }

  /// What is asked of the backend is what the client asked, but for three members.
  @Test func aClientsOwnBytesAreKept() async throws {
    let keeper = Keeper(.firstAtCase)
    try await Self.run(keeper) { rig in
      let client = try await rig.client()
      let body =
        #"{ "model":"test-model", "odd" : [1, 2.50],"store": false,"input":"hi","stream":true}"#
      try await client.post("/v1/responses", body)
      #expect(try await client.response().isComplete)
      #expect(
        keeper.seen.asked.first
          == #"{"background":true, "model":"test-model", "odd" : [1, 2.50],"store": true,"input":"hi","stream":true}"#
      )
    }
  }

  /// What a backend would keep for the client itself is not deleted, nor cancelled where it is to go on.
  @Test func whatIsTheClientsIsLeftAlone() async throws {
    let keeper = Keeper(.firstAtCase)
    try await Self.run(keeper) { rig in
      let client = try await rig.client()
      for store in [",\"store\":true", "", ",\"store\":true,\"background\":true"] {
        try await client.post(
          "/v1/responses", "{\"model\":\"test-model\",\"input\":\"hi\",\"stream\":true\(store)}")
        #expect(try await client.response().isComplete)
      }
      try await client.post(Self.path(.chat), Self.body(.chat))
      #expect(try await client.response().isComplete)
      #expect(try await rig.eventually { keeper.seen.kept.count == 3 })
      #expect(keeper.seen.log.filter { $0.hasPrefix("DELETE") }.count == 1)
      #expect(!keeper.seen.log.contains { $0.hasSuffix("/cancel") })
    }
  }

  /// Whoever leaves wants nothing made: as soon as the answer's name is known, be that later.
  @Test(arguments: [Keeper.Cut.silentAfter(events: 13), .late(milliseconds: 300)])
  func whatNobodyWaitsForIsCancelled(_ cut: Keeper.Cut) async throws {
    let keeper = Keeper(cut)
    try await Self.run(keeper) { rig in
      let client = try await rig.client()
      try await client.post(Self.path(.chat), Self.body(.chat))
      if case .silentAfter = cut {
        _ = try await client.partialResponse { $0.text.contains("\"content\"") }
      } else {
        #expect(try await rig.eventually { keeper.seen.names.count == 1 })
      }
      await client.close()
      #expect(
        try await rig.eventually {
          keeper.seen.log.suffix(2) == [
            "POST /v1/responses/resp_k0x/cancel", "DELETE /v1/responses/resp_k0x",
          ]
        }, "\(keeper.seen.log)")
      #expect(try await rig.record()?.fault == .callerCancelled)
    }
  }

  /// A hedge that lost is cancelled where it ran.
  @Test func whatLostIsCancelled() async throws {
    let slow = Keeper(.late(milliseconds: 700))
    let quick: @Sendable (MockBackend.Request) -> [MockBackend.Step] = { _ in Script.stream(2) }
    try await Rig.run(
      responding: [slow.respond, quick],
      router: { backends in
        TestRouter(
          [("k", backends[0].endpoint), ("b", backends[1].endpoint)],
          apis: ["k": [.chat, .responses]],
          hedge: HedgePlan(candidate: 1, delay: .milliseconds(100), reason: "test"), keeping: ["k"])
      }
    ) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response.isComplete)
      #expect(
        try await rig.eventually { slow.seen.log.last == "DELETE /v1/responses/resp_k0x" })
    }
  }

  /// A backend that has forgotten it, or does not number its events.
  @Test(arguments: [true, false]) func whatIsGoneIsAnHonestError(_ isRestarted: Bool) async throws {
    let keeper = Keeper(.eachAfter(events: 9))
    keeper.change {
      $0.isRestarted = isRestarted
      $0.isUnnumbered = !isRestarted
    }
    try await Self.run(keeper) { rig in
      let client = try await rig.client()
      try await client.post(Self.path(.chat), Self.body(.chat))
      let response = try await client.response()
      let seen = SeenAnswer(body: response.text)
      #expect(!response.isComplete && seen.error != nil && !seen.isDone, "\(response.text)")
      let faults = try await rig.record()?.attempts.map(\.fault)
      #expect(faults == (isRestarted ? [.linkReset, .providerRefused] : [.linkReset]))
    }
  }

  /// What responses cannot say goes the usual way.
  @Test func whatWouldBeLostGoesTheUsualWay() async throws {
    try await Rig.run(
      responding: [{ _ in Script.stream(2) }],
      router: {
        TestRouter(
          [("k", $0[0].endpoint)], apis: ["k": [.chat, .completions, .responses]], keeping: ["k"])
      }
    ) { rig in
      let client = try await rig.client()
      for (path, body) in [
        ("/v1/chat/completions", Self.body(.chat, more: #","stop":["x"]"#)),
        ("/v1/chat/completions", Self.body(.chat, more: #","seed":5"#)),
        ("/v1/completions", Self.body(.completions)),
      ] {
        try await client.post(path, body)
        #expect(try await client.response().isComplete)
      }
      #expect(
        rig.backends[0].seen.requests.map(\.head.uri) == [
          "/v1/chat/completions", "/v1/chat/completions", "/v1/completions",
        ])
    }
  }

  /// A link that goes down within a stream: the other one goes on at once, or the same one when it is back.
  @Test(arguments: [true, false]) func anOutageIsHeldThrough(_ hasOther: Bool) async throws {
    let keeper = Keeper(.silentAfter(events: 13))
    try await Self.run(
      keeper,
      router: { backends in
        TestRouter(
          hasOther
            ? [("k/leo", backends[0].endpoint), ("k/geo", backends[0].endpoint)]
            : [("k/leo", backends[0].endpoint)],
          apis: ["k": [.responses]], keeping: ["k"])
      },
      configure: { $0.heartbeat = .milliseconds(200) }
    ) { rig in
      let client = try await rig.client()
      try await client.post(Self.path(.chat), Self.body(.chat))
      _ = try await client.partialResponse { $0.text.contains("\"content\"") }
      rig.router.change { $0.down = ["leo"] }
      if !hasOther {
        // It rides a short outage out, and is held after that.
        #expect(
          try await client.partialResponse { $0.text.contains("is being resumed") }.status == 200)
        rig.router.change { $0.down = [] }
      }
      let response = try await client.response()
      #expect(response.isComplete && response.text.contains("ISS"), "\(response.text)")
      let record = try #require(try await rig.record())
      #expect(record.attempts.map(\.fault) == [.linkOutage, nil])
      #expect(record.attempts[1].path.uplink == (hasOther ? "geo" : "leo"))
      #expect(hasOther || record.heldMs > 0)
    }
  }
}
