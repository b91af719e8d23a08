import Fleet
import Network
import Orbits
import Testing

@Suite("Quantities, names and other scalars")
struct ScalarsTests {
  @Test(
    "units are converted",
    arguments: [
      ("500 bit/s", 500.0), ("704 kbit/s", 704e3), ("200 Mbit/s", 200e6), ("1.5 Gbit/s", 1.5e9),
      ("200Mbit/s", 200e6),
    ])
  func bandwidths(_ text: String, _ bitsPerSecond: Double) throws {
    let yaml = Small.manifest().replacing("up: 20 Mbit/s", with: "up: \(text)")
    let uplink = try #require(try Manifests.load(yaml).sites.first?.uplinks.first)
    #expect(uplink.up.bitsPerSecond == bitsPerSecond)
  }

  @Test(
    "a wrong or missing unit has a cure that can be pasted",
    arguments: [
      ("20", "`20 Mbit/s`"), ("20 Mbps", "`20 Mbit/s`"), ("20 MB/s", "`160 Mbit/s`"),
      ("2 GB/s", "`16 Gbit/s`"), ("20 mbit/s", "`20 Mbit/s`"), ("20 MBIT/S", "`20 Mbit/s`"),
      ("20 parsec", "`Mbit/s`"), ("fast", "20 Mbit/s"), ("-5 Mbit/s", "100 bit/s"),
      ("1e400 Mbit/s", "Mbit/s"), ("nan Mbit/s", "Mbit/s"), ("[20]", "20 Mbit/s"),
      ("{a: b}", "20 Mbit/s"), ("0x10 Mbit/s", "Mbit/s"),
    ])
  func wrongUnits(_ text: String, _ cure: String) {
    let yaml = Small.manifest().replacing("up: 20 Mbit/s", with: "up: \(text)")
    let problems = Manifests.problems(of: yaml)
    #expect(problems.count == 1)
    #expect(problems.first?.path == "sites[0].uplinks[0].up")
    #expect(problems.first?.cure.contains(cure) == true, "\(problems)")
  }

  @Test("whether a backend goes on with broken answers")
  func resumption() throws {
    #expect(try Manifests.load(Small.manifest()).backends[0].resume == .no)
    let declared = Small.manifest(backend: "resume: prefill")
    #expect(try Manifests.load(declared).backends[0].resume == .prefill)
    let managed = Small.manifest().replacing(
      "url: https://api.example.com/v1", with: "managed: {model: m}")
    #expect(try Manifests.load(managed).backends[0].resume == .prefill)
    let problems = Manifests.problems(of: Small.manifest(backend: "resume: prefil"))
    #expect(problems.map(\.path) == ["backends[0].resume"])
    #expect(problems.first?.cure.contains("prefill") == true)
  }

  @Test("whether a backend keeps its answers")
  func keeping() throws {
    let both = Small.manifest(backend: "resume: background\n    api: [chat, responses]")
    #expect(try Manifests.load(both).backends[0].resume == .background)
    for yaml in [
      Small.manifest(backend: "resume: background"),
      Small.manifest(backend: "resume: background").replacing(
        "url: https://api.example.com/v1", with: "managed: {model: m}"),
    ] {
      let problems = Manifests.problems(of: yaml)
      #expect(problems.map(\.path) == ["backends[0].resume"], "\(problems)")
      #expect(problems.first?.cure.isEmpty == false)
    }
  }

