import Foundation
import Orbits
import TestSupport
import Testing

@testable import Network

/// The table against an independent solver, and what must hold of it whatever the constellation.
@Suite struct NextHopTableTests {
  /// How many steps of an orbit are tried; the environment asks for more.
  static let steps =
    ProcessInfo.processInfo.environment["PERIGEE_ORBIT_STEPS"].flatMap { Int($0) } ?? 2

  static func times() -> [UTC] {
    (0..<steps).map { FiledShells.epoch.adding(seconds: 5_760 * Double($0) / Double(steps)) }
  }

  @Test(arguments: FiledShells.all, NextHopTable.Rule.allCases)
  func movingEqualsStartingAnew(_ filed: FiledShells.Filed, _ rule: NextHopTable.Rule) {
    let topology = FiledShells.topology(filed)
    var moved = NextHopTable(topology, rule: rule)
    for time in Self.times() {
      moved.move(to: time)
      var fresh = NextHopTable(topology, rule: rule)
      fresh.move(to: time)
      #expect(moved.isSame(as: fresh))
    }
  }

  @Test(arguments: FiledShells.all, NextHopTable.Rule.allCases)
  func distancesEqualDijkstraAndHopsLeadThere(
    _ filed: FiledShells.Filed, _ rule: NextHopTable.Rule
  ) {
    let topology = FiledShells.topology(filed)
    var table = NextHopTable(topology, rule: rule)
    for time in Self.times() {
      table.move(to: time)
      let oracle = PlainDijkstra(topology, rule: rule, time: time)
      for station in table.stations.indices {
        let expected = oracle.distances(to: station)
        for satellite in topology.satelliteNames.indices {
          let km = table.distanceKm(fromSatellite: satellite, to: station)
          #expect(km == expected[satellite] || abs(km - expected[satellite]) < 1e-6)
          #expect((table.hop(fromSatellite: satellite, to: station) == .none) == !km.isFinite)
        }
        for other in table.stations.indices where other != station {
          let km = table.distanceKm(from: other, to: station)
          let there = expected[topology.satelliteNames.count + other]
          #expect(km == there || abs(km - there) < 1e-6)
          let followed = oracle.lengthKm(from: other, to: station, along: table)
          #expect(followed == km || abs(followed - km) < 1e-6)
        }
      }
    }
  }

  @Test(arguments: FiledShells.all, NextHopTable.Rule.allCases)
  func waysAreSymmetricAndNoShorterThanLight(
    _ filed: FiledShells.Filed, _ rule: NextHopTable.Rule
  ) {
    let topology = FiledShells.topology(filed)
    var table = NextHopTable(topology, rule: rule)
    for time in Self.times() {
      table.move(to: time)
      for a in table.stations.indices {
        #expect(table.distanceKm(from: a, to: a) == 0)
        for b in table.stations.indices where a < b {
          let (there, back) = (table.distanceKm(from: a, to: b), table.distanceKm(from: b, to: a))
          #expect(there == back || abs(there - back) < 1e-8)
          #expect(there >= length(topology.sitePositions[a] - topology.sitePositions[b]))
        }
      }
    }
  }

  @Test(arguments: FiledShells.all, 1...2)
  func losingSatellitesImprovesNoWay(_ filed: FiledShells.Filed, seed: UInt64) {
    var random = Seeded(seed)
    let whole = FiledShells.topology(filed)
    let count = whole.satelliteNames.count
    let lost = Set((0..<count / 20).map { _ in Int.random(in: 0..<count, using: &random) })
    let less = FiledShells.topology(filed, lost: lost)
    // A station paired with its nearest satellite may well gain by losing it.
    for rule in [NextHopTable.Rule.overLasers, .overStations] {
      var (before, after) = (NextHopTable(whole, rule: rule), NextHopTable(less, rule: rule))
      before.move(to: FiledShells.epoch)
      after.move(to: FiledShells.epoch)
      for a in before.stations.indices {
        for b in before.stations.indices {
          #expect(after.distanceKm(from: a, to: b) >= before.distanceKm(from: a, to: b) - 1e-9)
        }
      }
      for satellite in lost {
        #expect(!after.distanceKm(fromSatellite: satellite, to: 0).isFinite)
      }
    }
  }

  @Test func tiesGoToTheFirst() {
    // Two shells of the same satellites: every way exists twice, and the lower number is taken.
    let filed = FiledShells.Filed(
      name: "twice", shells: [FiledShells.all[3].shells[0], FiledShells.all[3].shells[0]],
      maskDeg: 8.2)
    let topology = FiledShells.topology(filed)
    var table = NextHopTable(topology)
    table.move(to: FiledShells.epoch)
    var reached = 0
    for a in table.stations.indices {
      for b in table.stations.indices where a != b {
        guard case .satellite(let first) = table.hop(from: a, to: b) else { continue }
        reached += 1
        #expect(first < 66)
      }
    }
    #expect(reached > 50)
  }

