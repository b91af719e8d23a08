import OrbitsKernel

/// One block's worth of times, resonances and results, on the stack of whoever runs a kernel.
struct LaneScratch {
  /// Minutes since epoch of each lane.
  let times: UnsafeMutablePointer<Double>
  /// A block of `OrbitsResonance`.
  let resonance: UnsafeMutablePointer<Double>
  /// Where a kernel writes what does not go straight to its place.
  let out: OrbitsOut

  private static let resonanceFields =
    MemoryLayout<OrbitsResonance>.size / MemoryLayout<Double>.size

  /// Gives `body` a scratch full of zeros.
  static func with<Result>(_ body: (LaneScratch) -> Result) -> Result {
    let lanes = VectorKernel.lanes
    let size = (1 + resonanceFields + 6) * lanes
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { memory in
      memory.initialize(repeating: 0)
      // A capacity above zero always has an address.
      let times = memory.baseAddress!
      let x = times + (1 + resonanceFields) * lanes
      return body(
        LaneScratch(
          times: times, resonance: times + lanes,
          out: OrbitsOut(
            x: x, y: x + lanes, z: x + 2 * lanes, vx: x + 3 * lanes, vy: x + 4 * lanes,
            vz: x + 5 * lanes)))
    }
  }

  /// One lane's result.
  func state(_ lane: Int) -> TEMEState {
    TEMEState(
      positionKm: Vector3(out.x[lane], out.y[lane], out.z[lane]),
      velocityKmS: Vector3(out.vx[lane], out.vy[lane], out.vz[lane]))
  }

  /// Integrates a resonance from epoch to the half day of a lane's time.
  ///
  /// Where the time is beyond reach of the kernels nothing is integrated: they hand such a lane back.
  func setResonance(_ resonance: Resonance?, lane: Int) {
    guard let resonance, abs(times[lane]) < ResonantHalfDay.minutes * 20_000 else {
      set(OrbitsResonance(), lane: lane)
      return
    }
    set(OrbitsResonance(resonance.halfDay(of: times[lane])), lane: lane)
  }

  /// Sets one lane's resonance.
  func set(_ fields: OrbitsResonance, lane: Int) {
    withUnsafeBytes(of: fields) { bytes in
      for field in 0..<Self.resonanceFields {
        resonance[field * VectorKernel.lanes + lane] = bytes.load(
          fromByteOffset: field * MemoryLayout<Double>.size, as: Double.self)
      }
    }
  }
}

extension OrbitsResonance {
  /// The kernels' form of half a day of a resonance.
  init(_ halfDay: ResonantHalfDay) {
    self.init(
      time: halfDay.time, longitude: halfDay.longitude, meanMotion: halfDay.meanMotion,
      longitudeRate: halfDay.rate, halfPull: 0.5 * halfDay.pull, pull: halfDay.pull,
      halfJerk: 0.5 * halfDay.jerk)
  }
}
