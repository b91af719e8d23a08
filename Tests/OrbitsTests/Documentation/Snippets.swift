import Orbits

/// The articles' Swift as one program; `SnippetTests` compares it with what they show. Returns how
/// many lines it would have printed.
func snippets(text: String, finals: String) async throws -> Int {
  var printed = 0
  func print(_ items: Any...) { printed += items.isEmpty ? 0 : 1 }

  // GettingStarted
  let parsed = ElementSet.parse(text)
  for problem in parsed.problems { print(problem) }
  let iss = try Satellite(parsed.elements[0])
  let time = UTC(year: 2026, month: 5, day: 31, hour: 1, minute: 16)
  let teme = try iss.state(at: time)
  let itrf = EarthRotation(at: time).itrf(teme)
  let below = Geodetic(itrfKm: itrf.positionKm)
  print(below.latitudeDeg, below.longitudeDeg, below.altitudeKm)
  let seattle = Geodetic(latitudeDeg: 47.61, longitudeDeg: -122.33, altitudeKm: 0.05)
  let look = Observer(seattle).lookAngles(to: itrf)
  print(look.azimuthDeg, look.elevationDeg, look.rangeKm, look.rangeRateKmS)
  let evening = UTC(year: 2026, month: 5, day: 31)
  let passes = iss.passes(
    over: seattle, from: evening, to: evening.adding(seconds: 86_400), maskDeg: 10, light: true)
  for pass in passes {
    print(pass.aos, pass.maxElevationDeg, pass.los, pass.light?.isVisible ?? false)
  }
  let ship = MovingObserver(waypoints: [
    (evening, Geodetic(latitudeDeg: 47.6, longitudeDeg: -122.4)),
    (evening.adding(seconds: 86_400), Geodetic(latitudeDeg: 50.2, longitudeDeg: -130.0)),
  ])
  if let ship {
    print(iss.passes(over: ship, from: evening, to: evening.adding(seconds: 86_400)).count)
  }
  let finder = PassFinder(
    over: [seattle, Geodetic(latitudeDeg: 78.23, longitudeDeg: 15.39)], from: evening,
    to: evening.adding(seconds: 86_400), maskDeg: 25)
  for found in finder.passes(of: parsed.elements) {
    print(parsed.elements[found.satellite].name, found.place, found.pass.aos)
  }
  for eclipse in iss.eclipses(from: evening, to: evening.adding(seconds: 6_000)) {
    print(eclipse.penumbra, eclipse.umbra as Any)
  }
  if let light = iss.illumination(from: evening) { print(light.sunlitFraction) }
  print(try iss.betaAngleDeg(at: evening))
  // Accuracy
  let table = try EarthOrientationTable(name: "finals2000A.all", text: finals)
  let rotation = EarthRotation(at: time, table: table)
  let (orientation, basis) = table.orientation(at: time)
  print(table, "is", table.ageDays(at: time), "days old;", basis, orientation.ut1MinusUTCSeconds)
  print(rotation.itrf(try iss.state(at: time)).positionKm)
  let tt = TT(time)
  let ut1 = UT1(time, orientation: orientation)
  print(LeapSeconds.taiMinusUTCSeconds(at: time), tt.centuriesSinceJ2000, ut1.julianDate)
  // Performance
  let batch = SatelliteBatch(parsed.elements)
  var states = StateBuffer(count: batch.count)
  for minute in 0..<3 {
    let instant = time.adding(seconds: Double(minute) * 60)
    let rotation = EarthRotation(at: instant)
    batch.propagate(to: instant, into: &states)
    for index in 0..<batch.count {
      guard let state = states[index] else { continue }
      print(rotation.itrf(state).positionKm)
    }
  }
  let found = await finder.passes(of: parsed.elements, threads: 2)
  print(found.count)
  // end
  return printed
}
