import Fleet
import Network
import Orbits
import Testing

@Suite("Presets")
struct PresetTests {
  struct Filed: Sendable, CustomTestStringConvertible {
    var preset: String
    /// Planes, satellites per plane, altitude in km and inclination of each shell.
    var shells: [(planes: Int, perPlane: Int, altitudeKm: Double, inclinationDeg: Double)]
    var satellites: Int
    var access: Constellation.AccessRule
    var links: Constellation.InterSatelliteLinks
    var testDescription: String { preset }
  }

  static let filed = [
    Filed(
      preset: "starlink-gen1",
      shells: [
        (72, 22, 550, 53), (72, 22, 540, 53.2), (36, 20, 570, 70), (6, 58, 560, 97.6),
        (4, 43, 560, 97.6),
      ], satellites: 4_408, access: .minElevationDeg(25), links: .plusGrid),
    Filed(
      preset: "kuiper", shells: [(34, 34, 630, 51.9), (36, 36, 610, 42), (28, 28, 590, 33)],
      satellites: 3_236, access: .minElevationDeg(35), links: .plusGrid),
    Filed(
      preset: "oneweb", shells: [(18, 40, 1_200, 87.9)], satellites: 720,
      access: .minElevationDeg(25), links: .none),
    Filed(
      preset: "iridium-next", shells: [(6, 11, 780, 86.4)], satellites: 66,
      access: .minElevationDeg(8.2), links: .plusGrid),
    Filed(
      preset: "telesat-lightspeed", shells: [(27, 13, 1_015, 98.98), (40, 33, 1_325, 50.88)],
      satellites: 1_671, access: .minElevationDeg(10), links: .plusGrid),
  ]

  static func constellation(_ text: String) throws -> Constellation {
    let yaml = """
      name: a
      constellations:
        - name: leo
          \(text)
      sites: []
      """
    return try #require(try Manifests.load(yaml).constellations.first)
  }

  @Test("satellites, altitude, inclination, access and links are as filed", arguments: filed)
  func asFiled(_ filed: Filed) throws {
    let constellation = try Self.constellation("preset: \(filed.preset)")
    #expect(
      constellation.shells.map(\.satellites.count) == filed.shells.map { $0.planes * $0.perPlane })
    #expect(constellation.shells.reduce(0) { $0 + $1.satellites.count } == filed.satellites)
    #expect(constellation.access == filed.access)
    #expect(constellation.links == filed.links)
    for (shell, filed) in zip(constellation.shells, filed.shells) {
      let element = try #require(shell.satellites.first)
      #expect(element.inclinationDeg == filed.inclinationDeg)
      #expect(element.epoch == UTC(year: 2026, month: 1, day: 1))
      // Where SGP4 puts the satellite, over one revolution, to within its short-period terms.
      let satellite = try Satellite(element)
      for minute in stride(from: 0.0, through: 110, by: 5) {
        let state = try satellite.state(minutesSinceEpoch: minute)
        #expect(abs(length(state.positionKm) - 6_378.135 - filed.altitudeKm) < 25)
      }
    }
  }

  @Test("names of satellites are unique in a fleet, without spaces and >", arguments: filed)
  func names(_ filed: Filed) throws {
    let constellation = try Self.constellation("preset: \(filed.preset)")
    let names = constellation.shells.flatMap { $0.satellites.map(\.name) }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { !$0.contains { " >,".contains($0) } })
    let numbers = constellation.shells.flatMap { $0.satellites.map(\.catalogNumber) }
    #expect(Set(numbers).count == numbers.count)
  }

  @Test("stars do not wrap, deltas do")
  func wrapping() throws {
    #expect(try Self.constellation("preset: oneweb").shells.map(\.planesWrap) == [false])
    #expect(try Self.constellation("preset: iridium-next").shells.map(\.planesWrap) == [false])
    #expect(
      try Self.constellation("preset: telesat-lightspeed").shells.map(\.planesWrap) == [
        false, true,
      ])
    #expect(
      try Self.constellation("preset: kuiper").shells.map(\.planesWrap) == [true, true, true])
  }

  @Test("`only` picks shells, other keys override")
  func overrides() throws {
    let constellation = try Self.constellation(
      "preset: starlink-gen1\n    only: [570, 550]\n    isls: none\n    minElevation: 40 deg\n"
        + "    epoch: 2027-03-01T00:00:00Z")
    #expect(constellation.shells.map(\.name) == ["550", "570"])
    #expect(constellation.links == .none)
    #expect(constellation.access == .minElevationDeg(40))
    #expect(constellation.shells[0].satellites[0].epoch == UTC(year: 2027, month: 3, day: 1))
  }

  /// The pairs that a +Grid links.
  private func gridPairs(of shell: Constellation.Shell) -> [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    for (number, plane) in shell.planes.enumerated() {
      for slot in plane.indices { pairs.append((plane[slot], plane[(slot + 1) % plane.count])) }
      let next = (number + 1) % shell.planes.count
      if next != 0 || shell.planesWrap {
        pairs += zip(plane, shell.planes[next]).map { ($0, $1) }
      }
    }
    return pairs
  }

  /// How near the straight line between two places comes to the Earth's centre.
  private func lowestPointKm(_ a: Vector3, _ b: Vector3) -> Double {
    let along = b - a
    let share = min(1, max(0, -dot(a, along) / dot(along, along)))
    return length(a + along * share)
  }
}
