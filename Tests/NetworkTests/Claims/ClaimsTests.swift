import Orbits
import Testing

@testable import Network

struct ClaimsTests {
  static let start = UTC(year: 2026, month: 1, day: 1)

  /// A small check: cities on all continents, one slot.
  static func check() -> ClaimsCheck {
    let names: Set = [
      "Tokyo", "Sydney", "New York Newark", "London", "Lagos", "Lima", "Delhi", "Johannesburg",
    ]
    let cities = NamedPlace.largestCities.filter { names.contains($0.name) }
    return ClaimsCheck(
      world: ClaimWorld(cities: cities, epoch: start), start: start, slots: 1)
  }

  @Test func thePlacesAreAHundredCitiesAndTwoHundredRegions() {
    #expect(NamedPlace.largestCities.count == 100 && NamedPlace.cloudRegions.count == 205)
    for places in [NamedPlace.largestCities, NamedPlace.cloudRegions] {
      #expect(Set(places.map(\.name)).count == places.count)
      #expect(
        places.allSatisfy { abs($0.place.latitudeDeg) <= 90 && abs($0.place.longitudeDeg) <= 180 })
    }
    #expect(NamedPlace.largestCities.first?.name == "Tokyo")
    #expect(NamedPlace.cloudRegions.contains { $0.name == ClaimWorld.farRegion })
  }

  /// The reach of 20 ms from the literature: 5,330 km one way and 2,570 km there and back.
  @Test func theIdealPathReachesAsFarAsPublished() {
    let ideal = IdealPath(altitudeKm: 550, minElevationDeg: 25)
    #expect(abs(ideal.reachKm(withinMs: 20) - 5_330) < 30)
    #expect(abs(ideal.reachKm(withinMs: 10) - 2_570) < 30)
    #expect(ideal.reachKm(withinMs: 3) == 0 && ideal.reachKm(withinMs: -1) == 0)
    #expect(abs(ideal.oneWayMs(groundKm: 3_937) - 14.9) < 0.1)
    #expect(abs(ideal.oneWayMs(groundKm: 0) - 2 * 550 / Light.kmPerMs) < 1e-9)
  }

  @Test func nothingBeatsTheIdealPathOrLight() {
    let check = Self.check()
    let state = NetworkState(check.world.topology, slot: Slot(containing: check.start))
    // The mean sphere stands for the ellipsoid, which is up to 0.6 % nearer or farther.
    let ideal = IdealPath(altitudeKm: 530, minElevationDeg: 25)
    let pairs = check.world.pairs(in: state, stride: 1)
    #expect(pairs.count == 28)
    for pair in pairs {
      #expect(pair.leo.propagationMs / 2 > 0.99 * ideal.oneWayMs(groundKm: pair.groundKm))
      #expect(pair.leo.expectedMs > pair.leo.propagationMs)
    }
    for city in check.world.cities(in: state, done: {}) {
      #expect(city.fiber.propagationMs >= 1.4999 * city.straightFiber.propagationMs)
      for way in [city.leo, city.orbit, city.orbitEverywhere].compactMap(\.self) {
        #expect(way.propagationMs >= 2 * 540 / Light.kmPerMs)
      }
      if let some = city.orbit, let all = city.orbitEverywhere {
        #expect(all.propagationMs <= some.propagationMs)
      }
    }
  }

  @Test func theSameCheckGivesTheSameClaimsAndTellsItsProgress() {
    let check = Self.check()
    var done: [Int] = []
    let claims = check.claims { done.append($0) }
    #expect(claims == check.claims())
    #expect(done == Array(1...check.steps))
    #expect(Set(claims.map(\.id)).count == claims.count && claims.count == 10)
    for claim in claims {
      #expect(claim.sentence.hasSuffix(".") && !claim.conditions.isEmpty)
      #expect(claim.figures.allSatisfy { $0.value.isFinite }, "\(claim)")
    }
    // Vacuum alone forbids a round trip of 20 ms across a continent.
    #expect(claims.first { $0.id == "lasers-round-trip" }?.verdict == .doesNotHold)
  }

  /// Verdicts from evidence made up for the purpose.
  @Test func verdictsFollowFromTheEvidence() {
    func trip(_ light: Double, _ extra: Double) -> RoundTrip {
      RoundTrip(propagationMs: light, expectedMs: light + extra)
    }
    func evidence(leoMs: Double, accessMs: Double, fiberMs: Double) -> [String: Claim.Verdict] {
      let city = CitySample(
        city: "a", regionKm: 100, fiber: trip(fiberMs, 1), straightFiber: trip(fiberMs / 1.5, 1),
        leo: trip(leoMs, accessMs), orbit: trip(leoMs / 2, accessMs),
        orbitEverywhere: trip(leoMs / 2, accessMs), farLeo: trip(leoMs, accessMs),
        farFiber: trip(fiberMs, 1))
      let pair = PairSample(groundKm: 4_000, leo: trip(leoMs, accessMs))
      let claims = ClaimEvidence(
        world: Self.check().world, slots: 1, cities: [city], pairs: [pair]
      ).claims
      return Dictionary(uniqueKeysWithValues: claims.map { ($0.id, $0.verdict) })
    }
    func isConditional(_ verdict: Claim.Verdict?) -> Bool {
      if case .holdsOnlyIf = verdict { true } else { false }
    }
    let quick = evidence(leoMs: 10, accessMs: 2, fiberMs: 100)
    #expect(quick["leo-under-20-ms"] == .holds && quick["fiber-40-percent"] == .holds)
    #expect(quick["orbit-against-ground-by-fiber"] == .holds && quick["lasers-one-way"] == .holds)
    let slowAccess = evidence(leoMs: 10, accessMs: 26, fiberMs: 100)
    #expect(isConditional(slowAccess["leo-under-20-ms"]))
    let near = evidence(leoMs: 10, accessMs: 26, fiberMs: 5)
    #expect(near["fiber-40-percent"] == .doesNotHold)
    #expect(near["orbit-against-ground-by-fiber"] == .doesNotHold)
    let light = evidence(leoMs: 10, accessMs: 26, fiberMs: 30)
    #expect(isConditional(light["fiber-40-percent"]))
    let far = evidence(leoMs: 50, accessMs: 26, fiberMs: 30)
    #expect(far["leo-under-30-ms"] == .doesNotHold && isConditional(far["lasers-one-way"]))
  }

  /// A claim holds in 95 of 100 cases: what access may take is what the 95th percentile of light leaves.
  @Test func roomForAccessIsWhatNineteenInTwentyCasesLeave() throws {
    let cities = (0..<20).map { number in
      let lightMs = number < 17 ? 8.0 : 12
      let trip = RoundTrip(propagationMs: lightMs, expectedMs: lightMs + 20)
      return CitySample(
        city: "\(number)", regionKm: 100, fiber: trip, straightFiber: trip, leo: trip)
    }
    let claim = ClaimEvidence(world: Self.check().world, slots: 1, cities: cities)
      .accessLatency(under: 20)
    guard case .holdsOnlyIf(let condition) = claim.verdict else {
      Issue.record("\(claim.verdict)")
      return
    }
    #expect(condition.contains("less than 4.0 ms each way"))
    // Access is of one place and year, and says so; what the operator gives since stands beside it.
    #expect(condition.contains("2023") && claim.conditions.contains("2023"))
    #expect(claim.figures.contains { $0.name.contains("June 2025") && $0.value == 25.7 })
  }

  @Test func countsInWordsAreThoseOfTheWorld() throws {
    let regions = ["gcp/europe-west1", "aws/eu-west-1", "aws/eu-north-1"].compactMap { name in
      NamedPlace.cloudRegions.first { $0.name == name }
    }
    let cities = NamedPlace.largestCities.filter { $0.name == "London" }
    let world = ClaimWorld(cities: cities, regions: regions, epoch: Self.start)
    #expect(world.satelliteCount == 1_584 && world.nodeCount == 198)
    let claims = ClaimsCheck(world: world, start: Self.start, slots: 1).claims()
    let conditions = Dictionary(uniqueKeysWithValues: claims.map { ($0.id, $0.conditions) })
    #expect(conditions["fiber-40-percent"]?.contains("of 3 cloud regions") == true)
    #expect(conditions["fiber-40-percent-far-region"]?.contains(world.farRegion) == true)
    #expect(
      conditions["orbit-against-ground-by-fiber"]?.contains(
        "198 nodes (one satellite in 8) or of 1,584")
        == true)
    let words = ClaimEvidence(world: world, slots: 1)
    #expect(
      [0, 999, 1_000, 1_584, 1_002_003].map(words.inWords) == [
        "0", "999", "1,000", "1,584", "1,002,003",
      ])
  }

  @Test func distributionsAreRankedAndEmptyOnesAreNotNumbers() {
    let values = Distribution([4, 1, 3, 2])
    #expect(values.median == 2 && values.quantile(0.95) == 4 && values.quantile(0) == 1)
    #expect(values.count(atLeast: 3) == 2 && values.percent(below: 2) == 25)
    #expect(Distribution([]).median.isNaN && Distribution([]).isEmpty)
  }
}
