import Fleet
import Foundation
import Network
import Orbits
import TestSupport
import Testing

@Suite("Constellations from element files")
struct ElementsTests {
  static func manifest(planes: String = "", isls: String = "none") -> String {
    """
    name: a
    constellations:
      - name: leo
        isls: \(isls)
        minElevation: 25 deg
        elements: {file: some.csv\(planes.isEmpty ? "" : ", planes: \(planes)")}
    sites: []
    """
  }

  static func load(_ yaml: String, elements: String) throws(FleetProblems) -> Fleet {
    try Fleet.load(yaml: yaml, file: "fleet.yaml") { path in
      #expect(path == "some.csv")
      return elements
    }
  }

  /// OMM as CSV, as CelesTrak publishes it, to more digits.
  static func csv(_ elements: [ElementSet]) -> String {
    let header =
      "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,"
      + "ARG_OF_PERICENTER,MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,"
      + "ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT\n"
    return header
      + elements.map { e in
        "\(e.name),2026-001A,\(e.epoch.formatted(fractionDigits: 6).dropLast()),"
          + "\(e.meanMotionRevPerDay),\(fixed(e.eccentricity)),\(e.inclinationDeg),\(e.raanDeg),"
          + "\(e.argumentOfPerigeeDeg),\(e.meanAnomalyDeg),0,U,\(e.catalogNumber),999,1,0,0,0\n"
      }.joined()
  }

  private static func fixed(_ value: Double) -> String { String(format: "%.7f", value) }

  /// A shell's element sets, each at an epoch of its own: what a tracker would publish of it.
  static func published(
    _ shell: WalkerShell, epoch: UTC, spreadHours: Double, using random: inout Seeded
  ) throws -> [ElementSet] {
    try shell.elementSets(epoch: epoch, firstCatalogNumber: 60_001).map { element in
      let hours = Double.random(in: -spreadHours...0, using: &random)
      var moved = element
      moved.epoch = epoch.adding(seconds: hours * 3_600)
      let (raan, latitude) = try secular(element, days: hours / 24)
      moved.raanDeg = raan
      moved.meanAnomalyDeg = latitude
      return moved
    }
  }

  /// RAAN and argument of latitude after `days`, by the secular rates of SGP4 itself: the node and the
  /// position that it gives, less its short-period terms, which are hundredths of a degree.
  private static func secular(
    _ element: ElementSet, days: Double
  ) throws -> (raanDeg: Double, latitudeDeg: Double) {
    let state = try Satellite(element).state(minutesSinceEpoch: days * 1_440)
    let (r, v) = (state.positionKm, state.velocityKmS)
    let normal = Vector3(r.y * v.z - r.z * v.y, r.z * v.x - r.x * v.z, r.x * v.y - r.y * v.x)
    let node = atan2(normal.x, -normal.y)
    let along = cos(node) * r.x + sin(node) * r.y
    let towards = Vector3(
      -normal.z * sin(node), normal.z * cos(node), normal.x * sin(node) - normal.y * cos(node))
    let latitude = atan2(dot(towards, r) / length(normal), along)
    return (wrapped(node * 180 / .pi), wrapped(latitude * 180 / .pi))
  }

  private static func wrapped(_ angle: Double) -> Double {
    let rest = angle.truncatingRemainder(dividingBy: 360)
    return rest < 0 ? rest + 360 : rest
  }

