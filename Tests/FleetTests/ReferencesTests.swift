import Fleet
import Network
import Orbits
import Testing

@Suite("Resources that use each other")
struct ReferencesTests {
  @Test("the small manifest loads, so that each test below has one mistake only")
  func small() throws {
    let fleet = try Manifests.load(Small.manifest())
    #expect(fleet.summary.satellites == 66)
    #expect(fleet.summary.sites == [.terminal: 1, .gateway: 1, .region: 1])
    #expect(fleet.summary.uplinks == 1)
    #expect(fleet.summary.models == ["m"])
  }

  @Test(
    "names that lead nowhere, or to the wrong kind of thing",
    arguments: [
      ("site: island, ", "site: cloud, ", "gateway.site", "must be a terminal"),
      (
        "constellation: leo, ", "constellation: loe, ", "zones[0].constellation", "no constellation"
      ),
      ("{from: gw", "{from: gv", "fibers[0].from", "no site called"),
      ("{from: gw", "{from: island", "fibers[0].from", "it must be a gateway"),
      ("to: cloud", "to: gw", "fibers[0]", "to itself"),
      ("site: cloud", "site: clod", "backends[0].site", "no site called"),
      ("site: cloud", "zone: cloud", "backends[0].zone", "no zone called"),
      ("site: cloud", "site: orbit", "backends[0].site", "no site called"),
      ("name: orbit", "name: cloud", "sites[2].name", "already taken"),
      ("name: gw, kind: gateway", "name: leo-780-p0s0, kind: gateway", "", "satellite"),
      ("name: sat", "name: local", "sites[0].uplinks[0].name", "`local`"),
      ("kind: region", "kind: region, uplinks: []", "sites[2].uplinks", "has no uplinks"),
      (
        "kind: region", "kind: region, constellations: [leo]", "sites[2].constellations",
        "no feeder"
      ),
      (
        "kind: gateway", "kind: gateway, constellations: [lei]", "sites[1].constellations[0]",
        "no con"
      ),
    ])
  func dangling(_ text: String, _ mistake: String, _ path: String, _ message: String) {
    var yaml = Small.manifest().replacing(text, with: mistake)
    if mistake.hasPrefix("name: leo-780") {
      yaml = yaml.replacing("from: gw", with: "from: leo-780-p0s0")
    }
    let problems = Manifests.problems(of: yaml)
    #expect(problems.map(\.path) == [path])
    #expect(problems.first?.message.contains(message) == true, "\(problems)")
  }

  @Test("a zone's shell must be one of its constellation")
  func shells() {
    let problems = Manifests.problems(of: Small.manifest(zone: "shell: 790"))
    #expect(problems.map(\.path) == ["zones[0].shell"])
    #expect(problems.first?.cure == "Did you mean `780`?")
  }

  @Test("a constellation with nowhere to land and no zone is of no use to an uplink")
  func nowhereToLand() throws {
    let withoutZone = Small.manifest().replacing(
      "zones:\n  - {name: orbit, constellation: leo, }\n", with: "")
    #expect(throws: Never.self) { try Manifests.load(withoutZone) }
    let closed = withoutZone.replacing("kind: gateway,", with: "kind: gateway, constellations: [],")
    let problems = Manifests.problems(of: closed)
    #expect(problems.map(\.path) == ["sites[0].uplinks[0].constellation"])
    let withZone = Small.manifest().replacing(
      "kind: gateway,", with: "kind: gateway, constellations: [],")
    #expect(throws: Never.self) { try Manifests.load(withZone) }
  }

  @Test("a geostationary satellite below the horizon of either end")
  func belowHorizon() {
    let geo = Small.manifest().replacing(
      "kind: leo\n        constellation: leo",
      with: "kind: geo\n        longitude: LON deg\n        teleport: gw")
    #expect(Manifests.problems(of: geo.replacing("LON", with: "-15")).isEmpty)
    let east = Manifests.problems(of: geo.replacing("LON", with: "70"))
    #expect(east.map(\.path) == ["sites[0].uplinks[0]"])
    #expect(east.first?.message.contains("`island`") == true)
    #expect(Manifests.problems(of: geo.replacing("LON", with: "175")).count == 2)
  }

