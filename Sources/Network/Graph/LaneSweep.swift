/// Shortest ways over a ``PlaneGrid`` to the destinations of one block of lanes.
///
/// The rows hold the distances known so far: that of a way straight down, or infinity. Sweeping the
/// planes up and down, and each ring both ways, carries a distance along every way that does not turn
/// back across planes in a single sweep, for all lanes at once; that is nearly all shortest ways, and
/// ``settle()`` repeats until nothing improves. The result is the least fixed point of
/// `d[u] = min(down[u], d[v] + w(u, v))` in floating point, whatever the order of the steps: rounded
/// addition is monotone. So two solvers, or one that starts anywhere, agree bit for bit.
struct LaneSweep {
  let grid: PlaneGrid
  /// The distances, by row.
  let rows: UnsafeMutablePointer<Lanes>
  let aheadKm: UnsafePointer<Double>
  let besideKm: UnsafePointer<Double>

  /// Sweeps every mesh until no link improves any distance, and writes by row which satellite comes
  /// next; -1 where none does. At a tie it is the first of: behind, ahead, plane before, plane after.
  func settle(hops: UnsafeMutablePointer<SIMD8<Int32>>) {
    hops.update(repeating: SIMD8(repeating: -1), count: grid.count)
    for mesh in grid.meshes {
      repeat { sweep(mesh) } while !isSettled(mesh, hops: hops)
    }
  }

  /// Once through the planes upwards, once downwards. Where they close, on across the gap for as long as
  /// that improves anything: a plane that stays as it was has nothing new for the next.
  func sweep(_ mesh: PlaneGrid.Mesh) {
    let first = mesh.planes.lowerBound
    let count = mesh.planes.count
    relaxRing(grid.planes[first])
    for step in 1..<max(1, count) { carry(from: first + step - 1, to: first + step) }
    if mesh.wraps {
      var step = 0
      while step < count, carriesOn(from: first + (step + count - 1) % count, to: first + step) {
        step += 1
      }
    }
    for step in 1..<max(1, count) {
      carry(from: first + count - step, to: first + count - step - 1)
    }
    if mesh.wraps {
      var step = 0
      while step < count,
        carriesOn(from: first + (count - step) % count, to: first + count - step - 1)
      {
        step += 1
      }
    }
  }

  /// Carries distances across to a neighbouring plane and around it.
  @inline(__always)
  private func carry(from source: Int, to target: Int) {
    let (a, b) = (grid.planes[source], grid.planes[target])
    let lengths = besideKm + (isNext(target, of: source) ? a.first : b.first)
    for slot in 0..<min(a.count, b.count) {
      relax(b.first + slot, rows[a.first + slot] + lengths[slot])
    }
    relaxRing(b)
  }

  /// As ``carry(from:to:)``; says whether anything improved.
  private func carriesOn(from source: Int, to target: Int) -> Bool {
    let (a, b) = (grid.planes[source], grid.planes[target])
    let lengths = besideKm + (isNext(target, of: source) ? a.first : b.first)
    var isImproved = false
    for slot in 0..<min(a.count, b.count)
    where improve(b.first + slot, rows[a.first + slot] + lengths[slot]) {
      isImproved = true
    }
    if isImproved { relaxRing(b) }
    return isImproved
  }

  /// Whether `target` is the plane after `source`, not the one before.
  @inline(__always)
  private func isNext(_ target: Int, of source: Int) -> Bool {
    target == source + 1 || target < source - 1
  }

  /// Carries distances around a ring, both ways, until a round meets nothing to improve.
  @inline(__always)
  private func relaxRing(_ plane: PlaneGrid.Plane) {
    guard plane.count > 1 else { return }
    let last = plane.first + plane.count - 1
    var carry = rows[plane.first]
    for row in plane.first + 1..<last + 1 {
      carry = relaxed(row, carry + aheadKm[row - 1])
    }
    carry += aheadKm[last]
    var row = plane.first
    while improve(row, carry), row < last {
      carry = rows[row] + aheadKm[row]
      row += 1
    }
    carry = rows[last]
    row = last
    while row > plane.first {
      row -= 1
      carry = relaxed(row, carry + aheadKm[row])
    }
    carry += aheadKm[last]
    row = last
    while improve(row, carry), row > plane.first {
      carry = rows[row] + aheadKm[row - 1]
      row -= 1
    }
  }

  @inline(__always)
  private func relax(_ row: Int, _ candidate: Lanes) { _ = relaxed(row, candidate) }

  @inline(__always)
  private func relaxed(_ row: Int, _ candidate: Lanes) -> Lanes {
    let known = rows[row]
    let best = known.replacing(with: candidate, where: candidate .< known)
    rows[row] = best
    return best
  }

  /// Takes a candidate over where it is shorter, and says whether it was anywhere.
  @inline(__always)
  private func improve(_ row: Int, _ candidate: Lanes) -> Bool {
    let known = rows[row]
    let isShorter = candidate .< known
    guard isShorter.isSomewhere else { return false }
    rows[row] = known.replacing(with: candidate, where: isShorter)
    return true
  }

  /// Writes the hop of every row of a mesh, and says whether all distances are settled.
  private func isSettled(_ mesh: PlaneGrid.Mesh, hops: UnsafeMutablePointer<SIMD8<Int32>>) -> Bool {
    var isShorter = SIMD8<Int64>.zero .< .zero
    for number in mesh.planes {
      let plane = grid.planes[number]
      let before = mesh.previous(of: number).map { grid.planes[$0] }
      let after = mesh.next(of: number).map { grid.planes[$0] }
      for slot in 0..<plane.count {
        let row = plane.first + slot
        let here = rows[row]
        var hop = SIMD8<Int64>(repeating: -1)
        func offer(_ other: Int, _ km: Double) {
          let through = rows[other] + km
          hop.replace(with: Int64(grid.satelliteOfRow[other]), where: through .<= here)
          isShorter .|= through .< here
        }
        if let after, slot < after.count { offer(after.first + slot, besideKm[row]) }
        if let before, slot < before.count {
          offer(before.first + slot, besideKm[before.first + slot])
        }
        offer(slot + 1 < plane.count ? row + 1 : plane.first, aheadKm[row])
        let behind = slot > 0 ? row - 1 : plane.first + plane.count - 1
        offer(behind, aheadKm[behind])
        hop.replace(with: -1, where: here .== .infinity)
        hops[row] = SIMD8<Int32>(truncatingIfNeeded: hop)
      }
    }
    return !isShorter.isSomewhere
  }
}
