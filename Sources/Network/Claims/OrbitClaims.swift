extension ClaimEvidence {
  /// "A node in orbit answers sooner than one on the ground", for users who are on satellites anyway.
  var orbitAgainstGateway: Claim {
    orbit(
      id: "orbit-against-ground-by-satellite",
      sentence:
        "For users on a satellite link, a node in orbit answers sooner than one on the ground.",
      ground: "a gateway at the nearest cloud region, by the same satellites", of: { $0.leo })
  }

  /// The same for users who have fiber.
  var orbitAgainstFiber: Claim {
    orbit(
      id: "orbit-against-ground-by-fiber",
      sentence: "For users with fiber, a node in orbit answers sooner than one on the ground.",
      ground:
        "the nearest cloud region over fiber \(oneDecimal(ClaimWorld.fiberStretch)) times as long as the great circle",
      of: { $0.fiber })
  }

  private func orbit(
    id: String, sentence: String, ground: String, of way: (CitySample) -> RoundTrip?
  ) -> Claim {
    let both = cities.compactMap {
      sample -> (orbit: RoundTrip, everywhere: RoundTrip, ground: RoundTrip)? in
      guard let orbit = sample.orbit, let everywhere = sample.orbitEverywhere,
        let ground = way(sample)
      else { return nil }
      return (orbit, everywhere, ground)
    }
    func share(_ holds: ((orbit: RoundTrip, everywhere: RoundTrip, ground: RoundTrip)) -> Bool)
      -> Double
    {
      100 * Double(both.count(where: holds)) / Double(max(1, both.count))
    }
    let some = share { $0.orbit.expectedMs < $0.ground.expectedMs }
    let all = share { $0.everywhere.expectedMs < $0.ground.expectedMs }
    let (nodes, satellites) = (inWords(world.nodeCount), inWords(world.satelliteCount))
    let verdict: Claim.Verdict =
      if some >= 95 {
        .holds
      } else if all >= 95 {
        .holdsOnlyIf(
          "every satellite is a node: with \(nodes) of \(satellites) it is so for \(Int(some.rounded())) %"
        )
      } else if max(some, all) >= 5 {
        .holdsOnlyIf(
          "the region is far: it is so for \(Int(some.rounded())) % of cities and slots with \(nodes) nodes, for "
            + "\(Int(all.rounded())) % with a node in every satellite")
      } else {
        .doesNotHold
      }
    return Claim(
      id: id, sentence: sentence,
      conditions: """
        round trip with typical access from each city to the nearest of \(nodes) nodes (one satellite in \
        \(world.satelliteCount / world.nodeCount)) or of \(satellites) \
        (every satellite), against \(ground); \(both.count) cities and slots; the time to compute is left out
        """,
      figures: [
        Claim.Figure(
          "median from orbit, \(nodes) nodes", Distribution(both.map(\.orbit.expectedMs)).median,
          "ms"),
        Claim.Figure(
          "median from orbit, \(satellites) nodes",
          Distribution(both.map(\.everywhere.expectedMs)).median,
          "ms"),
        Claim.Figure(
          "median from the ground", Distribution(both.map(\.ground.expectedMs)).median, "ms"),
        Claim.Figure("orbit sooner, \(nodes) nodes", some, "%"),
        Claim.Figure("orbit sooner, \(satellites) nodes", all, "%"),
      ],
      verdict: verdict)
  }
}
