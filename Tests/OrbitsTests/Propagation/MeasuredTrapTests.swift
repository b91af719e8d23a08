import TestSupport
import Testing

@testable import Orbits

/// Traps that other libraries were measured to fall into, and faults of propagation that their users
/// reported, one test each. Those of passes and look angles are in ``ReportedPassFaultTests``.
struct MeasuredTrapTests {
  static func verification(_ number: Int) throws -> ElementSet {
    try #require(
      try VerificationTests.runs().first { $0.elements.catalogNumber == number }?.elements)
  }

  /// A default of WGS84 (brahe, dsgp4, sgp4-predict) is 28 m away here, one of the operation mode of the
  /// Air Force (satkit) a kilometre. References: sgp4 2.27.
  @Test func gravityIsWGS72AndTheModeIsTheImprovedOne() throws {
    let low = try Satellite(Self.verification(6_251)).state(minutesSinceEpoch: 720).positionKm
    let (wgs72, wgs84) = (
      Vector3(3692.600300280244, -976.2426525529509, -5623.364474928707),
      Vector3(3692.602696372379, -976.2229521080512, -5623.3445386014255)
    )
    #expect(length(low - wgs72) < 1e-6 && length(low - wgs84) > 0.02)
    let high = try Satellite(Self.verification(23_599)).state(minutesSinceEpoch: 720).positionKm
    let (improved, airForce) = (
      Vector3(7140.419458836718, 20539.254853364964, 2501.2146936783442),
      Vector3(7141.247425264606, 20538.97115158355, 2501.1805996568964)
    )
    #expect(length(high - improved) < 1e-6 && length(high - airForce) > 0.8)
  }

  /// heyoka propagates GPS, Molniya and geostationary satellites without moon, sun and resonance, up to
  /// 57 km off, and says nothing.
  @Test(arguments: InstructionSet.available)
  func deepSpaceIsNeverPropagatedAsNearEarth(instructionSet: InstructionSet) throws {
    var farthestKm = 0.0
    let deep = try VerificationTests.runs().map(\.elements).filter {
      (try? Satellite($0))?.deepSpace != nil
    }
    #expect(deep.count > 15)
    let batch = SatelliteBatch(deep, instructionSet: instructionSet)
    var buffer = StateBuffer(count: batch.count)
    batch.propagate(minutesSinceEpoch: 1_440, into: &buffer)
    for (index, set) in deep.enumerated() {
      let satellite = try Satellite(set)
      let exact = try? satellite.state(minutesSinceEpoch: 1_440)
      expectClose(buffer[index], exact, "\(set.catalogNumber)", within: 1e-6)
      var near = TEMEState(positionKm: .zero, velocityKmS: .zero)
      let code = satellite.orbit.nearEarthState(minutesSinceEpoch: 1_440, into: &near)
      if code == 0, let exact {
        farthestKm = max(farthestKm, length(near.positionKm - exact.positionKm))
      }
    }
    // The test has force: the near-earth theory alone is this far away.
    #expect(farthestKm > 10)
  }

  /// Polynomials for angles cost astroz 0.2 to 9 m: every instruction set keeps within 0.1 mm over a day.
  @Test(arguments: InstructionSet.available)
  func vectorAnglesAreAsExactAsTheScalarTheorys(instructionSet: InstructionSet) throws {
    let sets = PassFinderTests.lowOrbits(120, seed: 2_026).map { set in
      var set = set
      set.epoch = PassTests.start
      return set
    }
    let batch = SatelliteBatch(sets, instructionSet: instructionSet)
    var grid = StateGrid(satellites: sets.count, times: 1_441)
    var buffer = StateBuffer(count: sets.count)
    batch.propagate(from: PassTests.start, stepSeconds: 60, into: &grid)
    for time in stride(from: 0, to: 1_441, by: 48) {
      batch.propagate(minutesSinceEpoch: Double(time), into: &buffer)
      for (index, set) in sets.enumerated() {
        let exact = try? Satellite(set).state(minutesSinceEpoch: Double(time))
        expectClose(grid[index, time], exact, set.name)
        expectClose(buffer[index], exact, set.name)
      }
    }
  }

  /// satellite.js #152, #19, #8, python-sgp4 #137, #20, orbit-predictor #67, SatelliteKit #2, pyephem #82:
  /// garbage, NaN, nil, a crash or an endless loop after decay. Every path gives the code, and ends.
  @Test(arguments: InstructionSet.available)
  func decayIsACodeInEveryPath(instructionSet: InstructionSet) throws {
    var set = ISS.elements
    set.bstar = 0.05
    let satellite = try Satellite(set)
    let days = 0..<60
    let expected = days.map { day -> UInt8 in
      do throws(PropagationError) {
        let state = try satellite.state(minutesSinceEpoch: Double(day) * 1_440)
        #expect(length(state.positionKm) > 6_378)
        return 0
      } catch {
        return UInt8(error.code)
      }
    }
    #expect(expected.first == 0 && expected.last != 0)
    let batch = SatelliteBatch([set], instructionSet: instructionSet)
    var buffer = StateBuffer(count: 1)
    var grid = StateGrid(satellites: 1, times: days.count)
    batch.propagate(from: set.epoch, stepSeconds: 86_400, into: &grid)
    for day in days {
      batch.propagate(minutesSinceEpoch: Double(day) * 1_440, into: &buffer)
      #expect(buffer.errors[0] == expected[day])
      #expect(grid.error(satellite: 0, time: day) == expected[day])
      #expect((buffer[0] == nil) == (expected[day] != 0))
      if expected[day] != 0 { #expect(grid[0, day] == nil) }
    }
    let late = set.epoch.adding(seconds: 86_400 * 59)
    let window = (late, late.adding(seconds: 86_400))
    #expect(
      satellite.passes(over: ReportedPassFaultTests.seattle, from: window.0, to: window.1).isEmpty)
    #expect(
      PassFinder(over: [ReportedPassFaultTests.seattle], from: window.0, to: window.1)
        .passes(of: [set]).isEmpty)
    #expect(satellite.eclipses(from: window.0, to: window.1).isEmpty)
  }

  /// dnwrnr/sgp4 #41, python-sgp4 #111, satellite.js #145, #147, #149: bulk propagation means a loop or another
  /// package. One call fills a day of a constellation here; that it is the same as the loop is what counts.
  @Test func aConstellationIsOneCallAndTheSameAsALoop() {
    let shell = WalkerShell(
      name: "s", planes: 8, satellitesPerPlane: 11, orbit: .altitudeKm(550), inclinationDeg: 53,
      phasing: .walker(F: 1))
    let sets = shell.elementSets(epoch: PassTests.start, firstCatalogNumber: 1)
    let batch = SatelliteBatch(sets)
    var grid = StateGrid(satellites: sets.count, times: 96)
    batch.propagate(from: PassTests.start, stepSeconds: 900, into: &grid)
    for (index, set) in sets.enumerated() {
      for time in 0..<96 {
        expectClose(
          grid[index, time],
          try? Satellite(set).state(at: PassTests.start.adding(seconds: Double(time) * 900)))
      }
    }
  }
}