  @Test func aTableOfNothingIsEmpty() {
    let nothing = Topology(constellations: [], sites: FiledShells.stations)
    var table = NextHopTable(nothing)
    table.move(to: FiledShells.epoch)
    #expect(table.stations.isEmpty)
  }
}

extension NextHopTable {
  /// Whether every distance and hop is the same, bit for bit.
  func isSame(as other: NextHopTable) -> Bool {
    stations.indices.allSatisfy { station in
      topology.satelliteNames.indices.allSatisfy {
        distanceKm(fromSatellite: $0, to: station)
          == other.distanceKm(fromSatellite: $0, to: station)
          && hop(fromSatellite: $0, to: station) == other.hop(fromSatellite: $0, to: station)
      }
        && stations.indices.allSatisfy {
          distanceKm(from: $0, to: station) == other.distanceKm(from: $0, to: station)
            && hop(from: $0, to: station) == other.hop(from: $0, to: station)
        }
    }
  }
}

/// Shortest ways the plain way: every link in a list, one destination at a time.
struct PlainDijkstra {
  let satellites: Int
  let stations: Int
  let rule: NextHopTable.Rule
  private var links: [[(node: Int, km: Double)]]

  init(_ topology: Topology, rule: NextHopTable.Rule, time: UTC) {
    satellites = topology.satelliteNames.count
    stations = topology.sites.count
    self.rule = rule
    links = Array(repeating: [], count: satellites + stations)
    let sky = topology.sky(at: time)
    if rule != .overStations {
      for constellation in topology.constellations where constellation.links == .plusGrid {
        var base = 0
        for shell in constellation.shells {
          addGrid(shell, base: base, sky: sky)
          base += shell.satellites.count
        }
      }
    }
    for (number, site) in topology.sites.enumerated() {
      let visibility = Visibility(
        from: site.track.position(at: time), rule: topology.constellations[0].access)
      var seen: [(satellite: Int, km: Double)] = []
      for satellite in 0..<satellites where sky.isUsable[satellite] {
        guard let km = visibility.slantRangeKm(to: sky.positionsKm[satellite]) else { continue }
        seen.append((satellite, km))
      }
      if rule == .nearestOverLasers {
        seen = seen.min { $0.km < $1.km }.map { [$0] } ?? []
      }
      for (satellite, km) in seen { add(satellite, satellites + number, km) }
    }
  }

  private mutating func addGrid(_ shell: Constellation.Shell, base: Int, sky: Sky) {
    let planes = shell.planes
    for p in planes.indices {
      for j in planes[p].indices {
        addLaser(base + planes[p][j], base + planes[p][(j + 1) % planes[p].count], sky)
        if p + 1 < planes.count || shell.planesWrap {
          addLaser(base + planes[p][j], base + planes[(p + 1) % planes.count][j], sky)
        }
      }
    }
  }

  private mutating func addLaser(_ a: Int, _ b: Int, _ sky: Sky) {
    if let km = sky.linkKm(a, b) { add(a, b, km) }
  }

  private mutating func add(_ a: Int, _ b: Int, _ km: Double) {
    links[a].append((b, km))
    links[b].append((a, km))
  }

  /// From every node, satellites first.
  func distances(to station: Int) -> [Double] {
    var km = [Double](repeating: .infinity, count: links.count)
    var heap = DistanceHeap(capacity: links.count)
    km[satellites + station] = 0
    heap.push(0, Int32(satellites + station))
    while let (reached, node) = heap.pop() {
      let at = Int(node)
      guard reached <= km[at] else { continue }
      let isEnd = at >= satellites && at != satellites + station
      if isEnd, rule != .overStations { continue }
      for (other, length) in links[at] where reached + length < km[other] {
        km[other] = reached + length
        heap.push(km[other], Int32(other))
      }
    }
    return km
  }

  /// The length of the way that a table's hops lead; infinite where they lead nowhere or over no link.
  func lengthKm(from start: Int, to end: Int, along table: NextHopTable) -> Double {
    var node = satellites + start
    var total = 0.0
    for _ in 0...links.count {
      if node == satellites + end { return total }
      let hop =
        node < satellites
        ? table.hop(fromSatellite: node, to: end) : table.hop(from: node - satellites, to: end)
      let next: Int
      switch hop {
      case .satellite(let number): next = number
      case .station(let number): next = satellites + number
      case .none: return .infinity
      }
      guard let km = links[node].filter({ $0.node == next }).map(\.km).min() else {
        return .infinity
      }
      total += km
      node = next
    }
    return .infinity
  }
}
