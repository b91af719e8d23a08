import TestSupport
import Testing

@testable import Orbits

/// Grids of times: the vector kernels against the scalar theory, and against one another.
struct GridTests {
  static let start = UTC(year: 2026, month: 8, day: 22, hour: 11, minute: 3, second: 7.25)

  /// Steps of a minute, of a fraction of a second, of hours, and back in time.
  static let steps = [60, 0.0864, 7_200, -300]

  @Test(arguments: InstructionSet.available, steps)
  func gridAgreesWithTheScalarTheory(instructionSet: InstructionSet, step: Double) throws {
    let sets = try BatchTests.sample()
    let batch = SatelliteBatch(sets, instructionSet: instructionSet)
    let times = 1_037
    var grid = StateGrid(satellites: batch.count, times: times)
    batch.propagate(from: Self.start, stepSeconds: step, into: &grid)
    for (index, set) in sets.enumerated() {
      let satellite = try Satellite(set)
      let first = Self.start.minutes(since: set.epoch)
      for time in stride(from: 0, to: times, by: 37) {
        let minutes = first + Double(time) * (step / 60)
        do throws(PropagationError) {
          let state = try satellite.state(minutesSinceEpoch: minutes)
          // Angles of tens of thousands of radians are themselves rounded to a tenth of a millimetre.
          expectClose(
            grid[index, time], state, "\(set.name) \(minutes)",
            within: max(1e-7, 4e-12 * abs(minutes)))
        } catch {
          #expect(Int(grid.error(satellite: index, time: time)) == error.code, "\(set.name)")
          #expect(grid.withSeries(ofSatellite: index) { $0.x[time] } == 0)
        }
      }
    }
  }

  @Test func sharingTheWorkOutChangesNothing() async throws {
    let sets = try BatchTests.sample()
    var rng = Seeded(11)
    let order = sets.indices.shuffled(using: &rng)
    let mixed = SatelliteBatch(order.map { sets[$0] })
    let times = 1_200
    var expected = StateGrid(satellites: sets.count, times: times)
    SatelliteBatch(sets).propagate(from: Self.start, stepSeconds: 60, into: &expected)
    for threads in [1, 2, 3, 16] {
      var grid = StateGrid(satellites: sets.count, times: times)
      await mixed.propagate(from: Self.start, stepSeconds: 60, threads: threads, into: &grid)
      for (place, index) in order.enumerated() {
        let same = (0..<times).allSatisfy { grid[place, $0] == expected[index, $0] }
        #expect(same, "\(threads) threads, \(sets[index].name)")
      }
    }
  }

  @Test func oneSatelliteIsItsRowOfTheBatch() async throws {
    let sets = try BatchTests.sample()
    let times = 1_111
    var expected = StateGrid(satellites: sets.count, times: times)
    SatelliteBatch(sets).propagate(from: Self.start, stepSeconds: 30, into: &expected)
    var grid = StateGrid(satellites: 1, times: times)
    for (index, set) in sets.enumerated() {
      let satellite = try Satellite(set)
      if index.isMultiple(of: 2) {
        satellite.propagate(from: Self.start, stepSeconds: 30, into: &grid)
      } else {
        await satellite.propagate(from: Self.start, stepSeconds: 30, threads: 2, into: &grid)
      }
      let same = (0..<times).allSatisfy { grid[0, $0] == expected[index, $0] }
      #expect(same, "\(set.name)")
    }
  }

  /// A lane's result does not depend on its place in a block nor on who is beside it.
  @Test(arguments: InstructionSet.available)
  func lanePositionChangesNothing(instructionSet: InstructionSet) throws {
    let sets = try BatchTests.sample()
    var rng = Seeded(5)
    for set in sets.prefix(30) {
      let copies = (0..<37).map { _ in
        Bool.random(using: &rng) ? set : sets.randomElement(using: &rng) ?? set
      }
      let batch = SatelliteBatch([set] + copies, instructionSet: instructionSet)
      var buffer = StateBuffer(count: batch.count)
      batch.propagate(minutesSinceEpoch: 812.5, into: &buffer)
      for (place, copy) in copies.enumerated() where copy == set {
        #expect(buffer[place + 1] == buffer[0], "\(set.name)")
      }
    }
  }

