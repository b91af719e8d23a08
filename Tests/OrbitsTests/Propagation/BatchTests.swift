import Foundation
import TestSupport
import Testing

@testable import Orbits

struct BatchTests {
  static func sample() throws -> [ElementSet] {
    let parsed = ElementSet.parse(try Fixture.text("catalogue-sample.omm.csv"))
    #expect(parsed.problems.isEmpty)
    return parsed.elements
  }

  @Test func catalogueSampleAgreesWithTheReferenceImplementation() throws {
    let sets = try Self.sample()
    let rows = try Fixture.rows("catalogue-sample-states.csv")
    #expect(rows.count == sets.count * 6)
    let byNumber = Dictionary(uniqueKeysWithValues: sets.map { ($0.catalogNumber, $0) })
    for row in rows {
      let set = try #require(byNumber[Int(row.number("catalog_number"))])
      let satellite = try Satellite(set)
      let code = Int(row.number("error"))
      if code != 0 {
        #expect(throws: PropagationError(code: code)) {
          try satellite.state(minutesSinceEpoch: row.number("minutes"))
        }
        continue
      }
      let state = try satellite.state(minutesSinceEpoch: row.number("minutes"))
      let position = row.vector("x_km", "y_km", "z_km")
      let velocity = row.vector("vx_km_s", "vy_km_s", "vz_km_s")
      // A tenth of a millimetre over a day. In deep space the reference rounds the epoch by up to 40
      // microseconds, differently for TLE and OMM, which a week makes a few tenths.
      let tolerance = abs(row.number("minutes")) > 1_440 ? 1e-6 : 1e-7
      #expect(length(state.positionKm - position) < tolerance, "\(set.name)")
      #expect(length(state.velocityKmS - velocity) < tolerance / 1_000, "\(set.name)")
    }
  }

  @Test(arguments: InstructionSet.available)
  func batchAgreesWithSingleSatellites(instructionSet: InstructionSet) throws {
    let sets = try Self.sample()
    let batch = SatelliteBatch(sets, instructionSet: instructionSet)
    var buffer = StateBuffer(count: batch.count)
    let time = UTC(year: 2026, month: 8, day: 23, hour: 6, minute: 7, second: 8.9)
    batch.propagate(to: time, into: &buffer)
    for (index, set) in sets.enumerated() {
      expectClose(buffer[index], try Satellite(set).state(at: time), set.name)
    }
    batch.propagate(minutesSinceEpoch: -333.25, into: &buffer)
    for (index, set) in sets.enumerated() {
      expectClose(buffer[index], try Satellite(set).state(minutesSinceEpoch: -333.25), set.name)
    }
  }

  @Test func orderOfSatellitesAndOfTimesChangesNothing() throws {
    let sets = try Self.sample()
    var rng = Seeded(7)
    let order = sets.indices.shuffled(using: &rng)
    let straight = SatelliteBatch(sets)
    let mixed = SatelliteBatch(order.map { sets[$0] })
    var times = (0..<20).map { Double($0) * 777 - 5_000 }
    var expected: [Double: StateBuffer] = [:]
    for time in times {
      var buffer = StateBuffer(count: sets.count)
      straight.propagate(minutesSinceEpoch: time, into: &buffer)
      expected[time] = buffer
    }
    times.shuffle(using: &rng)
    var buffer = StateBuffer(count: sets.count)
    for time in times {
      mixed.propagate(minutesSinceEpoch: time, into: &buffer)
      for (place, index) in order.enumerated() {
        #expect(buffer[place] == expected[time]?[index])
        #expect(buffer.errors[place] == expected[time]?.errors[index])
      }
    }
  }

  @Test func unusableSetsKeepTheirPlaceWithACode() throws {
    var sets = Array(try Self.sample().prefix(4))
    sets[1].eccentricity = 1.5
    sets[2].meanMotionRevPerDay = 0
    let batch = SatelliteBatch(sets)
    var buffer = StateBuffer(count: 4)
    batch.propagate(minutesSinceEpoch: 10, into: &buffer)
    #expect(buffer.errors == [0, 1, 2, 0])
    #expect(buffer[1] == nil && buffer.x[1] == 0)
    #expect(throws: PropagationError.meanMotionNotPositive) { try buffer.state(2) }
    expectClose(buffer[3], try Satellite(sets[3]).state(minutesSinceEpoch: 10))
  }

  @Test func emptyBatchIsHarmless() {
    var buffer = StateBuffer(count: 0)
    SatelliteBatch([]).propagate(minutesSinceEpoch: 0, into: &buffer)
    #expect(buffer.count == 0)
  }
}

