import TestSupport
import Testing

@testable import Orbits

struct PassFinderTests {
  static let places = [
    Geodetic(latitudeDeg: 47.61, longitudeDeg: -122.33, altitudeKm: 0.05),
    Geodetic(latitudeDeg: 90, longitudeDeg: 0), Geodetic(latitudeDeg: -89.99, longitudeDeg: 40),
    Geodetic(latitudeDeg: 0, longitudeDeg: 179.999),
    Geodetic(latitudeDeg: -37.07, longitudeDeg: -12.31, altitudeKm: 2),
  ]

  /// A seeded constellation of low orbits, from 200 to 2,000 km and round to slightly eccentric.
  static func lowOrbits(_ count: Int, seed: UInt64) -> [ElementSet] {
    var rng = Seeded(seed)
    return (0..<count).map { number in
      ElementSet(
        name: "r\(number)", catalogNumber: number + 1,
        epoch: PassTests.start.adding(seconds: .random(in: -200_000...0, using: &rng)),
        meanMotionRevPerDay: .random(in: 11.3...16.2, using: &rng),
        eccentricity: .random(in: 0...(number % 4 == 0 ? 0.08 : 0.003), using: &rng),
        inclinationDeg: .random(in: 0...180, using: &rng),
        raanDeg: .random(in: 0...360, using: &rng),
        argumentOfPerigeeDeg: .random(in: 0...360, using: &rng),
        meanAnomalyDeg: .random(in: 0...360, using: &rng),
        bstar: .random(in: -1e-5...2e-4, using: &rng))
    }
  }

  static func check(
    _ sets: [ElementSet], over places: [Geodetic], from start: UTC, to end: UTC, maskDeg: Double
  ) -> Int {
    let found = PassFinder(over: places, from: start, to: end, maskDeg: maskDeg)
      .passes(of: sets)
    let groups = Dictionary(grouping: found) { [$0.satellite, $0.place] }
    for (index, set) in sets.enumerated() {
      guard let satellite = try? Satellite(set) else {
        #expect(!found.contains { $0.satellite == index })
        continue
      }
      for (place, geodetic) in places.enumerated() {
        let exact = satellite.passes(over: geodetic, from: start, to: end, maskDeg: maskDeg)
        let quick = (groups[[index, place]] ?? []).map(\.pass)
        guard exact.count == quick.count else {
          Issue.record("\(set.name) over \(place) at \(maskDeg): \(exact.count), \(quick.count)")
          continue
        }
        for (a, b) in zip(exact, quick) {
          #expect(abs(a.aos.seconds(since: b.aos)) < 0.05)
          #expect(abs(a.los.seconds(since: b.los)) < 0.05)
          #expect(abs(a.maxElevationDeg - b.maxElevationDeg) < 1e-3)
          #expect(a.startsBeforeWindow == b.startsBeforeWindow)
          #expect(a.endsAfterWindow == b.endsAfterWindow)
        }
      }
    }
    return found.count
  }

  @Test func agreesWithTheExactSearchFromLowToGeostationary() throws {
    let sets = ElementSet.parse(try Fixture.text("passes.omm.csv")).elements
    for mask in [-2.0, 5, 25, 60, 80] {
      let count = Self.check(
        sets, over: Self.places, from: PassTests.start, to: PassTests.start.adding(seconds: 86_400),
        maskDeg: mask)
      #expect(count > 0)
    }
  }

  @Test func agreesWithTheExactSearchOnRandomLowOrbits() {
    let sets = Self.lowOrbits(80, seed: 41)
    for (mask, hours) in [(10.0, 12.0), (45, 24), (75, 24)] {
      let count = Self.check(
        sets, over: Self.places, from: PassTests.start,
        to: PassTests.start.adding(seconds: hours * 3_600), maskDeg: mask)
      #expect(count > 50)
    }
  }

