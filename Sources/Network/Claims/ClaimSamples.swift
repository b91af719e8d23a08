import Orbits

/// A round trip, milliseconds.
struct RoundTrip: Sendable, Equatable {
  /// Light and glass alone.
  var propagationMs: Double
  /// With access, processing and mean jitter both ways, as the forecast expects it.
  var expectedMs: Double

  init(propagationMs: Double, expectedMs: Double) {
    self.propagationMs = propagationMs
    self.expectedMs = expectedMs
  }

  init(_ figures: PreparedRoutes.Figures, jitterMs: Double) {
    propagationMs = 2 * figures.propagationStartMs
    expectedMs = propagationMs + 2 * (figures.processingMs + jitterMs)
  }

  /// Whichever is expected sooner.
  func sooner(_ other: RoundTrip?) -> RoundTrip {
    guard let other, other.expectedMs < expectedMs else { return self }
    return other
  }
}

/// What the forecast says for one city in one slot. Ways by satellite are `nil` where there is none.
struct CitySample: Sendable, Equatable {
  var city: String
  var regionKm: Double
  var fiber: RoundTrip
  var straightFiber: RoundTrip
  var leo: RoundTrip?
  var orbit: RoundTrip?
  var orbitEverywhere: RoundTrip?
  var farLeo: RoundTrip?
  var farFiber: RoundTrip?
}

/// What the forecast says for two cities over lasers in one slot.
struct PairSample: Sendable, Equatable {
  var groundKm: Double
  var leo: RoundTrip
}

extension ClaimWorld {
  /// Each city's ways during a slot; `done` is called after each city.
  func cities(in state: NetworkState, done: () -> Void) -> [CitySample] {
    let regions = Set(cities.map(\.region)).union([farRegion])
    let ways = prepared(state, to: regions.sorted() + [Self.zone, Self.everywhere])
    return cities.indices.compactMap { city in
      defer { done() }
      let (name, region) = (cities[city].name, cities[city].region)
      guard let fiber = trip(city, .fiber, to: region, ways),
        let straight = trip(city, .straightFiber, to: region, ways)
      else { return nil }
      return CitySample(
        city: name, regionKm: cities[city].regionKm, fiber: fiber, straightFiber: straight,
        leo: trip(city, .leo, to: region, ways), orbit: trip(city, .leo, to: Self.zone, ways),
        orbitEverywhere: trip(city, .leo, to: Self.everywhere, ways),
        farLeo: trip(city, .leo, to: farRegion, ways),
        farFiber: trip(city, .farFiber, to: farRegion, ways))
    }
  }

  /// Every `stride`-th pair of cities during a slot.
  func pairs(in state: NetworkState, stride: Int) -> [PairSample] {
    let ways = prepared(state, to: cities.map(\.name))
    var samples: [PairSample] = []
    for a in cities.indices {
      for b in cities.indices.dropFirst(a + 1) where (a + b) % stride == 0 {
        guard let leo = trip(a, .leo, to: cities[b].name, ways) else { continue }
        let groundKm = GreatCircle.distanceKm(cities[a].place, cities[b].place)
        samples.append(PairSample(groundKm: groundKm, leo: leo))
      }
    }
    return samples
  }

  private func prepared(_ state: NetworkState, to destinations: [String]) -> PreparedRoutes {
    PreparedRoutes(state, from: cities.map(\.name), to: destinations)
  }

  /// The round trip of a city, which is the site of the same number.
  private func trip(_ city: Int, _ way: Way, to destination: String, _ ways: PreparedRoutes)
    -> RoundTrip?
  {
    let uplinks = topology.sites[city].uplinks
    guard let uplink = uplinks.firstIndex(where: { $0.name == way.rawValue }),
      let place = ways.index(of: destination),
      let figures = ways.figures(from: city, over: uplink, to: place)
    else { return nil }
    return RoundTrip(figures, jitterMs: uplinks[uplink].access.jitterMs)
  }
}
