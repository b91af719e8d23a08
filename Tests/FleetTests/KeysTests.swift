import Fleet
import Testing

@Suite("Keys and prices of a manifest")
struct KeysTests {
  @Test("keys with and without a name")
  func keys() throws {
    let fleet = try Manifests.load(
      Small.manifest(
        gateway: "keys: [{env: A}, {name: app, key: {env: B}, scopes: [inference, batch], "
          + "models: [m], limits: [60 requests/minute, 500 MB/day], budgets: [5/day], "
          + "priority: flex}, {name: eye, key: {file: eye.key}, scopes: [metrics]}, "
          + "{name: plain, key: {env: C}}]"))
    let gateway = try #require(fleet.gateway)
    #expect(gateway.keys == [.environment("A")])
    #expect(gateway.namedKeys.map(\.name) == ["app", "eye", "plain"])
    let app = gateway.namedKeys[0].grant
    #expect(app.scopes == [.inference, .batch] && app.models == ["m"])
    #expect(
      app.limits == [
        RateLimit(.requests, 60, per: .minute), RateLimit(.bytes, 500_000_000, per: .day),
      ])
    #expect(app.budgets == [Budget(Money(dollars: 5), per: .day)] && app.maxPriority == .flex)
    #expect(gateway.namedKeys[2].grant.scopes == [.inference])
  }

  @Test("prices of backends and of single models")
  func prices() throws {
    let backend = try #require(
      Manifests.load(
        Small.manifest(
          backend: "prices: {input: 0.5, output: 1.5, cachedInput: 0.05, cacheWrite: 0.6, "
            + "perRequest: 0.001}"
        ).replacing("models: [m]", with: "models: [m, {name: n, prices: {input: 3, output: 15}}]")
      ).backends.first)
    #expect(
      backend.modelPrices.prices(of: "m")
        == TokenPrices(
          input: 0.5, output: 1.5, cachedInput: 0.05, cacheWrite: 0.6, perRequest: 0.001))
    #expect(backend.modelPrices.prices(of: "n") == TokenPrices(input: 3, output: 15))
    let flat = try #require(
      Manifests.load(Small.manifest(backend: "pricePerMillionTokens: 0.6")).backends.first)
    #expect(flat.modelPrices.prices(of: "m") == TokenPrices(input: 0.6, output: 0.6))
  }

  @Test("whether streams are counted")
  func streamUsage() throws {
    for (text, takes) in [("streamUsage: false", false), ("places: 3", true)] {
      let backend = try Manifests.load(Small.manifest(backend: text)).backends.first
      #expect(backend?.streamUsage == takes)
    }
    let problems = Manifests.problems(of: Small.manifest(backend: "streamUsage: sometimes"))
    #expect(problems.map(\.path) == ["backends[0].streamUsage"])
  }

  @Test(
    "mistakes",
    arguments: [
      ("keys: [{name: app, key: {env: B}, limits: [60/minute]}]", "gateway.keys[0].limits[0]"),
      ("keys: [{name: app, key: {env: B}, budgets: [5/week]}]", "gateway.keys[0].budgets[0]"),
      ("keys: [{name: app, key: {env: B}, scopes: [root]}]", "gateway.keys[0].scopes[0]"),
      ("keys: [{name: app, key: {env: B}, priority: high}]", "gateway.keys[0].priority"),
      ("keys: [{name: app}]", "gateway.keys[0]"),
      ("keys: [{name: a, key: {env: B}}, {name: a, key: {env: C}}]", "gateway.keys[1].name"),
      ("keys: [{name: app, key: sk-secret}]", "gateway.keys[0].key"),
    ])
  func mistakes(_ gateway: String, _ path: String) {
    let problems = Manifests.problems(of: Small.manifest(gateway: gateway))
    #expect(problems.map(\.path) == [path])
    #expect(problems.allSatisfy { !$0.cure.isEmpty && !$0.message.contains("sk-secret") })
  }
}
