import Orbits
import Testing

@testable import Network

/// Round trips on satgenpy's exact graphs: its constellations from its rounded TLEs, its ISLs, every
/// length by its ephem calls, shortest ways by scipy (`Benchmarks/network/graph.py` and `hypatia.py`).
///
/// `overLasers` is algorithm_free_one_only_over_isls and algorithm_free_gs_one_sat_many_only_over_isls,
/// `nearestOverLasers` algorithm_paired_many_only_over_isls, `overStations`
/// algorithm_free_one_only_gs_relays.
@Suite struct SatgenpyVectors {
  enum Graph: Sendable { case starlink, kuiper }

  static let stations: [(name: String, latitude: Double, longitude: Double)] = [
    ("Chicago", 41.85003, -87.65005), ("Dalian", 38.913811, 121.602322),
    ("Delhi", 28.66667, 77.21667), ("Karachi", 24.9056, 67.0822),
    ("Kolkata", 22.533455, 88.356045), ("Lagos", 6.45306, 3.39583), ("London", 51.50853, -0.12574),
    ("Manila", 14.6042, 120.9822), ("New-York", 40.717042, -74.003663),
    ("Paris", 48.85341, 2.3488), ("Rio", -22.90278, -43.2075),
    ("Sankt-Peterburg", 59.929858, 30.326228), ("Singapore", 1.28967, 103.85007),
    ("Sao-Paulo", -23.5475, -46.63611),
  ]
  static let pairs = [
    ("New-York", "London"), ("London", "Singapore"), ("Rio", "Sankt-Peterburg"),
    ("Manila", "Dalian"), ("Lagos", "Sao-Paulo"), ("Delhi", "New-York"), ("London", "Paris"),
    ("Chicago", "New-York"), ("Karachi", "Kolkata"),
  ]

  /// Milliseconds, in the order of ``pairs``; `nil` where there is no way.
  static let roundTrips:
    [(graph: Graph, rule: NextHopTable.Rule, second: Double, rttMs: [Double?])] = [
      (
        .starlink, .overLasers, 0,
        [
          42.820062, 80.279816, 127.325726, 38.895528, 59.672421, 105.455771, 7.270931, 10.607855,
          25.225770,
        ]
      ),
      (
        .starlink, .nearestOverLasers, 0,
        [
          87.159494, 121.867289, 145.977379, 282.999829, 156.137211, 125.833188, 98.992174,
          203.896031, 36.662585,
        ]
      ),
      (
        .starlink, .overStations, 0, [nil, nil, nil, nil, nil, nil, 7.270931, 10.607855, 21.812092]
      ),
      (
        .starlink, .overLasers, 1800.125,
        [
          45.790944, 80.464901, 126.098483, 38.765316, 60.054663, 111.848397, 7.298641, 10.547860,
          20.008842,
        ]
      ),
      (
        .starlink, .nearestOverLasers, 1800.125,
        [
          208.400537, 85.811843, 342.944530, 265.867401, 155.165376, 204.907848, 63.812345,
          21.023911, 249.101802,
        ]
      ),
      (
        .starlink, .overStations, 1800.125,
        [nil, nil, nil, nil, nil, nil, 7.298641, 10.547860, 21.615508]
      ),
      (
        .starlink, .overLasers, 4321.5,
        [
          43.817937, 85.649928, 121.426916, 38.790160, 61.417282, 113.466489, 7.469246, 10.984589,
          25.777308,
        ]
      ),
      (
        .starlink, .nearestOverLasers, 4321.5,
        [
          89.992116, 293.476727, 141.023651, 265.627386, 135.883189, 129.074098, 98.806874,
          226.147448, 35.825961,
        ]
      ),
      (
        .starlink, .overStations, 4321.5,
        [nil, nil, nil, nil, nil, nil, 7.469246, 10.984589, 23.925513]
      ),
      (
        .kuiper, .overLasers, 0,
        [
          45.317942, 86.910649, 113.231000, 29.423138, 54.563921, 93.456004, 9.252122, 11.706583,
          20.396551,
        ]
      ),
      (
        .kuiper, .nearestOverLasers, 0,
        [
          98.793987, 163.530461, 127.959313, 54.990466, 105.050626, 124.418768, 28.277064,
          103.304812, 25.971816,
        ]
      ),
      (.kuiper, .overStations, 0, [nil, nil, nil, nil, nil, nil, 9.252122, 11.706583, 25.143808]),
      (
        .kuiper, .overLasers, 1800.125,
        [
          43.933753, 87.042870, 110.716688, 26.998537, 52.390714, 93.630804, 9.077149, 11.892466,
          19.752172,
        ]
      ),
      (
        .kuiper, .nearestOverLasers, 1800.125,
        [
          84.557395, 90.353960, 201.317873, 52.373066, 201.874374, 115.210573, 9.077149, 104.308633,
          46.596744,
        ]
      ),
      (
        .kuiper, .overStations, 1800.125,
        [nil, nil, nil, nil, nil, nil, 9.077149, 11.892466, 24.416046]
      ),
      (
        .kuiper, .overLasers, 4321.5,
        [
          42.834416, 82.193497, 94.923186, 27.379679, 55.505833, 94.056457, 8.872627, 11.975278,
          24.055859,
        ]
      ),
      (
        .kuiper, .nearestOverLasers, 4321.5,
        [
          82.332613, 91.218089, 201.075705, 160.397252, 60.333279, 113.188601, 8.872627, 85.847260,
          24.055859,
        ]
      ),
      (
        .kuiper, .overStations, 4321.5,
        [nil, nil, nil, nil, nil, nil, 8.872627, 11.975278, 24.511064]
      ),
    ]

