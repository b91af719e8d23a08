import TestSupport
import Testing

@testable import Orbits

/// Faults of passes, look angles and frames that users of other libraries reported, one test each.
struct ReportedPassFaultTests {
  static let seattle = Geodetic(latitudeDeg: 47.61, longitudeDeg: -122.33, altitudeKm: 0.05)

  /// skyfield #996, #1017: passes of highly eccentric orbits are missing.
  @Test func highlyEccentricOrbitsHaveAllTheirPasses() throws {
    let satellites = try PassTests.satellites()
    // MMS 1 with an eccentricity of 0.83 and Meridian 7 with 0.7.
    for satellite in satellites.values where satellite.elements.eccentricity > 0.5 {
      let passes = satellite.passes(
        over: Self.seattle, from: PassTests.start, to: PassTests.end, maskDeg: 10)
      let observer = Observer(Self.seattle)
      for second in stride(from: 0.0, through: 172_800, by: 30) {
        let time = PassTests.start.adding(seconds: second)
        let elevation = observer.elevationDeg(
          of: try satellite.state(at: time).itrf(at: time).positionKm)
        let isInPass = passes.contains { $0.aos <= time && time <= $0.los }
        if abs(elevation - 10) > 1e-3 { #expect((elevation > 10) == isInPass) }
      }
    }
  }

  /// skyfield #1000: masks over 45 degrees lose passes. Every pass at a low mask that culminates higher
  /// is a pass at the high mask too.
  @Test func highMasksKeepEveryPassThatCulminatesHigher() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    let end = PassTests.start.adding(seconds: 86_400 * 10)
    let low = iss.passes(over: Self.seattle, from: PassTests.start, to: end, maskDeg: 0)
    for mask in [46.0, 60, 75, 85] {
      let high = iss.passes(over: Self.seattle, from: PassTests.start, to: end, maskDeg: mask)
      let expected = low.filter { $0.maxElevationDeg > mask }
      #expect(high.count == expected.count)
      for (a, b) in zip(high, expected) {
        #expect(abs(a.culmination.seconds(since: b.culmination)) < 0.01)
      }
    }
  }

