import AllocationCount
import Foundation
import Network
import Orbits

/// Site-to-backend queries against a prepared slot: every second station is a terminal, the others are
/// gateways, each with fiber to one of eight of them that stand for regions.
struct Queries {
  private let prepared: PreparedRoutes
  private let terminals: [Int]

  init(_ workload: Workload) {
    let old = workload.topology
    let leo = Uplink(
      name: "leo", medium: .leo(constellation: "s"), up: .megabitsPerSecond(20),
      down: .megabitsPerSecond(200))
    var sites: [Site] = []
    for (index, site) in old.sites.enumerated() {
      let isTerminal = index.isMultiple(of: 2)
      sites.append(
        Site(
          name: site.name, kind: isTerminal ? .terminal : .gateway, track: site.track,
          uplinks: isTerminal ? [leo] : []))
    }
    let gateways = sites.filter { $0.kind == .gateway }.map(\.name)
    let regions = Array(gateways.prefix(8))
    let fibers = gateways.enumerated().dropFirst(8).map { index, name in
      Fiber(from: name, to: regions[index % 8], stretch: 1.4)
    }
    let topology = Topology(constellations: old.constellations, sites: sites, fibers: fibers)
    let slot = Slot(containing: Workload.epoch.adding(seconds: 600))
    prepared = PreparedRoutes(NetworkState(topology, slot: slot), to: regions)
    terminals = sites.indices.filter { sites[$0].kind == .terminal }
  }

  /// Asks for every pair `rounds` times, and prints the CPU seconds of a query and what all allocated.
  func measure(rounds: Int) {
    var seconds: [Double] = []
    seconds.reserveCapacity(rounds * terminals.count * prepared.destinations.count)
    var links = 0
    let allocated = allocation_count()
    for _ in 0..<rounds {
      for terminal in terminals {
        for destination in prepared.destinations.indices {
          let began = Self.now()
          let figures = prepared.figures(from: terminal, over: 0, to: destination)
          seconds.append(Self.now() - began)
          links += figures?.links ?? 0
        }
      }
    }
    let allocations = allocation_count() - allocated
    seconds.sort()
    print(
      """
      {"queries": \(seconds.count), "mean_links": \(Double(links) / Double(seconds.count)), \
      "p50_us": \(seconds[seconds.count / 2] * 1e6), \
      "p99_us": \(seconds[seconds.count * 99 / 100] * 1e6), "max_us": \((seconds.last ?? 0) * 1e6), \
      "allocations": \(allocations)}
      """)
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
