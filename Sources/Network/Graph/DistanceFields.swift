import Orbits

/// The shortest ways to some destinations, from every satellite and every ground site.
///
/// A way never bounces off the ground: from a satellite it goes over inter-satellite links, down one
/// feeder link and on by fiber; from the ground it goes by fiber and, to reach a host in orbit, up one
/// feeder link and on by inter-satellite links. Distances are kilometres of vacuum that take light as
/// long. Eight destinations share one sweep (``LaneSweep``).
struct DistanceFields: Sendable {
  /// What comes after a node on the way to the destination.
  enum Next: Sendable, Equatable {
    case destination
    case satellite(Int)
    case site(Int)
    case unreachable
  }

  /// A way in to a destination: a node and what is left from there.
  enum Entry: Sendable {
    case satellite(Int, km: Double, next: Next)
    case site(Int)
  }

  private let topology: Topology
  /// By block of eight fields, then by row.
  private var satelliteKm: [Lanes]
  private var satelliteHops: [SIMD8<Int32>]
  /// By field.
  private var ground: [GroundField]

  /// A satellite's hop that is no satellite: the number of satellites plus a site's, or this.
  private static let isDestination: Int32 = -2

  /// A satellite that begins with a known distance to a field's destination.
  private struct Seed {
    var satellite: Int
    var km: Double
    var hop: Int32
  }

  /// Works out one field for each list of entries.
  init(
    _ topology: Topology, sky: Sky, lengths: GridLengths, feeders: StationLinks,
    entries: [[Entry]]
  ) {
    self.topology = topology
    let rows = topology.grid.count
    let blocks = (entries.count + Lanes.scalarCount - 1) / Lanes.scalarCount
    satelliteKm = [Lanes](repeating: Lanes(repeating: .infinity), count: blocks * rows)
    satelliteHops = [SIMD8<Int32>](repeating: SIMD8(repeating: -1), count: blocks * rows)
    ground = entries.map { GroundField(topology, entries: $0) }
    for block in 0..<blocks {
      let first = block * Lanes.scalarCount
      let fields = first..<min(first + Lanes.scalarCount, entries.count)
      let seeds = fields.map { field in
        self.seeds(entries[field], ground: ground[field], feeders: feeders).filter {
          sky.isUsable[$0.satellite]
        }
      }
      settle(block, seeds: seeds, lengths: lengths)
    }
    for field in entries.indices where ground[field].startsInSpace {
      var last = ground[field]
      last.ascend(topology, feeders: feeders) { fromSatelliteKm(field, $0) }
      ground[field] = last
    }
  }

  /// The ways straight down, or to the hosts themselves.
  private func seeds(_ entries: [Entry], ground: GroundField, feeders: StationLinks) -> [Seed] {
    var seeds: [Seed] = []
    for entry in entries {
      guard case .satellite(let satellite, let km, let next) = entry else { continue }
      seeds.append(Seed(satellite: satellite, km: km, hop: Self.hop(next, topology)))
    }
    guard !ground.startsInSpace else { return seeds }
    for link in feeders.links where ground.kmFromSite[link.station].isFinite {
      let km = link.rangeKm + ground.kmFromSite[link.station]
      seeds.append(
        Seed(satellite: link.satellite, km: km, hop: Self.hop(.site(link.station), topology)))
    }
    return seeds
  }

  private mutating func settle(_ block: Int, seeds: [[Seed]], lengths: GridLengths) {
    let rows = topology.grid.count
    let rowOf = topology.grid.rowOfSatellite
    satelliteKm.withUnsafeMutableBufferPointer { km in
      satelliteHops.withUnsafeMutableBufferPointer { hops in
        lengths.withPointers { ahead, beside in
          guard let km = km.baseAddress, let hops = hops.baseAddress else { return }
          let sweep = LaneSweep(
            grid: topology.grid, rows: km + block * rows, aheadKm: ahead, besideKm: beside)
          let hopRows = hops + block * rows
          for (lane, list) in seeds.enumerated() {
            for seed in list {
              let row = Int(rowOf[seed.satellite])
              sweep.rows[row][lane] = min(sweep.rows[row][lane], seed.km)
            }
          }
          sweep.settle(hops: hopRows)
          for (lane, list) in seeds.enumerated() {
            // The first of equal seeds stays.
            for seed in list.reversed()
            where sweep.rows[Int(rowOf[seed.satellite])][lane] == seed.km {
              hopRows[Int(rowOf[seed.satellite])][lane] = seed.hop
            }
          }
        }
      }
    }
  }

  private static func hop(_ next: Next, _ topology: Topology) -> Int32 {
    switch next {
    case .destination: isDestination
    case .satellite(let number): Int32(number)
    case .site(let number): Int32(topology.satelliteNames.count + number)
    case .unreachable: -1
    }
  }

  /// The distance from a satellite, kilometres; infinite where there is no way.
  func fromSatelliteKm(_ field: Int, _ satellite: Int) -> Double {
    let (block, lane) = field.quotientAndRemainder(dividingBy: Lanes.scalarCount)
    return satelliteKm[block * topology.grid.count + Int(topology.grid.rowOfSatellite[satellite])][
      lane]
  }

  /// The distance from a site, kilometres; infinite where there is no way.
  func fromSiteKm(_ field: Int, _ site: Int) -> Double { ground[field].kmFromSite[site] }

  /// What comes after a satellite.
  func nextOfSatellite(_ field: Int, _ satellite: Int) -> Next {
    let (block, lane) = field.quotientAndRemainder(dividingBy: Lanes.scalarCount)
    let row = Int(topology.grid.rowOfSatellite[satellite])
    let hop = satelliteHops[block * topology.grid.count + row][lane]
    if hop == Self.isDestination { return .destination }
    let satellites = topology.satelliteNames.count
    return hop < 0
      ? .unreachable : hop < satellites ? .satellite(Int(hop)) : .site(Int(hop) - satellites)
  }

  /// What comes after a site.
  func nextOfSite(_ field: Int, _ site: Int) -> Next { ground[field].nextOfSite[site] }
}