  @Test(
    "planes are found again in shuffled element sets of scattered epochs",
    arguments: [
      (WalkerShell.Phasing.walker(F: 0), 360.0), (.walker(F: 5), 360), (.alternating, 360),
      (.alternating, 180), (.walker(F: 0), 189.6),
    ])
  func byRaan(_ phasing: WalkerShell.Phasing, _ spread: Double) throws {
    var random = Seeded(7)
    let shell = WalkerShell(
      name: "w", planes: 12, satellitesPerPlane: 11, orbit: .altitudeKm(780),
      inclinationDeg: spread == 360 ? 53 : 86.4, phasing: phasing, raanSpreadDeg: spread,
      firstRaanDeg: 123)
    let elements = try Self.published(
      shell, epoch: UTC(year: 2026, month: 11, day: 20), spreadHours: 36, using: &random)
    let fleet = try Self.load(
      Self.manifest(planes: "{byRaan: 12, raanSpread: \(spread) deg}", isls: "plusGrid"),
      elements: Self.csv(elements.shuffled(using: &random)))
    let found = fleet.constellations[0].shells[0]
    #expect(found.planesWrap == (spread == 360))
    #expect(found.planes.map(\.count) == [Int](repeating: 11, count: 12))

    // Each found plane is a plane of the shell, neighbours are neighbours, slots follow each other.
    let truth = found.planes.map { plane in
      plane.map { index -> (plane: Int, slot: Int) in
        let number = found.satellites[index].catalogNumber - 60_001
        return (number / 11, number % 11)
      }
    }
    for (number, plane) in truth.enumerated() {
      #expect(Set(plane.map(\.plane)).count == 1)
      for slot in plane.indices {
        #expect((plane[slot].slot + 1) % 11 == plane[(slot + 1) % 11].slot)
      }
      let next = truth[(number + 1) % 12]
      if number < 11 || spread == 360 {
        #expect((plane[0].plane + 1) % 12 == next[0].plane)
      }
    }
  }

  @Test("satellites off station are in no plane and do not disturb the others")
  func drifters() throws {
    var random = Seeded(11)
    let shell = WalkerShell(
      name: "w", planes: 18, satellitesPerPlane: 18, orbit: .altitudeKm(550), inclinationDeg: 53,
      phasing: .walker(F: 1))
    let epoch = UTC(year: 2026, month: 11, day: 20)
    var elements = shell.elementSets(epoch: epoch, firstCatalogNumber: 1)
    for number in 0..<12 {
      var drifter = elements[number * 7]
      drifter.catalogNumber = 90_000 + number
      drifter.name = "drifter-\(number)"
      switch number % 3 {
      case 0: drifter.raanDeg = 10 + 20 * Double.random(in: 0..<18, using: &random).rounded(.down)
      case 1: drifter.meanMotionRevPerDay *= 1.01
      default: drifter.inclinationDeg += 1
      }
      elements.append(drifter)
    }
    let fleet = try Self.load(
      Self.manifest(planes: "{byRaan: 18}"),
      elements: Self.csv(elements.shuffled(using: &random)))
    let found = fleet.constellations[0].shells[0]
    #expect(found.satellites.count == 18 * 18 + 12)
    for plane in found.planes {
      let numbers = plane.map { found.satellites[$0].catalogNumber }
      #expect(numbers.count == 18)
      #expect(numbers.allSatisfy { $0 < 90_000 })
      #expect(Set(numbers.map { ($0 - 1) / 18 }).count == 1)
    }
  }

  @Test("planes in the order of the file")
  func inFileOrder() throws {
    let shell = WalkerShell(
      name: "w", planes: 6, satellitesPerPlane: 11, orbit: .altitudeKm(780), inclinationDeg: 86.4,
      phasing: .alternating, raanSpreadDeg: 189.6)
    let text = Self.csv(
      shell.elementSets(epoch: UTC(year: 2026, month: 1, day: 1), firstCatalogNumber: 1))
    let planes = "{inFileOrder: {planes: 6, satellitesPerPlane: 11, raanSpread: 189.6 deg}}"
    let fleet = try Self.load(Self.manifest(planes: planes, isls: "plusGrid"), elements: text)
    #expect(fleet.constellations[0].shells[0].planes == shell.planeIndices)
    #expect(!fleet.constellations[0].shells[0].planesWrap)
    let wrong = planes.replacing("satellitesPerPlane: 11", with: "satellitesPerPlane: 10")
    let problems = Self.problems(Self.manifest(planes: wrong), elements: text)
    #expect(problems.map(\.path) == ["constellations[0].elements.planes"])
    #expect(problems.first?.message.contains("60 satellites, but the file has 66") == true)
  }

