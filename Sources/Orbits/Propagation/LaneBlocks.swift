import OrbitsKernel

/// Structures of doubles turned into the columns that the kernels read: blocks of
/// ``VectorKernel/lanes`` structures, field after field.
struct LaneBlocks<Fields: BitwiseCopyable>: Sendable {
  private(set) var values: [Double]
  /// How many structures there are; the last block repeats the last one to its end.
  let count: Int

  /// Doubles in one block.
  static var blockSize: Int { fields * VectorKernel.lanes }

  private static var fields: Int { MemoryLayout<Fields>.size / MemoryLayout<Double>.size }

  init(_ structures: [Fields]) {
    let lanes = VectorKernel.lanes
    count = structures.count
    let blocks = (count + lanes - 1) / lanes
    values = Array(repeating: 0, count: blocks * Self.blockSize)
    for place in 0..<blocks * lanes {
      set(structures[min(place, count - 1)], lane: place % lanes, block: place / lanes)
    }
  }

  /// One block with the same structure in every lane.
  init(everywhere structure: Fields) {
    self.init(Array(repeating: structure, count: VectorKernel.lanes))
  }

  /// Puts a structure into one lane.
  mutating func set(_ structure: Fields, lane: Int, block: Int = 0) {
    withUnsafeBytes(of: structure) { bytes in
      for field in 0..<Self.fields {
        values[block * Self.blockSize + field * VectorKernel.lanes + lane] =
          bytes.load(fromByteOffset: field * MemoryLayout<Double>.size, as: Double.self)
      }
    }
  }

  /// Puts the same structure into every lane of the first block.
  mutating func fill(_ structure: Fields) {
    for lane in 0..<VectorKernel.lanes { set(structure, lane: lane) }
  }
}