/// Expects two states within 0.1 mm and 0.1 micrometre per second, or the same lack of one.
func expectClose(
  _ a: TEMEState?, _ b: TEMEState?, _ note: String = "", within km: Double = 1e-7,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let a, let b else {
    #expect((a == nil) == (b == nil), "\(note)", sourceLocation: sourceLocation)
    return
  }
  let distance = length(a.positionKm - b.positionKm)
  let speed = length(a.velocityKmS - b.velocityKmS)
  #expect(distance < km && speed < km / 1_000, "\(note)", sourceLocation: sourceLocation)
}

/// Elements at the edges of the theory: a code, never a NaN, a trap or an endless loop.
struct PropagationTrapTests {
  @Test func reEnteringSatelliteGivesACodeInsteadOfGarbage() throws {
    let set = try #require(try BatchTests.sample().first { $0.name == "STARLINK-1623" })
    let satellite = try Satellite(set)
    #expect(throws: PropagationError.eccentricityOutOfRange) {
      try satellite.state(minutesSinceEpoch: 10_080)
    }
  }

  @Test func randomElementsGiveAFiniteStateOrACode() throws {
    var rng = Seeded(42)
    for _ in 0..<4_000 {
      let set = ElementSet(
        name: "", catalogNumber: 1, epoch: UTC(year: 2026, month: 1, day: 1),
        meanMotionRevPerDay: pow(10, .random(in: -3...2.5, using: &rng)),
        eccentricity: Double.random(in: 0...1.05, using: &rng),
        inclinationDeg: [0, 180, .random(in: 0...180, using: &rng)].randomElement(using: &rng) ?? 0,
        raanDeg: .random(in: -400...400, using: &rng),
        argumentOfPerigeeDeg: .random(in: 0...360, using: &rng),
        meanAnomalyDeg: .random(in: 0...360, using: &rng),
        bstar: .random(in: -1...1, using: &rng))
      let minutes = Double.random(in: -1e6...1e6, using: &rng)
      do throws(PropagationError) {
        let state = try Satellite(set).state(minutesSinceEpoch: minutes)
        #expect((state.positionKm.sum() + state.velocityKmS.sum()).isFinite)
        #expect(length(state.positionKm) >= 6_378.134)
      } catch {
        #expect((1...6).contains(error.code))
      }
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
  func absurdTimesAreRefused(minutes: Double) throws {
    let set = try #require(try BatchTests.sample().first)
    let satellite = try Satellite(set)
    #expect(throws: PropagationError.outsideTheory) {
      try satellite.state(minutesSinceEpoch: minutes)
    }
    var buffer = StateBuffer(count: 1)
    SatelliteBatch([set]).propagate(minutesSinceEpoch: minutes, into: &buffer)
    #expect(buffer.errors == [5])
  }

  @Test func notANumberInElementsIsRefused() throws {
    for path in [\ElementSet.bstar, \.raanDeg, \.meanAnomalyDeg, \.inclinationDeg] {
      var set = try #require(try BatchTests.sample().first)
      set[keyPath: path] = .nan
      #expect(throws: PropagationError.outsideTheory) { try Satellite(set) }
    }
    var set = try #require(try BatchTests.sample().first)
    set.eccentricity = .nan
    #expect(throws: PropagationError.eccentricityOutOfRange) { try Satellite(set) }
    set.eccentricity = 0
    set.meanMotionRevPerDay = .nan
    #expect(throws: PropagationError.meanMotionNotPositive) { try Satellite(set) }
  }

  /// The constants that are written out as numbers are what they are said to be.
  @Test func gravityConstantsFollowFromRadiusAndMu() {
    let cube = WGS72.radiusKm * WGS72.radiusKm * WGS72.radiusKm
    #expect(abs(WGS72.xke - 60 / (cube / WGS72.muKm3S2).squareRoot()) < 1e-16)
  }
}
