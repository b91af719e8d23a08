/// How long the links of a ``PlaneGrid`` are at an instant, kilometres; infinite where a link is down.
struct GridLengths: Sendable {
  /// By row: to the next slot of the plane.
  private(set) var aheadKm: [Double]
  /// By row: to the same slot of the next plane.
  private(set) var besideKm: [Double]

  init(rows: Int) {
    aheadKm = [Double](repeating: .infinity, count: rows)
    besideKm = aheadKm
  }

  /// A metre: two satellites in one place would otherwise each be the other's next hop.
  private static let leastKm = 0.001

  /// Measures every link under `sky`. Allocates nothing.
  mutating func measure(_ grid: PlaneGrid, sky: Sky) {
    for mesh in grid.meshes {
      for number in mesh.planes {
        let plane = grid.planes[number]
        for slot in 0..<plane.count {
          let row = plane.first + slot
          let next = slot + 1 < plane.count ? row + 1 : plane.first
          aheadKm[row] = next == row ? .infinity : Self.km(row, next, grid, sky)
        }
        guard let next = mesh.next(of: number) else { continue }
        let other = grid.planes[next]
        for slot in 0..<min(plane.count, other.count) {
          besideKm[plane.first + slot] = Self.km(plane.first + slot, other.first + slot, grid, sky)
        }
      }
    }
  }

  @inline(__always)
  private static func km(_ a: Int, _ b: Int, _ grid: PlaneGrid, _ sky: Sky) -> Double {
    let km = sky.linkKm(Int(grid.satelliteOfRow[a]), Int(grid.satelliteOfRow[b])) ?? .infinity
    return max(leastKm, km)
  }

  /// Gives `body` the lengths, by row.
  func withPointers(
    _ body: (_ aheadKm: UnsafePointer<Double>, _ besideKm: UnsafePointer<Double>) -> Void
  ) {
    aheadKm.withUnsafeBufferPointer { ahead in
      besideKm.withUnsafeBufferPointer { beside in
        guard let ahead = ahead.baseAddress, let beside = beside.baseAddress else { return }
        body(ahead, beside)
      }
    }
  }
}