  static let starlink = topology(
    planes: 72, slots: 22, revPerDay: 15.19, inclinationDeg: 53,
    rangeKm: (940.7 * 940.7 + 550 * 550).squareRoot())
  static let kuiper = topology(
    planes: 34, slots: 34, revPerDay: 14.8, inclinationDeg: 51.9, rangeKm: 1_260)
  static let epoch = UTC(year: 2000, month: 1, day: 1)

  @Test(arguments: roundTrips)
  func withinTwoMicroseconds(
    _ reference: (graph: Graph, rule: NextHopTable.Rule, second: Double, rttMs: [Double?])
  ) throws {
    let topology = reference.graph == .starlink ? Self.starlink : Self.kuiper
    var table = NextHopTable(topology, rule: reference.rule)
    table.move(to: Self.epoch.adding(seconds: reference.second))
    for (pair, expected) in zip(Self.pairs, reference.rttMs) {
      let a = try #require(Self.stations.firstIndex { $0.name == pair.0 })
      let b = try #require(Self.stations.firstIndex { $0.name == pair.1 })
      let rttMs = 2 * Light.milliseconds(km: table.distanceKm(from: a, to: b))
      #expect(rttMs.isFinite == (expected != nil), "\(pair)")
      if let expected { #expect(abs(rttMs - expected) < 0.002, "\(pair)") }
    }
  }

  private static func topology(
    planes: Int, slots: Int, revPerDay: Double, inclinationDeg: Double, rangeKm: Double
  ) -> Topology {
    let walker = WalkerShell(
      name: "s", planes: planes, satellitesPerPlane: slots, orbit: .meanMotionRevPerDay(revPerDay),
      inclinationDeg: inclinationDeg, phasing: .alternating)
    // A TLE carries angles to four decimals.
    let satellites = walker.elementSets(epoch: epoch, firstCatalogNumber: 1).map { set in
      var set = set
      set.raanDeg = (set.raanDeg * 1e4).rounded() / 1e4
      set.meanAnomalyDeg = (set.meanAnomalyDeg * 1e4).rounded() / 1e4
      return set
    }
    return Topology(
      constellations: [
        Constellation(
          name: "s",
          shells: [
            Constellation.Shell(name: "1", satellites: satellites, planes: walker.planeIndices)
          ],
          links: .plusGrid, access: .maxSlantRangeKm(rangeKm))
      ],
      sites: stations.map {
        Site(
          name: $0.name, kind: .groundStation,
          track: .fixed(Geodetic(latitudeDeg: $0.latitude, longitudeDeg: $0.longitude)))
      })
  }
}