  @Test("durations of health checks")
  func durations() throws {
    let health =
      "health: {interval: 2m, timeout: 1500ms, unhealthyThreshold: 4, healthyThreshold: 2, "
      + "probe: {http: /health}}"
    let fleet = try Manifests.load(Small.manifest(backend: health))
    #expect(
      fleet.backends[0].health
        == HealthCheckPolicy(
          probe: .http(path: "/health"), interval: .seconds(120), timeout: .milliseconds(1_500),
          unhealthyThreshold: 4, healthyThreshold: 2))
  }

  @Test(
    "a wrong health check is a problem at its key",
    arguments: [
      ("interval: 10", "interval"), ("interval: 10 seconds", "interval"),
      ("timeout: 0s", "timeout"),
      ("unhealthyThreshold: 0", "unhealthyThreshold"),
      ("healthyThreshold: 1.5", "healthyThreshold"),
      ("probe: udp", "probe"), ("probe: {http: health}", "probe.http"),
      ("interval: 1s, timeout: 2s", "timeout"),
    ])
  func wrongHealth(_ text: String, _ key: String) {
    let problems = Manifests.problems(of: Small.manifest(backend: "health: {\(text)}"))
    #expect(problems.map(\.path) == ["backends[0].health.\(key)"])
  }

  @Test("the default probe asks for the list of models under the base path")
  func defaultProbe() throws {
    let fleet = try Manifests.load(Small.manifest(url: "http://10.0.0.7:8000/api/v1/"))
    #expect(fleet.backends[0].health.probe == .http(path: "/api/v1/models"))
  }

  @Test(
    "base URLs",
    arguments: [
      (
        "https://api.example.com/v1",
        BackendURL(scheme: .https, host: "api.example.com", basePath: "/v1")
      ),
      ("http://127.0.0.1:8000", BackendURL(scheme: .http, host: "127.0.0.1", port: 8000)),
      ("HTTP://h/", BackendURL(scheme: .http, host: "h")),
      (
        "'http://[2001:db8::1]:81/a/b/'",
        BackendURL(scheme: .http, host: "2001:db8::1", port: 81, basePath: "/a/b")
      ),
    ])
  func urls(_ text: String, _ url: BackendURL) throws {
    let fleet = try Manifests.load(Small.manifest(url: text))
    #expect(fleet.backends[0].source == .url(url))
  }

  @Test(
    "what is no base URL",
    arguments: [
      "api.example.com", "ftp://h/v1", "http://", "http://h:0/", "http://h:99999/", "http://h:/v1",
      "http://-h/v1", "http://h/v1?x=1", "http://h/v1#x", "'http://h/a b'", "http://a..b/",
      "'http://[::g]/'", "http://u:p@h/", "'http://h:80x'",
    ])
  func noURLs(_ text: String) {
    let problems = Manifests.problems(of: Small.manifest(url: text))
    #expect(problems.map(\.path) == ["backends[0].url"])
  }

  @Test(
    "addresses to listen on",
    arguments: [
      ("0.0.0.0:80", "0.0.0.0", 80), ("localhost:0", "localhost", 0), ("'[::1]:8080'", "::1", 8080),
    ])
  func listen(_ text: String, _ host: String, _ port: Int) throws {
    let gateway = try #require(
      try Manifests.load(Small.manifest(gateway: "listen: \(text)")).gateway)
    #expect(gateway.listenHost == host)
    #expect(gateway.listenPort == port)
  }

  @Test("no address to listen on", arguments: ["8080", "host", "'[::1]'", "'::1:8080'", "h:70000"])
  func noListen(_ text: String) {
    let problems = Manifests.problems(of: Small.manifest(gateway: "listen: \(text)"))
    #expect(problems.map(\.path) == ["gateway.listen"])
  }

  @Test(
    "hedging",
    arguments: [
      ("hedging: off", HedgingSettings.off), ("hedging: {}", HedgingSettings()),
      ("hedging: {budget: 5%}", HedgingSettings(budget: 0.05)),
      (
        "hedging: {budget: 0.02, delay: 80ms}",
        HedgingSettings(budget: 0.02, delay: .milliseconds(80))
      ),
      (
        "hedging: {budget: 12.5%, maxPrice: 0.5, slotEdges: true}",
        HedgingSettings(budget: 0.125, maxPriceUSD: 0.5, hedgesSlotEdges: true)
      ),
    ])
  func hedging(_ text: String, _ settings: HedgingSettings) throws {
    let fleet = try Manifests.load(Small.manifest(gateway: text))
    #expect(fleet.gateway?.hedging == settings)
  }

  @Test(
    "no hedging",
    arguments: [
      ("hedging: on", "gateway.hedging"), ("hedging: {budget: 60%}", "gateway.hedging.budget"),
      ("hedging: {budget: 5}", "gateway.hedging.budget"),
      ("hedging: {budget: five}", "gateway.hedging.budget"),
      ("hedging: {delay: 80}", "gateway.hedging.delay"),
      ("hedging: {quantile: 95}", "gateway.hedging.quantile"),
      ("prefer: quick", "gateway.prefer"),
    ])
  func noHedging(_ text: String, _ path: String) {
    let problems = Manifests.problems(of: Small.manifest(gateway: text))
    #expect(problems.map(\.path) == [path])
    #expect(problems.allSatisfy { !$0.cure.isEmpty })
  }

  @Test("preferences", arguments: Preference.allCases)
  func preferences(_ preference: Preference) throws {
    let fleet = try Manifests.load(Small.manifest(gateway: "prefer: \(preference.rawValue)"))
    #expect(fleet.gateway?.preference == preference)
  }

  @Test("places")
  func places() throws {
    #expect(try Manifests.load(Small.manifest()).backends[0].placesInEffect == nil)
    let fleet = try Manifests.load(Small.manifest(backend: "places: 7"))
    #expect(fleet.backends[0].placesInEffect == 7)
    let problems = Manifests.problems(of: Small.manifest(backend: "places: 0"))
    #expect(problems.map(\.path) == ["backends[0].places"])
  }

  @Test("secrets are references")
  func secrets() throws {
    let yaml = Small.manifest(
      gateway:
        "keys: [{env: A_KEY}, {file: /run/key}], tls: {certificate: c.pem, privateKey: k.pem}, trust: [a.pem]",
      backend: "key: {env: B}")
    let fleet = try Manifests.load(yaml)
    #expect(fleet.gateway?.keys == [.environment("A_KEY"), .file("/run/key")])
    #expect(
      fleet.gateway?.tls
        == GatewaySettings.TLSFiles(certificatePath: "c.pem", privateKeyPath: "k.pem"))
    #expect(fleet.gateway?.trust == ["a.pem"])
    #expect(fleet.backends[0].key == .environment("B"))
  }

  @Test(
    "names that would break paths, headers or labels",
    arguments: ["a b", "a>b", "'a,b'", "São-Paulo", "-a", "'a\"b'", "a/b"])
  func names(_ name: String) {
    let problems = Manifests.problems(
      of: Small.manifest().replacing("name: sat", with: "name: \(name)"))
    #expect(problems.map(\.path) == ["sites[0].uplinks[0].name"])
  }

  @Test("access overrides keep the rest of what is typical of the medium")
  func access() throws {
    let fleet = try Manifests.load(
      Small.manifest(
        uplink: "access: {delay: 25ms, loss: 0.05}\n        emulate: false\n"
          + "        sourceAddress: 192.168.1.2"))
    let uplink = fleet.sites[0].uplinks[0]
    let typical = AccessModel.typical(of: uplink.medium)
    #expect(uplink.access == AccessModel(delayMs: 25, jitterMs: typical.jitterMs, loss: 0.05))
    #expect(!uplink.emulated)
    #expect(uplink.sourceAddress == "192.168.1.2")
  }

  @Test("a link is chosen by name, with rain and a busy hour, and forecasts expect what it does")
  func link() throws {
    let plain = try Manifests.load(Small.manifest()).sites[0].uplinks[0]
    #expect(plain.link == .bentPipe)
    let laser = try Manifests.load(
      Small.manifest(
        uplink: "link: {model: laser, rain: 0.25, diurnal: {amplitude: 0.3, peakHour: 20}}")
    ).sites[0].uplinks[0]
    var expected = LinkModel.laser
    expected.weather = Weather(rainShare: 0.25)
    expected.diurnal = DiurnalLoad(amplitude: 0.3, peakHourUTC: 20)
    #expect(laser.link == expected)
    #expect(laser.access == AccessModel(expectedOf: .laser))
    let moved = try Manifests.load(
      Small.manifest(uplink: "access: {delay: 20ms}\n        link: {model: laser}")
    ).sites[0].uplinks[0]
    #expect(moved.access.delayMs == 20)
    #expect(abs(moved.link.baseMs.median - 40) < 0.2)
    let steady = try Manifests.load(Small.manifest(uplink: "link: {model: steady}"))
    #expect(steady.sites[0].uplinks[0].link.reconfiguration == .none)
  }

  @Test(
    "mistakes in a link are told with their place",
    arguments: [
      ("link: {model: lazer}", "link.model"), ("link: {rain: 3}", "link.rain"),
      ("link: {diurnal: {amplitude: 0.3}}", "link.diurnal"),
      ("link: {diurnal: {amplitude: 0.3, peakHour: 25}}", "link.diurnal.peakHour"),
      ("link: {rains: 0.3}", "link.rains"), ("link: laser", "link"),
    ])
  func linkMistakes(text: String, path: String) {
    let problems = Manifests.problems(of: Small.manifest(uplink: text))
    #expect(problems.map(\.path) == ["sites[0].uplinks[0].\(path)"])
  }

  @Test("positions as a list, or as a mapping with an altitude")
  func positions() throws {
    let fleet = try Manifests.load(
      Small.manifest(site: "position: {lat: -72.01, lon: 2.5, alt: 1275 m}"))
    #expect(
      fleet.sites[0].track
        == .fixed(Geodetic(latitudeDeg: -72.01, longitudeDeg: 2.5, altitudeKm: 1.275)))
    #expect(fleet.sites[1].track == .fixed(Geodetic(latitudeDeg: 40, longitudeDeg: 10)))
  }
}
