import Orbits

/// A sky as places on the ground look for satellites in it.
///
/// Positions stand in columns, eight satellites side by side: a place discards those below its horizon
/// eight at a time, and asks ``Visibility`` about the few that are left. Without a spatial index this
/// costs about half a nanosecond a pair, which is less than building one for each instant would.
struct GroundScan: Sendable {
  private(set) var sky: Sky
  private var x: [Lanes]
  private var y: [Lanes]
  private var z: [Lanes]

  init(_ sky: Sky) {
    self.sky = sky
    let blocks = (sky.positionsKm.count + Lanes.scalarCount - 1) / Lanes.scalarCount
    x = [Lanes](repeating: .zero, count: blocks)
    y = x
    z = x
    fillColumns()
  }

  /// Propagates every satellite to `time`, through `states`. Allocates nothing.
  mutating func move(_ topology: Topology, to time: UTC, states: inout [StateBuffer]) {
    sky.move(topology, to: time, states: &states)
    fillColumns()
  }

  private mutating func fillColumns() {
    for (satellite, position) in sky.positionsKm.enumerated() {
      let (block, lane) = satellite.quotientAndRemainder(dividingBy: Lanes.scalarCount)
      x[block][lane] = position.x
      y[block][lane] = position.y
      z[block][lane] = position.z
    }
  }

  /// Calls `body` with each satellite of `range` that may be used from a place, in order, and how far
  /// away it is, kilometres.
  @inline(__always)
  func forEach(
    _ visibility: Visibility, in range: Range<Int>,
    _ body: (_ satellite: Int, _ rangeKm: Double) -> Void
  ) {
    guard !range.isEmpty else { return }
    let width = Lanes.scalarCount
    let bound = visibility.bound
    for block in range.lowerBound / width...(range.upperBound - 1) / width {
      let mayBeUsed = bound.holds(x[block], y[block], z[block])
      guard mayBeUsed.isSomewhere else { continue }
      for lane in 0..<width where mayBeUsed[lane] {
        let satellite = block * width + lane
        guard range.contains(satellite), let km = rangeKm(visibility, to: satellite) else {
          continue
        }
        body(satellite, km)
      }
    }
  }

  /// How far away a satellite is from a place that may use it, kilometres; otherwise `nil`.
  @inline(__always)
  func rangeKm(_ visibility: Visibility, to satellite: Int) -> Double? {
    guard sky.isUsable[satellite] else { return nil }
    return visibility.slantRangeKm(to: sky.positionsKm[satellite])
  }
}
