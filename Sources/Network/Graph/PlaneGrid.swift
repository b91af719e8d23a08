/// The +Grid in the order that shortest ways are worked out in: plane after plane, slot after slot.
///
/// Each satellite is linked to the next and the previous in its plane, and to the satellite of the
/// same slot in both neighbouring planes (Bhattacherjee and Singla, CoNEXT 2019). Every satellite has
/// a *row*; those of a plane lie side by side, so that a plane is swept from end to end in memory
/// too. Satellites of shells without links or known planes have rows of their own, linked to nothing.
struct PlaneGrid: Sendable {
  /// A ring of linked satellites.
  struct Plane: Sendable {
    /// The row of slot 0.
    var first: Int
    /// How many slots there are.
    var count: Int
  }

  /// The planes of one shell, neighbours side by side.
  struct Mesh: Sendable {
    /// Their numbers in ``PlaneGrid/planes``.
    var planes: Range<Int>
    /// Whether the last neighbours the first.
    var wraps: Bool

    /// The plane after `plane`, or `nil` beyond a seam.
    func next(of plane: Int) -> Int? {
      plane + 1 < planes.upperBound ? plane + 1 : wraps ? planes.lowerBound : nil
    }

    /// The plane before `plane`, or `nil` beyond a seam.
    func previous(of plane: Int) -> Int? {
      plane > planes.lowerBound ? plane - 1 : wraps ? planes.upperBound - 1 : nil
    }
  }

  private(set) var planes: [Plane] = []
  private(set) var meshes: [Mesh] = []
  private(set) var satelliteOfRow: [Int32] = []
  private(set) var rowOfSatellite: [Int32] = []

  init(_ constellations: [Constellation]) {
    var base = 0
    for constellation in constellations {
      for shell in constellation.shells {
        add(shell, linked: constellation.links == .plusGrid, base: base)
        base += shell.satellites.count
      }
    }
  }

  private mutating func add(_ shell: Constellation.Shell, linked: Bool, base: Int) {
    rowOfSatellite += [Int32](repeating: -1, count: shell.satellites.count)
    let first = planes.count
    if linked {
      for plane in shell.planes {
        planes.append(Plane(first: satelliteOfRow.count, count: plane.count))
        for satellite in plane { addRow(base + satellite) }
      }
      let count = planes.count - first
      if count > 0 {
        // Between two planes there is one link a slot, not two.
        meshes.append(Mesh(planes: first..<planes.count, wraps: shell.planesWrap && count > 2))
      }
    }
    for satellite in base..<base + shell.satellites.count where rowOfSatellite[satellite] < 0 {
      addRow(satellite)
    }
  }

  private mutating func addRow(_ satellite: Int) {
    rowOfSatellite[satellite] = Int32(satelliteOfRow.count)
    satelliteOfRow.append(Int32(satellite))
  }

  /// How many rows, and so satellites, there are.
  var count: Int { satelliteOfRow.count }

  /// Calls `body` with the rows of the two ends of every link, once.
  func forEachLink(_ body: (_ row: Int, _ other: Int) -> Void) {
    for mesh in meshes {
      for number in mesh.planes {
        let plane = planes[number]
        for slot in 0..<plane.count where slot + 1 < plane.count || plane.count > 2 {
          body(plane.first + slot, plane.first + (slot + 1) % plane.count)
        }
        guard let next = mesh.next(of: number) else { continue }
        for slot in 0..<min(plane.count, planes[next].count) {
          body(plane.first + slot, planes[next].first + slot)
        }
      }
    }
  }

  /// Each satellite's neighbours: those of satellite i are `targets[starts[i]..<starts[i + 1]]`.
  var neighbours: (starts: [Int32], targets: [Int32]) {
    var lists = [[Int32]](repeating: [], count: count)
    forEachLink { row, other in
      let (a, b) = (satelliteOfRow[row], satelliteOfRow[other])
      lists[Int(a)].append(b)
      lists[Int(b)].append(a)
    }
    var starts: [Int32] = [0]
    for list in lists { starts.append((starts.last ?? 0) + Int32(list.count)) }
    return (starts, Array(lists.joined()))
  }
}
