import Network
import Orbits

/// Moves a table through a whole orbit and holds every step against a table made for that step alone.
struct OrbitCheck {
  let topology: Topology
  let rule: NextHopTable.Rule

  /// Prints how many steps there were, and how many entries differed in any bit.
  func run(steps: Int, stepSeconds: Double) {
    var moved = NextHopTable(topology, rule: rule)
    var entries = 0
    var different = 0
    for step in 0..<steps {
      let time = Workload.epoch.adding(seconds: Double(step) * stepSeconds)
      moved.move(to: time)
      var fresh = NextHopTable(topology, rule: rule)
      fresh.move(to: time)
      for station in moved.stations.indices {
        for satellite in topology.satelliteNames.indices {
          entries += 1
          if moved.distanceKm(fromSatellite: satellite, to: station)
            != fresh.distanceKm(fromSatellite: satellite, to: station)
            || moved.hop(fromSatellite: satellite, to: station)
              != fresh.hop(fromSatellite: satellite, to: station)
          {
            different += 1
          }
        }
      }
    }
    print("{\"steps\": \(steps), \"entries\": \(entries), \"different\": \(different)}")
  }
}
