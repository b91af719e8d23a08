/// The +Grid: each satellite is linked to the next and the previous in its plane, and to the
/// satellite of the same slot in both neighbouring planes (Bhattacherjee and Singla, CoNEXT 2019). A
/// link carries traffic while the two see each other (``Sky/linkKm(_:_:)``).
enum PlusGrid {
  /// For each satellite of `shell`, the numbers of its neighbours, counted from `base`.
  static func neighbours(
    of shell: Constellation.Shell, links: Constellation.InterSatelliteLinks, base: Int
  ) -> [[Int32]] {
    var result = [[Int32]](repeating: [], count: shell.satellites.count)
    guard links == .plusGrid else { return result }

    func link(_ a: Int, _ b: Int) {
      guard a != b, !result[a].contains(Int32(base + b)) else { return }
      result[a].append(Int32(base + b))
      result[b].append(Int32(base + a))
    }

    for (number, plane) in shell.planes.enumerated() {
      for slot in plane.indices {
        link(plane[slot], plane[(slot + 1) % plane.count])
      }
      let isLast = number == shell.planes.count - 1
      guard !isLast || (shell.planesWrap && shell.planes.count > 2) else { continue }
      let other = shell.planes[(number + 1) % shell.planes.count]
      for slot in 0..<min(plane.count, other.count) {
        link(plane[slot], other[slot])
      }
    }
    return result
  }
}
