import Orbits

/// The full routing table at an instant: from every satellite and every station the next hop and the
/// distance to every station.
///
/// Make it once and move it from instant to instant: ``move(to:)`` allocates nothing once it has run.
/// Ties go to the first of: the station straight below, the satellite behind, ahead, in the plane
/// before, in the plane after. The table is a function of the instant alone, whatever came before.
public struct NextHopTable: Sendable {
  /// Which ways count.
  public enum Rule: String, Sendable, CaseIterable {
    /// Up once, over inter-satellite links, down once; stations use every satellite they see.
    case overLasers
    /// As ``overLasers``, but each station uses only the nearest satellite it sees.
    case nearestOverLasers
    /// Up and down from station to station, and no inter-satellite link.
    case overStations
  }

  /// What comes next.
  public enum Hop: Sendable, Equatable {
    /// A satellite, by its number in the topology.
    case satellite(Int)
    /// A station, by its place in ``NextHopTable/stations``.
    case station(Int)
    /// Nowhere: there is no way, or this is the destination.
    case none
  }

  /// The network's fixed part.
  public let topology: Topology
  /// Which ways count.
  public let rule: Rule
  /// The numbers of the sites that are origins and destinations: those with antennas.
  public let stations: [Int]
  /// The sky that the table holds for.
  public var sky: Sky { scan.sky }

  private var states: [StateBuffer]
  private var scan: GroundScan
  private var links = StationLinks()
  private var lengths: GridLengths
  /// By block of destinations, then by node: the satellites by row, after them the stations.
  private var distances: [Lanes]
  private var hops: [SIMD8<Int32>]
  private let nodes: Int

  /// Prepares a table for the sites of `topology` that have antennas, without routes yet.
  public init(_ topology: Topology, rule: Rule = .overLasers) {
    self.topology = topology
    self.rule = rule
    stations = topology.sites.indices.filter { number in
      topology.constellations.contains { topology.sites[number].hasAntennas(for: $0.name) }
    }
    let satellites = topology.satelliteNames.count
    nodes = satellites + stations.count
    let blocks = (stations.count + Lanes.scalarCount - 1) / Lanes.scalarCount
    states = topology.stateBuffers()
    scan = GroundScan(Sky(satellites: satellites))
    lengths = GridLengths(rows: satellites)
    distances = [Lanes](repeating: Lanes(repeating: .infinity), count: blocks * nodes)
    hops = [SIMD8<Int32>](repeating: SIMD8(repeating: -1), count: blocks * nodes)
  }

  /// Works out every route at `time`.
  public mutating func move(to time: UTC) {
    scan.move(topology, to: time, states: &states)
    links.removeAll()
    for station in stations {
      links.addStation(topology.sites[station], topology: topology, scan: scan)
      if rule == .nearestOverLasers { links.keepNearest() }
    }
    if rule != .overStations { lengths.measure(topology.grid, sky: scan.sky) }
    let blocks = distances.count / max(1, nodes)
    for block in 0..<blocks { solve(block) }
  }

  private mutating func solve(_ block: Int) {
    let satellites = topology.grid.count
    let first = block * Lanes.scalarCount
    let range = block * nodes..<(block + 1) * nodes
    distances.withUnsafeMutableBufferPointer { distances in
      hops.withUnsafeMutableBufferPointer { hops in
        lengths.withPointers { ahead, beside in
          // Every block has at least one node, so both buffers have memory.
          guard let rows = distances.baseAddress, let hopRows = hops.baseAddress else { return }
          let table = BlockTable(
            topology: topology, links: links, stations: stations.count,
            destinations: first..<min(first + Lanes.scalarCount, stations.count),
            sweep: LaneSweep(
              grid: topology.grid, rows: rows + range.lowerBound, aheadKm: ahead,
              besideKm: beside),
            hops: hopRows + range.lowerBound, satellites: satellites)
          if rule == .overStations { table.solveOverStations() } else { table.solveOverLasers() }
        }
      }
    }
  }
}

extension NextHopTable {
  /// The distance from a satellite to a station, kilometres; infinite where there is no way.
  public func distanceKm(fromSatellite satellite: Int, to station: Int) -> Double {
    distance(Int(topology.grid.rowOfSatellite[satellite]), station)
  }

  /// The distance between two stations, kilometres; infinite where there is no way.
  public func distanceKm(from station: Int, to other: Int) -> Double {
    distance(topology.grid.count + station, other)
  }

  /// What comes after a satellite on the way to a station.
  public func hop(fromSatellite satellite: Int, to station: Int) -> Hop {
    hop(Int(topology.grid.rowOfSatellite[satellite]), station)
  }

  /// What comes after a station on the way to another.
  public func hop(from station: Int, to other: Int) -> Hop {
    hop(topology.grid.count + station, other)
  }

  private func distance(_ node: Int, _ station: Int) -> Double {
    let (block, lane) = station.quotientAndRemainder(dividingBy: Lanes.scalarCount)
    return distances[block * nodes + node][lane]
  }

  private func hop(_ node: Int, _ station: Int) -> Hop {
    let (block, lane) = station.quotientAndRemainder(dividingBy: Lanes.scalarCount)
    let next = Int(hops[block * nodes + node][lane])
    let satellites = topology.grid.count
    return next < 0 ? .none : next < satellites ? .satellite(next) : .station(next - satellites)
  }
}
