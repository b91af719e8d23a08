import Fleet
import Testing

@Suite("A manifest with mistakes")
struct MistakesTests {
  /// One mistake as it is expected: where, and a part of message and cure.
  struct Expected: CustomTestStringConvertible {
    var place: (line: Int, column: Int)
    var path: String
    var message: String
    var cure: String
    var testDescription: String { "\(place.line):\(place.column) \(path)" }

    init(_ line: Int, _ column: Int, _ path: String, _ message: String, _ cure: String) {
      self.place = (line, column)
      self.path = path
      self.message = message
      self.cure = cure
    }
  }

  static let manifest = """
    name: many mistakes
    seeds: 7
    gateway:
      site: islnd
      listen: 8080
      keys: [sk-secret-123]
    constellations:
      - name: leo
        isls: plusgrid
        minElevation: 25
        shells:
          - name: s1
            planes: 0
            satellitesPerPlane: 22
            altitude: 340 mi
            inclination: 53 deg
      - name: kuiper
        preset: kupier
    zones:
      - name: orbit
        constellation: loe
    sites:
      - name: island
        kind: terminal
        position: [-97.07, -12.31]
        uplinks:
          - name: sat
            kind: leo
            constellation: leo
            up: 20 Mbps
            down: 200
            access: {loss: 3 %}
          - name: geo
            kind: geo
            longitude: 15 W
            up: 1 Mbit/s
            down: 4 Mbit/s
      - name: island
        kind: region
        position: [50, 8]
      - name: base
        kind: gatway
        position: [50, 8]
    fibers:
      - {from: base, to: bsae, stretch: 0.7}
    backends:
      - name: here
        site: island
        url: ftp://example.com/v1
        models: []
        health: {interval: 5 sec, interval: 6s}
    """

  static let expected = [
    Expected(1, 7, "name", "cannot be a name", "many-mistakes"),
    Expected(2, 1, "seeds", "`seeds` is not a key of a fleet", "`seed`"),
    Expected(4, 9, "gateway.site", "no site called `islnd`", "`island`"),
    Expected(5, 11, "gateway.listen", "not an address and a port", "127.0.0.1:8080"),
    Expected(6, 10, "gateway.keys[0]", "secret does not belong", "env: PERIGEE_KEY"),
    Expected(9, 11, "constellations[0].isls", "`plusgrid` is not", "`plusGrid`"),
    Expected(10, 19, "constellations[0].minElevation", "25 has no unit", "`25 deg`"),
    Expected(13, 17, "constellations[0].shells[0].planes", "0 is out of range", "from 1 to"),
    Expected(
      15, 19, "constellations[0].shells[0].altitude", "`mi` is not a unit", "`547.17696 km`"),
    Expected(18, 13, "constellations[1].preset", "no preset `kupier`", "`kuiper`"),
    Expected(21, 20, "zones[0].constellation", "no constellation called `loe`", "`leo`"),
    Expected(25, 16, "sites[0].position[0]", "-97.07 is out of range", "from -90 to 90"),
    Expected(30, 13, "sites[0].uplinks[0].up", "`Mbps` is not a unit", "`20 Mbit/s`"),
    Expected(31, 15, "sites[0].uplinks[0].down", "200 has no unit", "`200 Mbit/s`"),
    Expected(32, 24, "sites[0].uplinks[0].access.loss", "found `3 %`", "`0.03`"),
    Expected(33, 9, "sites[0].uplinks[1]", "needs the key `teleport`", "teleport: fucino"),
    Expected(35, 20, "sites[0].uplinks[1].longitude", "`W` is not a unit", "`deg`"),
    Expected(38, 11, "sites[1].name", "already taken on line 23", "another name"),
    Expected(42, 11, "sites[2].kind", "`gatway` is not a kind of site", "`gateway`"),
    Expected(45, 22, "fibers[0].to", "no site called `bsae`", "`base`"),
    Expected(45, 37, "fibers[0].stretch", "0.7 is out of range", "from 1 to 20"),
    Expected(49, 10, "backends[0].url", "neither http nor https", "https://api.example.com/v1"),
    Expected(50, 13, "backends[0].models", "serves no model", "llama-3.1-8b"),
    Expected(51, 24, "backends[0].health.interval", "`sec` is not a unit", "`5s`"),
    Expected(51, 31, "", "`interval` is already given on line 51", "Keep one"),
  ]

  @Test("all are reported at once, each at its line and column with a cure, in order of place")
  func allAtOnce() {
    let problems = Manifests.problems(of: Self.manifest)
    #expect(problems.count == Self.expected.count)
    for (problem, expected) in zip(problems, Self.expected) {
      #expect(problem.line == expected.place.line, "\(problem)")
      #expect(problem.column == expected.place.column, "\(problem)")
      #expect(problem.path == expected.path, "\(problem)")
      #expect(problem.message.contains(expected.message), "\(problem)")
      #expect(problem.cure.contains(expected.cure), "\(problem)")
    }
  }

  @Test("a problem prints as file, line, column, path, message and cure")
  func printed() throws {
    let problem = try #require(Manifests.problems(of: Self.manifest).dropFirst().first)
    #expect(
      problem.description
        == "fleet.yaml:2:1: seeds: `seeds` is not a key of a fleet\n  Did you mean `seed`?")
  }

  @Test("a literal secret is not repeated in the problem")
  func secretsStayUnsaid() {
    let text = FleetProblems(problems: Manifests.problems(of: Self.manifest)).description
    #expect(!text.contains("sk-secret-123"))
    let inVariable = Small.manifest(backend: "key: {env: sk-secret-123}")
    let problems = Manifests.problems(of: inVariable)
    #expect(problems.count == 1)
    #expect(!problems.description.contains("sk-secret-123"))
    let inURL = Small.manifest(url: "https://user:sk-secret-123@example.com/v1")
    #expect(Manifests.problems(of: inURL).count == 1)
    #expect(!Manifests.problems(of: inURL).description.contains("sk-secret-123"))
  }
}
