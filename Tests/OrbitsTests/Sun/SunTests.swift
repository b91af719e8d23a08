import Testing

@testable import Orbits

struct SunTests {
  @Test func placeAgreesWithAstropy() throws {
    let rows = try Fixture.rows("sun.csv")
    #expect(rows.count == 50)
    for row in rows {
      let time = try #require(UTC(row["utc"]))
      let expected = row.vector("x_km", "y_km", "z_km")
      let sun = Sun.temePositionKm(at: time)
      let cosine = dot(sun, expected) / (length(sun) * length(expected))
      #expect(SinCos(0.005 * .pi / 180).cos <= cosine)
      #expect(abs(length(sun) / length(expected) - 1) < 3e-5)
    }
  }

  @Test func elevationAgreesWithAstropy() throws {
    for row in try Fixture.rows("sun-elevation.csv") {
      let observer = Observer(
        Geodetic(latitudeDeg: row.number("lat_deg"), longitudeDeg: row.number("lon_deg")))
      let elevation = observer.sunElevationDeg(at: try #require(UTC(row["utc"])))
      // 0.0024 degrees are parallax, which is part of both.
      #expect(abs(elevation - row.number("sun_elevation_deg")) < 0.006)
    }
  }
}

struct EclipseTests {
  /// One second of the reference's grid and the sun's 0.005 degrees.
  @Test func eclipsesAgreeWithADenseScan() throws {
    let rows = Dictionary(
      grouping: try Fixture.rows("eclipses.csv"),
      by: { [$0["catalog_number"], $0["kind"]] })
    let end = PassTests.start.adding(seconds: 86_400)
    for (number, satellite) in try PassTests.satellites() {
      let found = satellite.eclipses(from: PassTests.start, to: end)
      for (kind, spans) in [
        ("penumbra", found.map(\.penumbra)), ("umbra", found.compactMap(\.umbra)),
      ] {
        let expected = rows[["\(number)", kind]] ?? []
        // A grazing eclipse moves more than a second with the sun's hundredth of a degree.
        let slack = number == 38_745 ? 12.0 : 2.0
        try #require(spans.count == expected.count, "\(number) \(kind)")
        for (span, row) in zip(spans, expected) {
          let from = span.lowerBound.seconds(since: PassTests.start)
          let to = span.upperBound.seconds(since: PassTests.start)
          #expect(abs(from - row.number("start_s")) < slack, "\(number) \(kind)")
          #expect(abs(to - row.number("end_s")) < slack, "\(number) \(kind)")
        }
      }
    }
  }

  @Test func umbraLiesInsidePenumbraAndShadowAgrees() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    for eclipse in iss.eclipses(from: PassTests.start, to: PassTests.end) {
      guard let umbra = eclipse.umbra else { continue }
      #expect(eclipse.penumbra.lowerBound <= umbra.lowerBound)
      #expect(umbra.upperBound <= eclipse.penumbra.upperBound)
      guard !eclipse.startsBeforeWindow, !eclipse.endsAfterWindow else { continue }
      func shadow(_ time: UTC) throws -> Shadow { try iss.state(at: time).shadow(at: time) }
      #expect(try shadow(umbra.lowerBound.adding(seconds: 0.002)) == .umbra)
      #expect(try shadow(umbra.lowerBound.adding(seconds: -0.002)) == .penumbra)
      #expect(try shadow(eclipse.penumbra.upperBound.adding(seconds: -0.002)) == .penumbra)
      #expect(try shadow(eclipse.penumbra.upperBound.adding(seconds: 0.002)) == .none)
    }
  }

  @Test func aWindowsEdgeCutsAnEclipse() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    let whole = try #require(
      iss.eclipses(from: PassTests.start, to: PassTests.end).first { !$0.startsBeforeWindow })
    let inside = whole.penumbra.lowerBound.adding(seconds: 60)
    let cut = iss.eclipses(from: inside, to: inside.adding(seconds: 120))
    #expect(cut.count == 1)
    #expect(cut.first?.startsBeforeWindow == true && cut.first?.endsAfterWindow == true)
    #expect(cut.first?.penumbra == inside...inside.adding(seconds: 120))
    #expect(iss.eclipses(from: inside, to: inside).isEmpty)
  }

  /// Windows that begin or end anywhere find the same grazing eclipses, cut at their edges.
  @Test func noWindowLosesAnEclipseAtItsEdge() throws {
    let satellite = try #require(try PassTests.satellites()[38_745])
    let end = PassTests.start.adding(seconds: 86_400)
    let whole = satellite.eclipses(from: PassTests.start, to: end)
    #expect(whole.count == 5)
    for eclipse in whole {
      let (first, last) = (eclipse.penumbra.lowerBound, eclipse.penumbra.upperBound)
      for margin in stride(from: 1.0, to: 400, by: 13) {
        for window in [
          first.adding(seconds: -margin)...last.adding(seconds: 3_000),
          first.adding(seconds: -3_000)...last.adding(seconds: margin),
        ] {
          let found = satellite.eclipses(from: window.lowerBound, to: window.upperBound)
          try #require(found.count == 1)
          #expect(abs(found[0].penumbra.lowerBound.seconds(since: first)) < 2e-3)
          #expect(abs(found[0].penumbra.upperBound.seconds(since: last)) < 2e-3)
        }
      }
    }
  }

  @Test func illuminationFollowsTheBetaAngle() throws {
    // A circular orbit at 500 km: no eclipse where the sun stands more than asin(R / r) = 68 degrees
    // off its plane, about 37 % of the revolution in the sun's own plane.
    for raan in stride(from: 0.0, to: 360, by: 15) {
      let satellite = try Satellite(
        ElementSet(
          name: "r", catalogNumber: 1, epoch: PassTests.start, meanMotionRevPerDay: 15.22,
          eccentricity: 0.0001, inclinationDeg: 97.4, raanDeg: raan, argumentOfPerigeeDeg: 0,
          meanAnomalyDeg: 0, bstar: 0))
      let beta = abs(try satellite.betaAngleDeg(at: PassTests.start))
      let light = try #require(satellite.illumination(from: PassTests.start))
      let radius = 6_378.0 / 6_874
      let dark = 1 - light.sunlitFraction
      let cosine = (1 - radius * radius).squareRoot() / SinCos(beta * .pi / 180).cos
      let expected = cosine < 1 ? ArcCosine.of(cosine) / .pi : 0
      // Where the shadow is only grazed, its length changes without bound.
      #expect(abs(dark - expected) < (cosine > 0.95 ? 0.05 : 0.012), "beta \(beta)")
      let sum = light.sunlitSeconds + light.penumbraSeconds + light.umbraSeconds
      #expect(abs(sum - light.periodSeconds) < 1e-6)
    }
  }

  @Test func aDecayedSatelliteHasNoIlluminationAndNoEndlessSearch() throws {
    let set = try #require(try BatchTests.sample().first { $0.name == "STARLINK-1623" })
    let satellite = try Satellite(set)
    let late = set.epoch.adding(seconds: 86_400 * 300)
    #expect(satellite.illumination(from: late) == nil)
    #expect(satellite.eclipses(from: late, to: late.adding(seconds: 86_400)).isEmpty)
  }
}

/// The arc cosine by bisection: the tests import no mathematics library.
private enum ArcCosine {
  static func of(_ cosine: Double) -> Double {
    var (low, high) = (0.0, Double.pi)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if SinCos(middle).cos > cosine { low = middle } else { high = middle }
    }
    return low
  }
}
