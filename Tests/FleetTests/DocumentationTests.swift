import Fleet
import Foundation
import Network
import Testing

@Suite("The manifest's documentation")
struct DocumentationTests {
  private static func text() throws -> String {
    try String(
      contentsOf: Manifests.root.appending(path: "Documentation/Manifest.md"), encoding: .utf8)
  }

  /// The text between the first line that begins with "```yaml" and the end of that block.
  private static func example(in text: String) throws -> String {
    let start = try #require(text.firstRange(of: "```yaml\n")).upperBound
    let end = try #require(text[start...].firstRange(of: "\n```")).lowerBound
    return String(text[start..<end])
  }

  @Test("the complete example loads and has something of everything")
  func exampleLoads() throws {
    let fleet = try Manifests.load(Self.example(in: Self.text()), file: "Manifest.md")
    #expect(fleet.gateway?.listenPort == 8443)
    #expect(fleet.constellations.flatMap(\.shells).map(\.name) == ["550", "low", "polar"])
    #expect(Set(fleet.sites.map(\.kind)) == Set(Site.Kind.allCases))
    #expect(
      Set(fleet.sites.flatMap(\.uplinks).map(\.medium.kindName))
        == ["leo", "geo", "fiber", "cellular"])
    #expect(fleet.backends.count == 3)
    #expect(fleet.backends[2].health.probe == .http(path: "/health"))
    #expect(fleet.backends[1].models[1].upstreamName == "their-name-for-it")
  }

  @Test("the complete example has every key, and every key is explained")
  func everyKey() throws {
    let text = try Self.text()
    let example = try Self.example(in: text)
    let rest = text.replacing(example, with: "")
    for key in Self.keys {
      #expect(example.contains("\(key):"), "\(key) is not in the example")
      #expect(rest.contains("`\(key)`") || rest.contains("\(key):"), "\(key) is not explained")
    }
  }

  @Test("the presets, the defaults of access and of health checks are as documented")
  func figures() throws {
    let text = try Self.text()
    for filed in PresetTests.filed { #expect(text.contains("| `\(filed.preset)` |")) }
    for (name, medium) in [
      ("leo", Uplink.Medium.leo(constellation: "")), ("geo", .geo(longitudeDeg: 0, teleport: "")),
      ("fiber", .fiber(landsAt: "", stretch: 1)), ("cellular", .cellular(landsAt: "", stretch: 1)),
    ] {
      let typical = AccessModel.typical(of: medium)
      let row =
        "| `\(name)` | \(short(typical.delayMs)) ms | \(short(typical.jitterMs)) ms | "
        + "\(typical.loss == 0.0001 ? "0.0001" : short(typical.loss)) |"
      #expect(text.contains(row), "\(row)")
    }
    let health = HealthCheckPolicy()
    #expect(health.interval == .seconds(10) && text.contains("| `interval` | `10s` |"))
    #expect(health.timeout == .seconds(3) && text.contains("| `timeout` | `3s`"))
    #expect(health.unhealthyThreshold == 3 && text.contains("| `unhealthyThreshold` | `3` |"))
    #expect(health.healthyThreshold == 1 && text.contains("| `healthyThreshold` | `1` |"))
  }

  private func short(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
  }

  /// Every key of a manifest but those of element files, which an example without a file cannot have.
  private static let keys = [
    "name", "seed", "gateway", "constellations", "zones", "sites", "fibers", "backends", "site",
    "listen", "keys", "tls", "certificate", "privateKey", "trust", "history", "drain", "notice",
    "grace",
    "telemetry", "otlp", "headers", "value", "sample",
    "queue", "length", "longestWait", "standing", "standingWait",
    "prefer", "hedging", "budget", "maxPrice", "slotEdges", "places", "env", "file", "preset",
    "only", "isls",
    "minElevation", "maxSlantRange", "epoch", "shells", "planes", "satellitesPerPlane", "altitude",
    "meanMotion", "inclination", "phasing", "raanSpread", "firstRaan", "constellation", "shell",
    "everyPlanes", "everySlots", "kind", "position", "track", "time", "lat", "lon", "alt",
    "uplinks", "longitude", "teleport", "landsAt", "stretch", "up", "down", "pricePerGB", "access",
    "delay", "jitter", "loss", "link", "rain", "diurnal", "amplitude", "peakHour", "emulate",
    "sourceAddress", "from", "to", "zone", "url", "managed",
    "model", "api", "contextTokens", "embeddings", "models", "upstreamName", "key", "health",
    "interval",
    "dish",
    "terminal", "port", "tellLocation", "legacyMetrics",
    "timeout", "unhealthyThreshold", "healthyThreshold", "probe", "http", "pricePerMillionTokens",
    "resume", "scopes", "limits", "budgets", "priority", "prices", "input", "output", "cachedInput",
    "cacheWrite", "perRequest", "streamUsage",
  ]
}
