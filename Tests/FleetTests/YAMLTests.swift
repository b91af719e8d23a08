import Fleet
import Network
import Testing

@Suite("YAML itself")
struct YAMLTests {
  @Test(
    "what is not YAML is one problem at its place",
    arguments: [
      ("", 1, 1, "empty"),
      ("# only a comment\n", 1, 1, "empty"),
      ("---\n...\n", 1, 1, "empty"),
      ("name: a\n\tsites: []\n", 2, 1, "tab character"),
      ("name: @a\n", 1, 7, "cannot start any token"),
      ("name: a\nsites: [\n", 3, 1, "not YAML"),
      ("name: 'a\n", 2, 1, "not YAML"),
      ("name: a\n---\nname: b\n", 2, 1, "another document"),
      ("name: a: b\n", 1, 8, "mapping values are not allowed"),
      ("name: *nowhere\n", 1, 7, "no anchor &nowhere"),
      ("name: !include x\n", 1, 7, "!include means nothing"),
      ("name: a\u{0}\n", 1, 8, "U+0 is not allowed"),
      ("name: a\nseed: \u{E001}\n", 2, 7, "U+E001 is not allowed"),
      ("- name: a\n", 1, 1, "expected the keys of a fleet, found a list"),
      ("hello\n", 1, 1, "expected the keys of a fleet, found `hello`"),
    ])
  func malformed(_ yaml: String, _ line: Int, _ column: Int, _ message: String) {
    let problems = Manifests.problems(of: yaml).filter { !$0.message.contains("needs the key") }
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.line == line)
    #expect(problems.first?.column == column)
    #expect(problems.first?.message.contains(message) == true, "\(problems)")
    #expect(problems.first?.cure.isEmpty == false)
  }

  @Test("a byte order mark does no harm and shifts no column")
  func byteOrderMark() throws {
    #expect(throws: Never.self) { try Manifests.load("\u{FEFF}" + Small.manifest()) }
    let problems = Manifests.problems(of: "\u{FEFF}nome: a\n" + Small.manifest())
    #expect(problems.map(\.column) == [1])
  }

  @Test("Windows line ends do no harm and shift no line")
  func carriageReturns() throws {
    let yaml = Small.manifest().replacing("\n", with: "\r\n")
    #expect(throws: Never.self) { try Manifests.load(yaml) }
    let unix = Manifests.problems(of: MistakesTests.manifest)
    let windows = Manifests.problems(of: MistakesTests.manifest.replacing("\n", with: "\r\n"))
    #expect(unix == windows)
  }

  @Test("every duplicate key is reported, and everything else too")
  func duplicateKeys() {
    let yaml = """
      name: a
      name: b
      seed: x
      "seed": 2
      sites:
        - {name: i, kind: terminal, position: [1, 2], kind: pop, name: j}
        - name: k
          kind: terminal
          position: [1, 2]
          kind: terminal
          kind: terminal
      """
    let problems = Manifests.problems(of: yaml)
    #expect(
      problems.map { "\($0.line):\($0.column)" }
        == ["2:1", "3:7", "4:1", "6:49", "6:60", "10:5", "11:5"])
    #expect(problems.count { $0.message.contains("already given") } == 6)
    #expect(problems.last?.message == "the key `kind` is already given on line 8")
  }

  @Test("anchors and aliases can be used")
  func aliases() throws {
    let yaml = """
      name: &it aliased
      sites:
        - {name: *it, kind: terminal, position: &here [1, 2]}
        - {name: "star*", kind: region, position: *here}
      """
    let problems = Manifests.problems(of: yaml)
    #expect(problems.map(\.path) == ["sites[1].name"])
    #expect(problems.first?.message == "`star*` cannot be a name")
    let fleet = try Manifests.load(yaml.replacing("star*", with: "star"))
    #expect(fleet.sites[0].name == "aliased")
    #expect(fleet.sites[0].track == fleet.sites[1].track)
  }

  @Test("a problem in what an alias stands for is at the alias")
  func aliasPlace() {
    let yaml = """
      name: a
      seed: &wrong one
      sites:
        - {name: i, kind: *wrong, position: [1, 2]}
      """
    #expect(Manifests.problems(of: yaml).map { "\($0.line):\($0.column)" } == ["2:7", "4:21"])
  }

  @Test("nested aliases cannot grow without bound")
  func aliasBomb() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...20 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let problems = Manifests.problems(of: yaml)
    #expect(problems.count == 1)
    #expect(problems.first?.message.contains("aliases followed") == true)
    let asKey = Manifests.problems(of: yaml.replacing("a9:", with: "? *a8\n: 1\na9:"))
    #expect(asKey.count == 1)
  }

  @Test(
    "deep nesting, long texts and many values are refused", arguments: ["[", "{a: ", "- ", "? "])
  func limits(_ opening: String) {
    for depth in [70, 990, 1_100, 5_000] {
      let problems = Manifests.problems(of: String(repeating: opening, count: depth))
      #expect(!problems.isEmpty, "depth \(depth)")
    }
  }

  @Test("a manifest of more than a mebibyte is refused")
  func size() {
    let yaml = Small.manifest() + String(repeating: "# filler\n", count: 130_000)
    #expect(Manifests.problems(of: yaml).first?.message.contains("1048576 are allowed") == true)
    let many = "name: a\nsites: [" + String(repeating: "1,", count: 110_000) + "]"
    #expect(Manifests.problems(of: many).first?.message.contains("100000 values") == true)
  }

  @Test(
    "an unknown key is reported with the key that was meant",
    arguments: [
      ("nmae", "name"), ("Name", "name"), ("names", "name"), ("site", "sites"),
      ("fibres", "fibers"),
      ("gatway", "gateway"), ("back_ends", "backends"), ("constelations", "constellations"),
    ])
  func suggestions(_ wrong: String, _ right: String) {
    let problems = Manifests.problems(of: "\(wrong): 1\n")
    let unknown = problems.filter { $0.message == "`\(wrong)` is not a key of a fleet" }
    #expect(unknown.map(\.cure) == ["Did you mean `\(right)`?"])
  }

  @Test("a key nothing like a known one is answered with the known ones")
  func farFromAll() {
    let problems = Manifests.problems(of: Small.manifest(backend: "wibble: 1"))
    #expect(problems.map(\.path) == ["backends[0].wibble"])
    #expect(problems.first?.cure.contains("`pricePerMillionTokens`") == true)
    #expect(problems.first?.cure.contains("`name`") == false)
  }
}
