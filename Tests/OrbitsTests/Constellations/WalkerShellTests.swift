import Testing

@testable import Orbits

struct WalkerShellTests {
  static let epoch = UTC(year: 2000, month: 1, day: 1)

  static func shell(_ name: String) -> WalkerShell {
    name == "starlink"
      ? WalkerShell(
        name: name, planes: 72, satellitesPerPlane: 22, orbit: .meanMotionRevPerDay(15.19),
        inclinationDeg: 53, phasing: .alternating)
      : WalkerShell(
        name: name, planes: 34, satellitesPerPlane: 34, orbit: .meanMotionRevPerDay(14.80),
        inclinationDeg: 51.9, phasing: .alternating)
  }

  @Test func reproducesTheShellsOfSatgenpy() throws {
    for row in try Fixture.rows("walker-states.csv") {
      let index = Int(row.number("index"))
      let sets = Self.shell(row["shell"]).elementSets(epoch: Self.epoch, firstCatalogNumber: 1)
      #expect(abs(sets[index].raanDeg - row.number("raan_deg")) < 1e-10)
      #expect(abs(sets[index].meanAnomalyDeg - row.number("mean_anomaly_deg")) < 1e-10)
      let state = try Satellite(sets[index]).state(minutesSinceEpoch: row.number("minutes"))
      #expect(length(state.positionKm - row.vector("x_km", "y_km", "z_km")) < 1e-7)
      #expect(length(state.velocityKmS - row.vector("vx_km_s", "vy_km_s", "vz_km_s")) < 1e-10)
    }
  }

  @Test(arguments: [340.0, 550, 630, 1_200, 8_000])
  func satelliteFliesAtTheAltitudeAskedFor(altitude: Double) throws {
    let shell = WalkerShell(
      name: "s", planes: 1, satellitesPerPlane: 1, orbit: .altitudeKm(altitude),
      inclinationDeg: 53, phasing: .walker(F: 0))
    let set = try #require(shell.elementSets(epoch: Self.epoch, firstCatalogNumber: 1).first)
    let satellite = try Satellite(set)
    #expect(abs(satellite.orbit.semiMajorAxis * 6_378.135 - 6_378.135 - altitude) < 1e-6)
    // The mean of the radius over many revolutions is off the mean axis by no more than J2 does.
    let radii = try (0..<5_000).map {
      length(try satellite.state(minutesSinceEpoch: Double($0)).positionKm)
    }
    #expect(abs(radii.reduce(0, +) / 5_000 - 6_378.135 - altitude) < 5)
  }

  @Test func walkerDeltaHasTheGeometryOfItsName() throws {
    let shell = WalkerShell(
      name: "w", planes: 6, satellitesPerPlane: 4, orbit: .altitudeKm(1_000),
      inclinationDeg: 60, phasing: .walker(F: 2), raanSpreadDeg: 180, firstRaanDeg: 350)
    let sets = shell.elementSets(epoch: Self.epoch, firstCatalogNumber: 700_000)
    #expect(sets.count == 24 && shell.count == 24)
    #expect(sets[5].name == "w-p1s1" && sets[5].catalogNumber == 700_005)
    #expect(abs(sets[4].raanDeg - 20) < 1e-12)
    #expect(abs(sets[5].meanAnomalyDeg - (90 + 360.0 * 2 / 24)) < 1e-12)
    #expect(sets.allSatisfy { $0.rangeError == nil && $0.bstar == 0 })
    #expect(shell.planeIndices == (0..<6).map { p in Array(4 * p..<4 * p + 4) })
  }

  @Test func shellWithoutSatellitesIsEmpty() {
    let shell = WalkerShell(
      name: "none", planes: 0, satellitesPerPlane: 4, orbit: .altitudeKm(1_000),
      inclinationDeg: 60, phasing: .alternating)
    #expect(shell.elementSets(epoch: Self.epoch, firstCatalogNumber: 1).isEmpty)
    #expect(shell.planeIndices.isEmpty)
  }
}
