import OrbitsKernel

/// Many satellites propagated together, in the order of their element sets.
///
/// Satellites fill the lanes of vector kernels; where a guard of the theory or the range of the kernels'
/// algebra is reached, a lane is computed anew by the scalar theory that ``Satellite`` uses. The two agree
/// to 0.1 mm within a month of epoch, to millimetres within ten years. Results never depend on a
/// satellite's neighbours or on what was asked before.
///
/// An element set that cannot be propagated keeps its place: its slot in every ``StateBuffer`` has the
/// error code, so indices stay those of the input.
public struct SatelliteBatch: Sendable {
  /// The element sets, in the order given.
  public let elements: [ElementSet]
  /// The instructions that this batch uses.
  public let instructionSet: InstructionSet
  let kernel: VectorKernel
  let theories: [Theory]
  private let nearEarth: Lanes<OrbitsSecular>
  private let deepSpace: Lanes<OrbitsDeepSpace>
  private let unusable: [Int]

  /// Satellites of one kind: their constants, and their places in the batch.
  private struct Lanes<Fields: BitwiseCopyable & Sendable>: Sendable {
    let blocks: LaneBlocks<Fields>
    let places: [Int]

    init(_ members: [(place: Int, fields: Fields)]) {
      blocks = LaneBlocks(members.map(\.fields))
      places = members.map(\.place)
    }
  }

  /// Derives the constants of every element set.
  public init(_ elements: [ElementSet], instructionSet: InstructionSet = .best) {
    self.elements = elements
    self.instructionSet = instructionSet
    kernel = instructionSet.kernel
    theories = elements.map(Theory.init)
    var near: [(Int, OrbitsSecular)] = []
    var deep: [(Int, OrbitsDeepSpace)] = []
    var neither: [Int] = []
    for (place, theory) in theories.enumerated() {
      switch theory {
      case .nearEarth(let orbit): near.append((place, OrbitsSecular(orbit)))
      case .deepSpace(let orbit, let theory): deep.append((place, OrbitsDeepSpace(orbit, theory)))
      case .unusable: neither.append(place)
      }
    }
    nearEarth = Lanes(near)
    deepSpace = Lanes(deep)
    unusable = neither
  }

  /// How many satellites there are, usable or not.
  public var count: Int { theories.count }

  /// Writes the TEME state of every satellite at one instant. Allocates nothing.
  ///
  /// - Precondition: `buffer.count == count`.
  public func propagate(to time: UTC, into buffer: inout StateBuffer) {
    elements.withUnsafeBufferPointer { elements in
      propagate(into: &buffer) { time.minutes(since: elements[$0].epoch) }
    }
  }

  /// Writes the TEME state of every satellite `minutes` after its own epoch. Allocates nothing.
  ///
  /// - Precondition: `buffer.count == count`.
  public func propagate(minutesSinceEpoch minutes: Double, into buffer: inout StateBuffer) {
    propagate(into: &buffer) { _ in minutes }
  }

  @inline(__always)
  private func propagate(into buffer: inout StateBuffer, minutes: (Int) -> Double) {
    precondition(buffer.count == count, "the buffer holds \(buffer.count) states, not \(count)")
    buffer.withColumns { columns in
      LaneScratch.with { scratch in
        eachBlock(of: nearEarth, columns, scratch, minutes: minutes) { block, _ in
          kernel.nearEarth(block, scratch.times, scratch.out)
        }
        eachBlock(of: deepSpace, columns, scratch, minutes: minutes) { block, places in
          for (lane, place) in places.enumerated() {
            scratch.setResonance(theories[place].resonance, lane: lane)
          }
          return kernel.deepSpace(block, scratch.resonance, scratch.times, scratch.out)
        }
      }
      for place in unusable {
        var state = TEMEState(positionKm: .zero, velocityKmS: .zero)
        let code = theories[place].state(minutesSinceEpoch: 0, into: &state)
        columns.store(state, code: code, at: place)
      }
    }
  }

  /// Fills the lanes' times block by block, runs the kernel, and puts every lane's result in its place.
  @inline(__always)
  private func eachBlock<Fields>(
    of lanes: Lanes<Fields>, _ columns: StateColumns, _ scratch: LaneScratch,
    minutes: (Int) -> Double,
    run: (_ block: UnsafePointer<Double>, _ places: ArraySlice<Int>) -> UInt32
  ) {
    lanes.blocks.values.withUnsafeBufferPointer { values in
      guard var block = values.baseAddress else { return }
      for first in stride(from: 0, to: lanes.places.count, by: VectorKernel.lanes) {
        let places = lanes.places[first..<min(first + VectorKernel.lanes, lanes.places.count)]
        for (lane, place) in places.enumerated() { scratch.times[lane] = minutes(place) }
        let redo = run(block, places)
        block += LaneBlocks<Fields>.blockSize
        for (lane, place) in places.enumerated() {
          if redo & (1 << lane) == 0 {
            columns.store(scratch.state(lane), code: 0, at: place)
          } else {
            var state = TEMEState(positionKm: .zero, velocityKmS: .zero)
            let code = theories[place].state(minutesSinceEpoch: scratch.times[lane], into: &state)
            columns.store(state, code: code, at: place)
          }
        }
      }
    }
  }
}