  @Test func absurdStartsAreRefused() throws {
    let set = try #require(try BatchTests.sample().first)
    var grid = StateGrid(satellites: 1, times: 40)
    let satellite = try Satellite(set)
    satellite.propagate(from: Self.start, stepSeconds: 1e12, into: &grid)
    #expect(grid[0, 0] != nil)
    #expect(grid.error(satellite: 0, time: 1) == 5 && grid[0, 39] == nil)
  }

  @Test func emptyGridsAreHarmless() async throws {
    let sets = try BatchTests.sample()
    var none = StateGrid(satellites: 0, times: 5)
    await SatelliteBatch([]).propagate(from: Self.start, stepSeconds: 1, threads: 2, into: &none)
    var never = StateGrid(satellites: sets.count, times: 0)
    SatelliteBatch(sets).propagate(from: Self.start, stepSeconds: 1, into: &never)
    #expect(none.satellites == 0 && never.times == 0)
  }
}

/// The published verification set and the catalogue sample through the vector kernels.
struct VectorVerificationTests {
  @Test(arguments: InstructionSet.available)
  func everyPublishedStateIsWithinAMillimetre(instructionSet: InstructionSet) throws {
    var checked = 0
    for run in try VerificationTests.runs() {
      let batch = SatelliteBatch([run.elements], instructionSet: instructionSet)
      var buffer = StateBuffer(count: 1)
      for reference in run.states {
        checked += 1
        batch.propagate(minutesSinceEpoch: reference.minutes, into: &buffer)
        guard run.elements.catalogNumber != 33_334 else {
          #expect(buffer.errors == [3])
          continue
        }
        let state = try buffer.state(0)
        #expect(length(state.positionKm - reference.position) < 1e-6)
        #expect(length(state.velocityKmS - reference.velocity) < 2e-9)
      }
    }
    #expect(checked == 667)
  }

  /// The same through grids, which take other kernels where they can; and the same error codes.
  @Test(arguments: InstructionSet.available)
  func gridsAgreeWithTheScalarTheoryToTheCode(instructionSet: InstructionSet) throws {
    for run in try VerificationTests.runs() {
      let step = 7.0
      let times = 700
      let first = -900.0
      var grid = StateGrid(satellites: 1, times: times)
      let satellite = try Satellite(run.elements)
      let start = run.elements.epoch.adding(seconds: first * 60)
      satellite.propagate(
        from: start, stepSeconds: step * 60, into: &grid, instructionSet: instructionSet)
      let exact = start.minutes(since: run.elements.epoch)
      for time in stride(from: 0, to: times, by: 5) {
        var code = 0
        do throws(PropagationError) {
          let state = try satellite.state(minutesSinceEpoch: exact + Double(time) * step)
          expectClose(
            grid[0, time], state, "\(run.elements.catalogNumber) \(time)", within: 1e-6)
        } catch {
          code = error.code
        }
        #expect(Int(grid.error(satellite: 0, time: time)) == code)
      }
    }
  }

  @Test(arguments: InstructionSet.available)
  func catalogueSampleAgreesWithTheReferenceImplementation(instructionSet: InstructionSet) throws {
    let sets = try BatchTests.sample()
    let places = Dictionary(
      uniqueKeysWithValues: sets.enumerated().map { ($1.catalogNumber, $0) })
    let batch = SatelliteBatch(sets, instructionSet: instructionSet)
    var buffer = StateBuffer(count: batch.count)
    for row in try Fixture.rows("catalogue-sample-states.csv") {
      batch.propagate(minutesSinceEpoch: row.number("minutes"), into: &buffer)
      let place = try #require(places[Int(row.number("catalog_number"))])
      #expect(Int(buffer.errors[place]) == Int(row.number("error")))
      guard let state = buffer[place] else { continue }
      let tolerance = abs(row.number("minutes")) > 1_440 ? 1e-6 : 1e-7
      #expect(length(state.positionKm - row.vector("x_km", "y_km", "z_km")) < tolerance)
      #expect(
        length(state.velocityKmS - row.vector("vx_km_s", "vy_km_s", "vz_km_s")) < tolerance / 1_000)
    }
  }
}