  @Test("names are made unique and fit for paths")
  func names() throws {
    let epoch = UTC(year: 2026, month: 1, day: 1)
    var elements = WalkerShell(
      name: "w", planes: 1, satellitesPerPlane: 5, orbit: .altitudeKm(550), inclinationDeg: 53,
      phasing: .alternating
    ).elementSets(epoch: epoch, firstCatalogNumber: 10)
    for (index, name) in ["ISS (ZARYA)", "OBJECT A", "OBJECT A", "A>B", ""].enumerated() {
      elements[index].name = name
    }
    let fleet = try Self.load(Self.manifest(), elements: Self.csv(elements))
    #expect(
      fleet.constellations[0].shells[0].satellites.map(\.name)
        == ["ISS-(ZARYA)", "OBJECT-A-11", "OBJECT-A-12", "A-B", "leo-14"])
  }

  @Test("problems of an element file are at its own lines, after those of the manifest")
  func problemsInFile() throws {
    let text = """
      ISS (ZARYA)
      1 25544U 98067A   26150.50000000  .00016717  00000-0  10270-3 0  9005
      2 25544  51.6400 208.9163 0006317  69.9862  25.2906 15.49507896    17
      """
    let yaml = Self.manifest().replacing("sites: []", with: "sites: []\nfoo: 1")
    let problems = Self.problems(yaml, elements: text)
    #expect(problems.first?.file == "fleet.yaml")
    #expect(problems.first?.path == "foo")
    #expect(problems.count > 1)
    #expect(problems.dropFirst().allSatisfy { $0.file == "some.csv" && (1...3).contains($0.line) })
    #expect(problems.allSatisfy { !$0.cure.isEmpty && !$0.message.isEmpty })
  }

  @Test(
    "a file that is missing, empty or repeats a satellite; +Grid without planes, or with too many")
  func files() throws {
    let element = ElementSet(
      name: "x", catalogNumber: 5, epoch: UTC(year: 2026, month: 1, day: 1),
      meanMotionRevPerDay: 15, eccentricity: 0.001, inclinationDeg: 53, raanDeg: 0,
      argumentOfPerigeeDeg: 0, meanAnomalyDeg: 0)
    let missing = Manifests.problems(of: Self.manifest())
    #expect(missing.map(\.path) == ["constellations[0].elements.file"])
    #expect(missing.first?.message == "cannot read `some.csv`: no such file")
    let empty = Self.problems(Self.manifest(), elements: "")
    #expect(empty.map(\.file) == ["some.csv"])
    let twice = Self.problems(Self.manifest(), elements: Self.csv([element, element]))
    #expect(twice.first?.message.contains("catalogue number 5 twice") == true)
    let grid = Self.problems(Self.manifest(isls: "plusGrid"), elements: Self.csv([element]))
    #expect(grid.map(\.path) == ["constellations[0].isls"])
    let planes = Self.problems(Self.manifest(planes: "{byRaan: 3}"), elements: Self.csv([element]))
    #expect(planes.first?.message == "2 of the 3 planes would have no satellite")
  }

  @Test("Walker phasing adds up to no twist between the last plane and the first")
  func noTwist() throws {
    for phasing in ["0", "1", "17", "39.5", "71", "alternating"] {
      let constellation = try PresetTests.constellation(
        "minElevation: 25 deg\n    isls: plusGrid\n    shells: [{name: s, planes: 72, "
          + "satellitesPerPlane: 22, altitude: 550 km, inclination: 53 deg, phasing: \(phasing)}]")
      let shell = constellation.shells[0]
      for plane in shell.planes {
        for (slot, index) in plane.enumerated() {
          let first = shell.satellites[shell.planes[0][slot]].meanAnomalyDeg
          let apart = abs(Self.wrapped(shell.satellites[index].meanAnomalyDeg - first + 180) - 180)
          #expect(apart <= 180.0 / 22 + 1e-6)
        }
      }
    }
  }

  private static func problems(_ yaml: String, elements: String) -> [FleetProblem] {
    Manifests.problems(of: yaml) { _ in elements }
  }
}