  /// skyfield #856, #550: a pass cut by the window vanishes or has no rise.
  @Test func aPassCutByTheWindowIsThereAndSaysSo() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    let whole = try #require(
      iss.passes(over: Self.seattle, from: PassTests.start, to: PassTests.end, maskDeg: 10)
        .first { !$0.startsBeforeWindow })
    let middle = whole.aos.adding(seconds: whole.durationSeconds / 2)
    let late = iss.passes(over: Self.seattle, from: middle, to: PassTests.end, maskDeg: 10)
    #expect(late.first?.startsBeforeWindow == true && late.first?.aos == middle)
    let early = iss.passes(over: Self.seattle, from: PassTests.start, to: middle, maskDeg: 10)
    #expect(early.last?.endsAfterWindow == true && early.last?.los == middle)
  }

  /// skyfield #559: rise, culmination and set out of order. pyorbital #22: overlapping passes.
  @Test func risesCulminationsAndSetsAlternate() throws {
    for satellite in try PassTests.satellites().values {
      for mask in [0.0, 30] {
        let passes = satellite.passes(
          over: Self.seattle, from: PassTests.start, to: PassTests.end, maskDeg: mask)
        for pass in passes { #expect(pass.aos <= pass.culmination && pass.culmination <= pass.los) }
        for (a, b) in zip(passes, passes.dropFirst()) { #expect(a.los < b.aos) }
      }
    }
  }

  /// libpredict #18, orbit-predictor #104: satellites that never rise or never set loop or fail.
  @Test func neverRisingAndNeverSettingSatellitesAreOrdinary() throws {
    let goes = try #require(try PassTests.satellites()[60_133])
    let up = goes.passes(over: Self.seattle, from: PassTests.start, to: PassTests.end, maskDeg: 5)
    #expect(up.count == 1 && up[0].isUpThroughout)
    #expect(up[0].durationSeconds == PassTests.end.seconds(since: PassTests.start))
    // An equatorial orbit as low as this one never shows at the pole.
    let equatorial = try Satellite(
      ElementSet(
        name: "e", catalogNumber: 1, epoch: PassTests.start, meanMotionRevPerDay: 15,
        eccentricity: 0.001, inclinationDeg: 0.1, raanDeg: 0, argumentOfPerigeeDeg: 0,
        meanAnomalyDeg: 0, bstar: 0))
    for latitude in [90.0, -90] {
      let pole = Geodetic(latitudeDeg: latitude, longitudeDeg: 0)
      #expect(equatorial.passes(over: pole, from: PassTests.start, to: PassTests.end).isEmpty)
    }
  }

  /// satellite.js #41, go-satellite #4, #9, #13, pyorbital #87: degrees, kilometres, signs.
  @Test func lookAnglesAreDegreesAndKilometresWithTheRightSigns() throws {
    let observer = Observer(Geodetic(latitudeDeg: 45, longitudeDeg: 10))
    // A satellite to the north-east at the same height as the zenith's 500 km shell, approaching.
    let there = Geodetic(latitudeDeg: 47, longitudeDeg: 13, altitudeKm: 500).itrfKm
    let line = there - observer.positionKm
    let look = observer.lookAngles(
      to: ITRFState(positionKm: there, velocityKmS: -7 / length(line) * line))
    #expect(look.azimuthDeg > 30 && look.azimuthDeg < 60)
    #expect(look.elevationDeg > 45 && look.elevationDeg < 70)
    #expect(look.rangeKm > 500 && look.rangeKm < 700)
    #expect(abs(look.rangeRateKmS + 7) < 1e-9)
  }

  /// one_Sgp4 #15, arftracksat #9: no number at the zenith.
  @Test func theZenithIsNotNaN() {
    var rng = Seeded(6)
    for _ in 0..<500 {
      let place = Geodetic(
        latitudeDeg: .random(in: -90...90, using: &rng),
        longitudeDeg: .random(in: -180...180, using: &rng))
      let observer = Observer(place)
      let look = observer.lookAngles(
        to: ITRFState(
          positionKm: observer.positionKm + 550 * observer.up, velocityKmS: observer.up))
      #expect(abs(look.elevationDeg - 90) < 1e-6)
      #expect(look.azimuthDeg >= 0 && look.azimuthDeg < 360 && look.rangeRateKmS.isFinite)
    }
  }

  /// python-sgp4 #3, SGP.NET #26, skyfield #438: TEME taken for an earth-fixed or inertial frame. The
  /// types keep the frames apart; the turn between them is the sidereal angle, which is not small.
  @Test func temeIsNotEarthFixedAndTheTypesSaySo() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    let teme = try iss.state(at: PassTests.start)
    let itrf: ITRFState = teme.itrf(at: PassTests.start)
    let angle = EarthRotation.gmst82Rad(at: PassTests.start)
    let turn = SinCos(angle)
    let expected = Vector3(
      turn.cos * teme.positionKm.x + turn.sin * teme.positionKm.y,
      turn.cos * teme.positionKm.y - turn.sin * teme.positionKm.x, teme.positionKm.z)
    #expect(length(itrf.positionKm - expected) < 1e-9)
    #expect(length(itrf.positionKm - teme.positionKm) > 100)
  }

  /// skyfield #188, #367, #595, python-sgp4 #111: many satellites over many places at once.
  @Test func manySatellitesOverManyPlacesShareTheirPropagation() {
    let sets = PassFinderTests.lowOrbits(200, seed: 77)
    let places = (0..<20).map {
      Geodetic(latitudeDeg: Double($0) * 9 - 85, longitudeDeg: Double($0) * 17)
    }
    let found = PassFinder(
      over: places, from: PassTests.start, to: PassTests.start.adding(seconds: 21_600), maskDeg: 25
    ).passes(of: sets)
    #expect(found.count > 1_000)
    #expect(
      zip(found, found.dropFirst()).allSatisfy {
        ($0.satellite, $0.place) <= ($1.satellite, $1.place)
      })
  }
}
