extension ClaimEvidence {
  /// The way across a continent: New York to Los Angeles along the surface, kilometres.
  static let continentKm = 3_937.0
  /// The budget of the claims, milliseconds.
  static let laserLimitMs = 20.0

  /// "Laser links reach across a continent in under 20 ms", which is said of one way and heard as a round trip.
  var lasers: [Claim] {
    [
      lasers(
        id: "lasers-one-way", trips: 1,
        sentence: "Laser links carry data across a continent in under 20 ms, one way."),
      lasers(
        id: "lasers-round-trip", trips: 2,
        sentence: "Laser links give under 20 ms of latency (round trip) across a continent."),
    ]
  }

  private func lasers(id: String, trips: Double, sentence: String) -> Claim {
    let ideal = IdealPath(
      altitudeKm: ClaimWorld.altitudeKm, minElevationDeg: ClaimWorld.minElevationDeg)
    let idealKm = ideal.reachKm(withinMs: Self.laserLimitMs / trips)
    let vacuumKm = Light.kmPerMs * Self.laserLimitMs / trips
    let access = AccessModel.typical(of: .leo(constellation: "leo"))
    let withAccessKm = ideal.reachKm(
      withinMs: Self.laserLimitMs / trips - access.delayMs - access.jitterMs)
    func holds(_ pair: PairSample) -> Bool {
      pair.leo.propagationMs * trips / 2 < Self.laserLimitMs
    }
    let failing = Distribution(pairs.filter { !holds($0) }.map(\.groundKm))
    let holding = Distribution(pairs.filter(holds).map(\.groundKm))
    let across = pairs.filter { $0.groundKm >= Self.continentKm }
    let verdict: Claim.Verdict =
      if !across.isEmpty, across.allSatisfy(holds) {
        .holds
      } else if idealKm >= Self.continentKm {
        .holdsOnlyIf(
          "propagation alone is counted, and no farther than \(Int(idealKm.rounded())) km on an ideal path"
            + (holding.isEmpty
              ? ""
              : " (\(Int(holding.largest.rounded())) km over this shell's lasers, and not always)"))
      } else {
        .doesNotHold
      }
    return Claim(
      id: id, sentence: sentence,
      conditions: """
        propagation alone between terminals in cities over the +Grid lasers of \
        \(inWords(world.satelliteCount)) satellites at \(inWords(Int(ClaimWorld.altitudeKm))) km, \
        \(pairs.count) pairs and slots; ideal path: a free arc at that height, lowest elevation \(inWords(Int(ClaimWorld.minElevationDeg))) degrees; across a \
        continent: New York to Los Angeles, \(Int(Self.continentKm)) km
        """,
      figures: [
        Claim.Figure("ideal path holds to", idealKm, "km"),
        Claim.Figure("vacuum itself holds to", vacuumKm, "km"),
        Claim.Figure("first pair that fails over this shell", failing.sorted.first ?? .nan, "km"),
        Claim.Figure("farthest pair that holds over this shell", holding.largest, "km"),
        Claim.Figure("ideal path with typical access holds to", withAccessKm, "km"),
      ],
      verdict: verdict)
  }
}
