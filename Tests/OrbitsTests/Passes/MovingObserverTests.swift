import Testing

@testable import Orbits

struct MovingObserverTests {
  @Test func anObserverThatRestsSeesWhatItsPlaceSees() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    let place = Geodetic(latitudeDeg: 47.61, longitudeDeg: -122.33, altitudeKm: 0.05)
    let fixed = iss.passes(over: place, from: PassTests.start, to: PassTests.end, maskDeg: 10)
    let resting = try #require(MovingObserver(waypoints: [(PassTests.start, place)]))
    let moving = iss.passes(over: resting, from: PassTests.start, to: PassTests.end, maskDeg: 10)
    #expect(moving.count == fixed.count && !fixed.isEmpty)
    for (a, b) in zip(moving, fixed) {
      #expect(abs(a.aos.seconds(since: b.aos)) < 2e-3)
      #expect(abs(a.los.seconds(since: b.los)) < 2e-3)
      #expect(abs(a.maxElevationDeg - b.maxElevationDeg) < 1e-4)
    }
  }

  @Test func waypointsFollowTheGreatCircle() throws {
    let noon = PassTests.start.adding(seconds: 3_600)
    let observer = try #require(
      MovingObserver(waypoints: [
        (PassTests.start, Geodetic(latitudeDeg: 0, longitudeDeg: 170)),
        (noon, Geodetic(latitudeDeg: 0, longitudeDeg: -170, altitudeKm: 10)),
      ]))
    let middle = observer.place(PassTests.start.adding(seconds: 1_800))
    #expect(abs(abs(middle.longitudeDeg) - 180) < 1e-9 && abs(middle.latitudeDeg) < 1e-9)
    #expect(abs(middle.altitudeKm - 5) < 1e-9)
    #expect(observer.place(PassTests.start.adding(seconds: -9)).longitudeDeg == 170)
    #expect(observer.place(noon.adding(seconds: 9)).longitudeDeg == -170)
    #expect(MovingObserver(waypoints: []) == nil)
    let place = Geodetic(latitudeDeg: 0, longitudeDeg: 0)
    #expect(MovingObserver(waypoints: [(noon, place), (noon, place)]) == nil)
  }

  /// An aircraft at 250 m/s against a scan of every second.
  @Test func anAircraftsPassesAreThoseOfADenseScan() throws {
    let iss = try #require(try PassTests.satellites()[25_544])
    let end = PassTests.start.adding(seconds: 40_000)
    let flight = try #require(
      MovingObserver(waypoints: [
        (PassTests.start, Geodetic(latitudeDeg: 47, longitudeDeg: -122, altitudeKm: 11)),
        (end, Geodetic(latitudeDeg: 50, longitudeDeg: 0, altitudeKm: 11)),
      ]))
    let passes = iss.passes(over: flight, from: PassTests.start, to: end, maskDeg: 3)
    #expect(!passes.isEmpty)
    for second in stride(from: 0.0, through: 40_000, by: 2) {
      let time = PassTests.start.adding(seconds: second)
      let itrf = try iss.state(at: time).itrf(at: time)
      let elevation = Observer(flight.place(time)).elevationDeg(of: itrf.positionKm)
      let isInPass = passes.contains { $0.aos <= time && time <= $0.los }
      if abs(elevation - 3) > 1e-3, (elevation > 3) != isInPass {
        Issue.record("at \(second) s the elevation is \(elevation)")
      }
    }
  }
}