  @Test("keys of another kind of uplink, and of a backend that somebody else runs")
  func keysOfOtherKinds() {
    let uplink = Manifests.problems(of: Small.manifest(uplink: "teleport: gw"))
    #expect(uplink.map(\.message) == ["`teleport` is not a key of a leo uplink"])
    let managed = Small.manifest(backend: "key: {env: K}").replacing(
      "url: https://api.example.com/v1", with: "managed: {model: m}")
    #expect(
      Manifests.problems(of: managed).map(\.message) == ["`key` is not a key of a managed backend"])
  }

  @Test("a fiber and a model are named once")
  func repeated() {
    let fiber = Small.manifest().replacing(
      "backends:", with: "  - {from: cloud, to: gw}\nbackends:")
    #expect(Manifests.problems(of: fiber).map(\.path) == ["fibers[1]"])
    let model = Small.manifest().replacing(
      "models: [m]", with: "models: [m, {name: m, upstreamName: x}]")
    #expect(Manifests.problems(of: model).map(\.path) == ["backends[0].models[1]"])
  }

  @Test("keys that exclude each other, and none of them")
  func exclusive() {
    let both = Manifests.problems(of: Small.manifest(backend: "managed: {model: m}"))
    #expect(both.map(\.path) == ["backends[0]"])
    #expect(both.first?.message.contains("exclude each other") == true)
    let none = Manifests.problems(of: Small.manifest(site: "# nothing here"))
    #expect(none.map(\.path) == ["sites[0]"])
    #expect(none.first?.message.contains("needs one of `position`, `track`") == true)
  }

  @Test("an absent gateway is allowed: such a fleet can be forecast, not run")
  func withoutGateway() throws {
    let yaml = Small.manifest().replacing("gateway: {site: island, }\n", with: "")
    #expect(try Manifests.load(yaml).gateway == nil)
  }
}

@Suite("Moving sites")
struct TrackTests {
  static func manifest(_ waypoints: String...) -> String {
    Small.manifest(
      site: "track:" + waypoints.map { "\n      - \($0)" }.joined())
  }

  @Test("waypoints in the order of time")
  func good() throws {
    let fleet = try Manifests.load(
      Self.manifest(
        "{time: 2026-11-20T00:00:00Z, position: [60, 5]}",
        "{time: '2026-11-21 00:00:00', position: [61, 0]}"))
    guard case .waypoints(let waypoints) = fleet.sites[0].track else {
      Issue.record("not a track")
      return
    }
    #expect(waypoints.count == 2)
    #expect(waypoints[1].time.seconds(since: waypoints[0].time) == 86_400)
    #expect(fleet.summary.movingSites == 1)
  }

  @Test("one waypoint, times out of order, unreal speed, no time")
  func bad() {
    let start = "{time: 2026-11-20T00:00:00Z, position: [60, 5]}"
    #expect(Manifests.problems(of: Self.manifest(start)).map(\.path) == ["sites[0].track"])
    let backwards = Self.manifest(start, "{time: 2026-11-19T00:00:00Z, position: [60, 5]}")
    #expect(Manifests.problems(of: backwards).map(\.path) == ["sites[0].track[1]"])
    let fast = Self.manifest(start, "{time: 2026-11-20T01:00:00Z, position: [5, 60]}")
    #expect(Manifests.problems(of: fast).first?.message.contains("km/h") == true)
    let wrong = Self.manifest(start, "{time: 2026-11-31T00:00:00Z, position: [60, 5]}")
    #expect(Manifests.problems(of: wrong).map(\.path) == ["sites[0].track[1].time"])
  }

  @Test("only terminals move")
  func movingGateway() {
    let yaml = Small.manifest().replacing(
      "kind: gateway, position: [40, 10]",
      with: "kind: gateway, track: [{time: 2026-11-20, position: [40, 10]}, "
        + "{time: 2026-11-21, position: [41, 10]}]")
    #expect(Manifests.problems(of: yaml).map(\.path) == ["sites[1].track"])
  }
}
