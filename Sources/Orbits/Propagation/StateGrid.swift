import OrbitsKernel

#if canImport(Glibc)
  import Glibc
#endif

/// TEME positions and velocities of satellites at evenly spaced times.
///
/// Make it once and let ``SatelliteBatch`` or ``Satellite`` write into it: propagation then allocates
/// nothing. A satellite's times lie side by side, one column for each coordinate. A state that does not
/// exist has its code in ``error(satellite:time:)`` and zeros for coordinates.
public struct StateGrid: ~Copyable, Sendable {
  /// How many satellites there are.
  public let satellites: Int
  /// How many times there are.
  public let times: Int
  /// Times from one column to the next: whole blocks of the kernels.
  private let stride: Int
  // Safe to send: the memory belongs to this value alone, which cannot be copied; writing takes `inout`.
  private nonisolated(unsafe) let values: UnsafeMutablePointer<Double>
  private nonisolated(unsafe) let errors: UnsafeMutablePointer<UInt8>

  /// More than caches hold.
  private static let largeBytes = 16 << 20

  /// Creates a grid, all zeros.
  public init(satellites: Int, times: Int) {
    precondition(satellites >= 0 && times >= 0, "a grid has no negative size")
    self.satellites = satellites
    self.times = times
    stride = (times + VectorKernel.lanes - 1) / VectorKernel.lanes * VectorKernel.lanes
    let states = satellites * stride
    let bytes = states * 6 * MemoryLayout<Double>.size
    let isLarge = bytes > Self.largeBytes
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? 2 << 20 : 128)
    #if canImport(Glibc)
      // Huge pages, where the system has some to give, spare the page tables; without them all works.
      if isLarge { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
    #endif
    values = memory.bindMemory(to: Double.self, capacity: states * 6)
    values.initialize(repeating: 0, count: states * 6)
    errors = .allocate(capacity: states)
    errors.initialize(repeating: 0, count: states)
  }

  deinit {
    UnsafeMutableRawPointer(values).deallocate()
    errors.deallocate()
  }

  /// The state of a satellite at a time, or `nil` where it has none.
  public subscript(satellite: Int, time: Int) -> TEMEState? {
    guard error(satellite: satellite, time: time) == 0 else { return nil }
    let column = values + satellite * 6 * stride + time
    return TEMEState(
      positionKm: Vector3(column[0], column[stride], column[2 * stride]),
      velocityKmS: Vector3(column[3 * stride], column[4 * stride], column[5 * stride]))
  }

  /// 0 where there is a state, otherwise the code of ``PropagationError``.
  public func error(satellite: Int, time: Int) -> UInt8 {
    precondition(0..<satellites ~= satellite && 0..<times ~= time, "outside the grid")
    return errors[satellite * stride + time]
  }

  /// Gives `body` the columns of one satellite, valid only while it runs.
  public func withSeries<Result>(ofSatellite satellite: Int, _ body: (StateSeries) -> Result)
    -> Result
  {
    precondition(0..<satellites ~= satellite, "outside the grid")
    func column(_ c: Int) -> UnsafeBufferPointer<Double> {
      UnsafeBufferPointer(start: values + (satellite * 6 + c) * stride, count: times)
    }
    return body(
      StateSeries(
        x: column(0), y: column(1), z: column(2), vx: column(3), vy: column(4), vz: column(5),
        errors: UnsafeBufferPointer(start: errors + satellite * stride, count: times)))
  }

  /// The memory to write, for threads that each write places of their own.
  mutating func writable() -> GridMemory {
    GridMemory(
      values: values, errors: errors, stride: stride,
      isLarge: satellites * stride * 6 * MemoryLayout<Double>.size > Self.largeBytes)
  }
}

/// The columns of one satellite in a ``StateGrid``: one element for each time.
public struct StateSeries {
  /// Position, kilometres.
  public let x, y, z: UnsafeBufferPointer<Double>
  /// Velocity, kilometres per second.
  public let vx, vy, vz: UnsafeBufferPointer<Double>
  /// 0 where there is a state, otherwise the code of ``PropagationError``.
  public let errors: UnsafeBufferPointer<UInt8>
}

/// The memory of a ``StateGrid`` while something writes it.
///
/// Unchecked: the pointers outlive every writer because the grid is held `inout` until all have
/// finished, and no two writers are given the same satellite and times.
struct GridMemory: @unchecked Sendable {
  fileprivate let values: UnsafeMutablePointer<Double>
  fileprivate let errors: UnsafeMutablePointer<UInt8>
  fileprivate let stride: Int
  /// More than caches hold, so that results had better bypass them.
  let isLarge: Bool

  fileprivate init(
    values: UnsafeMutablePointer<Double>, errors: UnsafeMutablePointer<UInt8>, stride: Int,
    isLarge: Bool
  ) {
    self.values = values
    self.errors = errors
    self.stride = stride
    self.isLarge = isLarge
  }

  /// Where a kernel writes the states of a satellite from a time on.
  func out(satellite: Int, time: Int) -> OrbitsOut {
    let x = values + satellite * 6 * stride + time
    return OrbitsOut(
      x: x, y: x + stride, z: x + 2 * stride, vx: x + 3 * stride, vy: x + 4 * stride,
      vz: x + 5 * stride)
  }

  /// Sets the codes of a stretch of times.
  func setErrors(_ code: UInt8, satellite: Int, times: Range<Int>) {
    (errors + satellite * stride + times.lowerBound).update(repeating: code, count: times.count)
  }

  /// Writes one result.
  func store(_ state: TEMEState, code: UInt8, satellite: Int, time: Int) {
    out(satellite: satellite, time: time).store(state, lane: 0)
    errors[satellite * stride + time] = code
  }
}

extension OrbitsOut {
  /// Writes one lane.
  func store(_ state: TEMEState, lane: Int) {
    x[lane] = state.positionKm.x
    y[lane] = state.positionKm.y
    z[lane] = state.positionKm.z
    vx[lane] = state.velocityKmS.x
    vy[lane] = state.velocityKmS.y
    vz[lane] = state.velocityKmS.z
  }
}
