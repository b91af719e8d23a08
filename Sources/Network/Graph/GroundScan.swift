import Orbits

/// Which satellites places on the ground can use at one instant.
///
/// Positions stand in columns, eight satellites side by side: a place discards those below its horizon
/// eight at a time, and asks ``Visibility`` about the few that are left. Without a spatial index this
/// costs about a nanosecond a pair, which is less than building one for each new instant would.
struct GroundScan: Sendable {
  private var x: [Lanes] = []
  private var y: [Lanes] = []
  private var z: [Lanes] = []

  /// Room for that many satellites.
  init(satellites: Int) {
    let blocks = (satellites + Lanes.scalarCount - 1) / Lanes.scalarCount
    x = [Lanes](repeating: .zero, count: blocks)
    y = x
    z = x
  }

  /// Takes over the positions of `sky`. Allocates nothing.
  mutating func load(_ sky: Sky) {
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
    _ visibility: Visibility, in range: Range<Int>, sky: Sky,
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
        guard range.contains(satellite), sky.isUsable[satellite],
          let km = visibility.slantRangeKm(to: sky.positionsKm[satellite])
        else { continue }
        body(satellite, km)
      }
    }
  }
}
