import Fleet
import Network
import Testing

@Suite("The dish of an uplink")
struct DishTests {
  private func dish(_ text: String) throws -> DishSettings? {
    try Manifests.load(Small.manifest(uplink: text)).sites.first?.uplinks.first?.dish
  }

  @Test("none, emulated, real, and with all that can be said")
  func read() throws {
    #expect(try dish("") == nil)
    #expect(try dish("dish: emulated") == DishSettings(.emulated(port: nil)))
    let full = "dish: {terminal: emulated, port: 9201, tellLocation: true, legacyMetrics: true}"
    #expect(
      try dish(full)
        == DishSettings(.emulated(port: 9_201), tellsLocation: true, hasLegacyMetrics: true))
    func real(_ text: String) throws -> DishSettings? {
      try dish("emulate: false\n        dish: \(text)")
    }
    #expect(try real("192.168.100.1") == DishSettings(.real(host: "192.168.100.1", port: 9_200)))
    #expect(try real("dish.lan:9201") == DishSettings(.real(host: "dish.lan", port: 9_201)))
    #expect(try real("'[::1]:1'") == DishSettings(.real(host: "::1", port: 1)))
    #expect(
      try real("{terminal: 10.0.0.1, legacyMetrics: true}")
        == DishSettings(.real(host: "10.0.0.1", port: 9_200), hasLegacyMetrics: true))
  }

  @Test(
    "what can't be is a problem at its place, with a cure",
    arguments: [
      ("dish: 192.168.100.1", "dish", "emulate: false"),
      ("emulate: false\n        dish: emulated", "dish", "192.168.100.1"),
      ("dish: 'no host'", "dish", "HOST:PORT"), ("dish: a:0", "dish", "HOST:PORT"),
      ("dish: true:x", "dish", "HOST:PORT"), ("dish: [1]", "dish", "192.168.100.1"),
      ("dish: {port: 1}", "dish", "terminal: emulated"),
      ("dish: {terminal: emulated, port: 0}", "dish.port", "65535"),
      ("dish: {terminal: emulated, tellLocation: yes}", "dish.tellLocation", "true"),
      ("dish: {terminal: emulated, lagacyMetrics: true}", "dish.lagacyMetrics", "legacyMetrics"),
      ("emulate: false\n        dish: {terminal: a, port: 1}", "dish.port", "9200"),
    ])
  func problems(text: String, path: String, cure: String) {
    let problems = Manifests.problems(of: Small.manifest(uplink: text))
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.path == "sites[0].uplinks[0].\(path)")
    #expect(problems.first?.cure.contains(cure) == true, "\(problems)")
  }

  @Test("only LEO uplinks have one")
  func otherMedia() {
    let yaml = Small.manifest(uplink: "dish: emulated")
      .replacing(
        "kind: leo\n        constellation: leo", with: "kind: cellular\n        landsAt: gw")
    let problems = Manifests.problems(of: yaml)
    #expect(
      problems.count == 1 && problems.first?.cure.contains("kind `leo`") == true, "\(problems)")
  }
}
