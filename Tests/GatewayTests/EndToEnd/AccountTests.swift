import Decisions
import Dialects
import Fleet
import NIOCore
import Testing

@testable import Gateway

/// Who may ask, how much, and what it costs, over real connections.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AccountTests {
  private func get(_ rig: Rig, _ path: String, key: String) async throws -> RawClient.Response {
    let client = try await rig.client()
    try await client.write(
      "GET \(path) HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer \(key)\r\n\r\n")
    let response = try await client.response()
    await client.close()
    return response
  }

  private static let bearer = "authorization: Bearer key-app"

  @Test func scopesAreKept() async throws {
    let keeper = TestKeeper([
      "app": KeyGrant(scopes: [.inference]), "eye": KeyGrant(scopes: [.metrics]),
      "root": KeyGrant(scopes: [.admin, .metrics]),
    ])
    try await Rig.run(Script.good, accounts: keeper) { rig in
      #expect(try await rig.chat(headers: [Self.bearer]).status == 200)
      let refused = try await rig.chat(headers: ["x-api-key: key-eye"])
      #expect(refused.status == 403)
      #expect(refused.text.contains("policy_forbidden") && refused.text.contains("inference"))
      #expect(try await get(rig, "/metrics", key: "key-eye").status == 200)
      #expect(try await get(rig, "/metrics", key: "key-app").status == 403)
      let expired = try await rig.chat(headers: ["authorization: Bearer key-expired"])
      #expect(expired.status == 401 && expired.text.contains("expired"))
      let client = try await rig.client()
      try await client.post("/api/reload", "", headers: ["authorization: Bearer key-eye"])
      #expect(try await client.response().status == 403)
      try await client.post("/api/reload", "", headers: ["authorization: Bearer key-root"])
      #expect(try await client.response().status == 200)
      await client.close()
      #expect(
        keeper.told.refusals.map(\.fault) == [
          .policyForbidden, .policyForbidden, .callerUnauthorized, .policyForbidden,
        ])
      #expect(keeper.told.refusals.map(\.caller) == ["eye", "app", nil, "eye"])
    }
  }

  @Test func otherModelsDoNotExist() async throws {
    let keeper = TestKeeper(["app": KeyGrant(models: ["org/other"])])
    try await Rig.run(Script.good, accounts: keeper) { rig in
      let refused = try await rig.chat(headers: [Self.bearer])
      #expect(refused.status == 404 && refused.text.contains("model_not_found"))
      #expect(!refused.text.contains("Available: test-model"))
      let list = try await get(rig, "/v1/models", key: "key-app").text
      #expect(list.contains("org/other") && !list.contains("test-model"))
      #expect(try await get(rig, "/v1/models/test-model", key: "key-app").status == 404)
    }
  }

  @Test func limitsAreToldAndKept() async throws {
    let limits = [
      RateLimit(.requests, 2, per: .hour), RateLimit(.tokens, 100_000, per: .day),
      RateLimit(.bytes, 1_000_000, per: .hour),
    ]
    let keeper = TestKeeper(["app": KeyGrant(limits: limits)])
    try await Rig.run(Script.good, accounts: keeper) { rig in
      let first = try await rig.chat(headers: [Self.bearer])
      #expect(first.status == 200)
      #expect(first["x-ratelimit-limit-requests"] == "2")
      #expect(first["x-ratelimit-remaining-requests"] == "1")
      #expect(first["x-ratelimit-limit-tokens"] == "100000")
      #expect(first["x-ratelimit-limit-bytes"] == "1000000")
      #expect(first["x-ratelimit-reset-requests"]?.hasSuffix("s") == true)
      #expect(try await rig.chat(headers: [Self.bearer]).status == 200)
      let refused = try await rig.chat(headers: [Self.bearer])
      #expect(refused.status == 429 && refused.text.contains("rate_limit_exceeded"))
      #expect(refused["x-ratelimit-remaining-requests"] == "0")
      let wait = try #require(refused["retry-after"].flatMap { Int($0) })
      #expect((1700...1800).contains(wait))
      #expect(refused["x-should-retry"] == "false")
      #expect(keeper.told.settled == 2)
      #expect(rig.router.told.records.map(\.facts.caller) == ["app", "app"])
    }
  }

  @Test func budgetsAreKept() async throws {
    let price = PathPrice(tokens: TokenPrices(input: 0, output: 0, perRequest: 1), perGigabyte: 0)
    let grants = [
      "app": KeyGrant(budgets: [Budget(Money(dollars: 1.5), per: .total)]),
      "daily": KeyGrant(budgets: [Budget(Money(dollars: 1.5), per: .day)]),
    ]
    let keeper = TestKeeper(grants, price: price)
    try await Rig.run(Script.good, accounts: keeper) { rig in
      #expect(try await rig.chat(headers: [Self.bearer])["x-perigee-cost-usd"] == "1")
      let refused = try await rig.chat(headers: [Self.bearer])
      #expect(refused.status == 402 && refused.text.contains("insufficient_quota"))
      #expect(refused["retry-after"] == nil)
      let daily = "authorization: Bearer key-daily"
      #expect(try await rig.chat(headers: [daily]).status == 200)
      let tomorrow = try await rig.chat(headers: [daily])
      #expect(tomorrow.status == 429 && tomorrow["retry-after"] != nil)
    }
  }

  @Test func wholeAnswersAndStreamsCostWhatTheyUsed() async throws {
    let price = PathPrice(tokens: TokenPrices(input: 1, output: 2), perGigabyte: 8)
    let keeper = TestKeeper(["app": .everything], price: price)
    try await Rig.run(Script.good, accounts: keeper) { rig in
      let whole = try await rig.chat(headers: [Self.bearer])
      let text = try #require(whole["x-perigee-cost-usd"])
      let record = try #require(try await rig.record())
      #expect(record.cost?.total.description == text)
      let usage = try #require(record.usage)
      let bytes = record.attempts.reduce(0) { $0 + $1.bytesUp + $1.bytesDown }
      #expect(
        record.cost
          == Cost(
            tokens: Money(nanodollars: Int64(usage.input * 1000 + usage.output * 2000)),
            bytes: Money(nanodollars: Int64(bytes * 8))))
    }
    let streaming = TestKeeper(["app": .everything], price: price)
    try await Rig.run(Script.stream(3), accounts: streaming) { rig in
      let stream = try await rig.chat(stream: true, headers: [Self.bearer])
      let record = try #require(try await rig.record())
      let cost = try #require(record.cost)
      #expect(stream.text.contains(": perigee: cost-usd=\(cost.total)"))
      #expect(cost.isEstimated == (record.usage == nil))
      #expect(cost.tokens > .zero)
    }
  }

  /// Messages say at their beginning that one token has been answered: the broken ones are not billed by
  /// that.
  @Test func brokenMessagesCostTheEventsThatCame() async throws {
    let price = PathPrice(tokens: TokenPrices(input: 1, output: 2), perGigabyte: 0)
    let keeper = TestKeeper(["app": .everything], price: price)
    let piece =
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#
    let events =
      [
        #"{"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
      ] + Array(repeating: piece, count: 20)
    let text = events.map { event in
      let type = event.dropFirst(#"{"type":""#.count).prefix { $0 != "\"" }
      return "event: \(type)\ndata: \(event)\n\n"
    }.joined()
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    try await Rig.run(
      responding: [
        { _ in
          [
            .write(head + "transfer-encoding: chunked\r\n\r\n"),
            .write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"), .close,
          ]
        }
      ], accounts: keeper,
      router: { backends in
        TestRouter([("b0", backends[0].endpoint)], apis: ["b0": [.messages]])
      }
    ) { rig in
      let client = try await rig.client()
      try await client.post(
        "/v1/messages",
        #"{"model":"test-model","max_tokens":50,"stream":true,"#
          + #""messages":[{"role":"user","content":"hi"}]}"#, headers: [Self.bearer])
      let response = try await client.response()
      #expect(!response.isComplete)
      let used = try #require(keeper.told.used.first?.usage)
      #expect(used.inputTokens == 9 && used.outputTokens == 22, "\(used)")
      #expect(try await rig.record()?.cost?.isEstimated == true)
    }
  }

  /// Work is done long after it was accepted: its key may be gone, or hold to fewer models.
  @Test func workIsDoneByWhatItsKeyAllowsNow() async throws {
    let keeper = TestKeeper(["app": .everything])
    try await Rig.run(Script.good, accounts: keeper) { rig in
      func ask(_ grant: KeyGrant) async -> InternalAnswer {
        await rig.server.ask(
          InternalRequest(
            endpoint: "/v1/chat/completions", body: ByteBuffer(string: Rig.body()),
            caller: Caller(id: "app", name: "app", grant: grant), patience: .seconds(10)))
      }
      let gone = await ask(KeyGrant(scopes: []))
      #expect(gone.status == 403 && gone.fault == .policyForbidden)
      #expect(rig.backends[0].seen.requests.isEmpty)
      let other = await ask(KeyGrant(models: ["org/other"]))
      #expect(other.status == 404 && other.fault == .callerUnknownModel)
      #expect(await ask(KeyGrant(scopes: [.batch])).status == 200)
      #expect(keeper.told.settled == 1)
    }
  }

  @Test func aReloadThatTakesTheLastKeyDoesNotOpenTheDoor() async throws {
    try await Rig.run(Script.good, accounts: TestKeeper(["app": .everything])) { rig in
      let open = GatewayConfiguration(
        host: "0.0.0.0",
        tls: GatewayConfiguration.TLS(certificateChainPath: "c.pem", privateKeyPath: "k.pem"))
      #expect(
        throws: GatewayStartError.unprotected(
          host: "0.0.0.0", missingKeys: true, missingTLS: false)
      ) { _ = try rig.server.prepare(open, asksForKeys: false) }
      _ = try rig.server.prepare(GatewayConfiguration(), asksForKeys: false)
    }
  }

  @Test func failedAttemptsCostTheirBytesAlone() async throws {
    let price = PathPrice(
      tokens: TokenPrices(input: 1, output: 2, perRequest: 0.5), perGigabyte: 8)
    let keeper = TestKeeper(["app": .everything], price: price)
    try await Rig.run(
      Script.response("{}", status: "500 Internal Server Error"), Script.good, accounts: keeper
    ) { rig in
      #expect(try await rig.chat(headers: [Self.bearer]).status == 200)
      let record = try #require(try await rig.record())
      #expect(record.attempts.count == 2)
      let used = keeper.told.used
      #expect(used.map(\.usage.requests) == [0, 1])
      #expect(used[0].usage.tokens == 0 && used[0].usage.bytesUp > 0)
      #expect(used[0].usage.cost == Money(nanodollars: Int64(used[0].usage.bytes * 8)))
      #expect(used[0].usage.cost + used[1].usage.cost == record.cost?.total)
      #expect(used[1].usage.cost > Money(dollars: 0.5))
    }
  }
}