  @Test func decayingSatellitesAndShortWindowsAreFoundToo() throws {
    let sets = try BatchTests.sample()
    let decaying = try #require(sets.first { $0.name == "STARLINK-1623" })
    _ = Self.check(
      sets, over: Array(Self.places.prefix(2)), from: decaying.epoch,
      to: decaying.epoch.adding(seconds: 6 * 3_600), maskDeg: 0)
    for seconds in [0.5, 30, 171, 500] {
      _ = Self.check(
        Self.lowOrbits(60, seed: 7), over: Self.places, from: PassTests.start,
        to: PassTests.start.adding(seconds: seconds), maskDeg: 0)
    }
    let empty = PassFinder(over: Self.places, from: PassTests.end, to: PassTests.start)
    #expect(empty.passes(of: sets).isEmpty)
    #expect(
      PassFinder(over: [], from: PassTests.start, to: PassTests.end).passes(of: sets).isEmpty)
    #expect(
      PassFinder(over: Self.places, from: PassTests.start, to: PassTests.end).passes(of: [])
        .isEmpty)
  }

  @Test func masksWithoutMeaningFindNothingAndLowOnesEverything() {
    let sets = Self.lowOrbits(20, seed: 1)
    let end = PassTests.start.adding(seconds: 7_200)
    for mask in [Double.nan, 90, 120, .infinity] {
      let finder = PassFinder(over: Self.places, from: PassTests.start, to: end, maskDeg: mask)
      #expect(finder.passes(of: sets).isEmpty)
    }
    // One of the twenty has its perigee below the ground.
    let all = Self.check(
      sets, over: Self.places, from: PassTests.start, to: end, maskDeg: -90)
    #expect(all == 19 * Self.places.count)
  }

  /// Two years have no grid; a decayed satellite ends the search early.
  @Test func aWindowOfYearsIsSearchedToo() throws {
    let sets = try BatchTests.sample().filter { $0.name == "STARLINK-1623" }
    let start = try #require(sets.first).epoch
    let count = Self.check(
      sets, over: Array(Self.places.prefix(1)), from: start,
      to: start.adding(seconds: 86_400 * 730), maskDeg: 0)
    #expect(count > 0)
  }

  /// Every whole second of a sample against the mask itself.
  @Test func aScanOfEverySecondFindsNoOtherPass() throws {
    let sets = Self.lowOrbits(6, seed: 12)
    let places = Array(Self.places.prefix(3))
    let end = PassTests.start.adding(seconds: 21_600)
    let found = PassFinder(over: places, from: PassTests.start, to: end, maskDeg: 25)
      .passes(of: sets)
    let observers = places.map(Observer.init)
    var buffer = StateBuffer(count: sets.count)
    let batch = SatelliteBatch(sets)
    for second in 0...21_600 {
      let time = PassTests.start.adding(seconds: Double(second))
      let rotation = EarthRotation(at: time)
      batch.propagate(to: time, into: &buffer)
      for satellite in sets.indices {
        guard let state = buffer[satellite] else { continue }
        let itrf = rotation.itrf(positionKm: state.positionKm)
        for (place, observer) in observers.enumerated() {
          let isUp = observer.elevationDeg(of: itrf) >= 25
          let slack = isUp ? 0.05 : -0.05
          let isInPass = found.contains {
            $0.satellite == satellite && $0.place == place
              && $0.pass.aos.adding(seconds: -slack) <= time
              && time <= $0.pass.los.adding(seconds: slack)
          }
          if isUp != isInPass { Issue.record("\(satellite) over \(place) at \(second) s") }
        }
      }
    }
    #expect(!found.isEmpty)
  }

  @Test func orderChunksAndThreadsChangeNothing() async {
    let sets = Self.lowOrbits(150, seed: 3)
    let end = PassTests.start.adding(seconds: 10_800)
    let finder = PassFinder(over: Self.places, from: PassTests.start, to: end, maskDeg: 10)
    let one = finder.passes(of: sets)
    for threads in [0, 1, 2, 5] {
      var done: [Int] = []
      let several = await finder.passes(of: sets, threads: threads) { done.append($0) }
      #expect(several == one)
      #expect(done.last == sets.count && done == done.sorted())
    }
    let reversed = finder.passes(of: sets.reversed()).map {
      FoundPass(satellite: sets.count - 1 - $0.satellite, place: $0.place, pass: $0.pass)
    }
    #expect(Set(reversed) == Set(one))
    #expect(finder.passes(of: Array(sets.prefix(1))) == one.filter { $0.satellite == 0 })
  }

  @Test func measuredOrientationMovesPassesAsItMovesTheEarth() throws {
    let table = try EarthOrientationTableTests.finals()
    let sets = Self.lowOrbits(10, seed: 30)
    let end = PassTests.start.adding(seconds: 86_400)
    let with = PassFinder(
      over: Self.places, from: PassTests.start, to: end, maskDeg: 10, orientation: table
    ).passes(of: sets)
    let without = PassFinder(over: Self.places, from: PassTests.start, to: end, maskDeg: 10)
      .passes(of: sets)
    #expect(with.count == without.count)
    let shifts = zip(with, without).map { abs($0.pass.aos.seconds(since: $1.pass.aos)) }
    #expect(shifts.contains { $0 > 1e-4 })
    #expect(shifts.sorted()[shifts.count / 2] < 0.05)
    let exact = try Satellite(sets[0]).passes(
      over: Self.places[0], from: PassTests.start, to: end, maskDeg: 10, orientation: table)
    let quick = with.filter { $0.satellite == 0 && $0.place == 0 }.map(\.pass)
    #expect(exact.count == quick.count)
    for (a, b) in zip(exact, quick) { #expect(abs(a.aos.seconds(since: b.aos)) < 0.05) }
  }
}
