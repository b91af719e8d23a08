import Testing

@testable import Orbits

struct PassLightTests {
  @Test func flagsAgreeWithASampleOfEachPass() throws {
    let place = Geodetic(latitudeDeg: 47.61, longitudeDeg: -122.33, altitudeKm: 0.05)
    let observer = Observer(place)
    var kinds: Set<[Bool]> = []
    for number in [25_544, 100_001, 38_745, 60_133] {
      let satellite = try #require(try PassTests.satellites()[number])
      let passes = satellite.passes(
        over: place, from: PassTests.start, to: PassTests.end, maskDeg: 5, light: true)
      for pass in passes {
        let light = try #require(pass.light)
        kinds.insert([light.isSunlit, light.isVisible])
        for share in stride(from: 0.005, through: 1, by: 0.05) {
          let time = pass.aos.adding(seconds: share * pass.durationSeconds)
          let state = try satellite.state(at: time)
          let sun = Sun.temePositionKm(at: time)
          let clear = ShadowGeometry(satelliteKm: state.positionKm, sunKm: sun).clearOfCentre
          let height = observer.sunElevationDeg(at: time)
          let sunlit = light.sunlit.contains { $0.contains(time) }
          if abs(clear) > 1e-5 { #expect(sunlit == (clear > 0)) }
          if abs(clear) > 1e-5, abs(height + 6) > 1e-4 {
            let visible = light.visible.contains { $0.contains(time) }
            #expect(visible == (clear > 0 && height < -6))
          }
        }
      }
    }
    // In shadow; lit by day; seen by night.
    #expect(kinds.isSuperset(of: [[true, false], [true, true]]))
  }

  @Test func theFinderGivesTheSameLight() throws {
    let sets = ElementSet.parse(try Fixture.text("passes.omm.csv")).elements
    let places = Array(PassFinderTests.places.prefix(2))
    let end = PassTests.start.adding(seconds: 43_200)
    let found = PassFinder(over: places, from: PassTests.start, to: end, maskDeg: 10, light: true)
      .passes(of: sets)
    for one in found {
      let light = try #require(one.pass.light)
      #expect(light.sunlit.allSatisfy { $0.lowerBound >= one.pass.aos })
      #expect(light.sunlit.allSatisfy { $0.upperBound <= one.pass.los })
      for span in light.visible {
        #expect(
          light.sunlit.contains {
            $0.lowerBound <= span.lowerBound && span.upperBound <= $0.upperBound
          })
      }
    }
    #expect(found.contains { $0.pass.light?.isSunlit == true })
  }
}
