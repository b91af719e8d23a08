import OrbitsKernel

/// Writes stretches of times of one satellite after another into a ``StateGrid``, times in the lanes.
///
/// Stretches start at multiples of ``OrbitsArc/longest`` whoever writes them, so results do not depend on
/// how work is shared out.
struct GridWriter {
  let kernel: VectorKernel
  let memory: GridMemory
  let times: Int
  let stepMinutes: Double
  let scratch: LaneScratch
  private var satellite = -1
  private var theory = Theory.unusable(code: 0)
  private var firstMinutes = 0.0
  private var secular = OrbitsSecular()
  private var nearEarth: LaneBlocks<OrbitsSecular>?
  private var deepSpace: LaneBlocks<OrbitsDeepSpace>?
  private var halfDays: ResonantHalfDays?

  init(
    kernel: VectorKernel, memory: GridMemory, times: Int, stepMinutes: Double, scratch: LaneScratch
  ) {
    self.kernel = kernel
    self.memory = memory
    self.times = times
    self.stepMinutes = stepMinutes
    self.scratch = scratch
  }

  /// How many stretches a satellite's times make.
  static func stretches(times: Int) -> Int { (times + OrbitsArc.longest - 1) / OrbitsArc.longest }

  /// Turns to a satellite whose first time is `firstMinutes` after its epoch.
  mutating func turn(to satellite: Int, _ theory: Theory, firstMinutes: Double) {
    guard satellite != self.satellite else { return }
    self.satellite = satellite
    self.theory = theory
    self.firstMinutes = firstMinutes
    (nearEarth, deepSpace, halfDays) = (nil, nil, nil)
    switch theory {
    case .nearEarth(let orbit): secular = OrbitsSecular(orbit)
    case .deepSpace(let orbit, let theory):
      deepSpace = LaneBlocks(everywhere: OrbitsDeepSpace(orbit, theory))
      halfDays = theory.resonance.map { ResonantHalfDays($0) }
    case .unusable: break
    }
  }

  /// Writes one stretch of the current satellite's times.
  mutating func write(stretch: Int) {
    let first = stretch * OrbitsArc.longest
    let range = first..<min(first + OrbitsArc.longest, times)
    switch theory {
    case .unusable:
      for time in range { store(time) }
    case .deepSpace:
      memory.setErrors(0, satellite: satellite, times: range)
      writeDeepSpace(range)
    case .nearEarth:
      memory.setErrors(0, satellite: satellite, times: range)
      if let arc = OrbitsArc(
        secular, first: minutes(first), step: stepMinutes, count: range.count)
      {
        kernel.arc(
          arc, count: range.count, stream: memory.isLarge,
          memory.out(satellite: satellite, time: first))
      } else {
        writeNearEarth(range)
      }
    }
  }

  private func minutes(_ time: Int) -> Double { firstMinutes + Double(time) * stepMinutes }

  private mutating func writeNearEarth(_ range: Range<Int>) {
    let block = nearEarth ?? LaneBlocks(everywhere: secular)
    nearEarth = block
    eachBlock(range) { out in kernel.nearEarth(block.values, scratch.times, out) }
  }

  private mutating func writeDeepSpace(_ range: Range<Int>) {
    guard let block = deepSpace else { return }
    eachBlock(range) { out in
      halfDays?.fill(scratch)
      return kernel.deepSpace(block.values, scratch.resonance, scratch.times, out)
    }
  }

  /// Fills the lanes with times, runs the kernel, and computes anew what it hands back.
  @inline(__always)
  private func eachBlock(_ range: Range<Int>, run: (OrbitsOut) -> UInt32) {
    for at in stride(from: range.lowerBound, to: range.upperBound, by: VectorKernel.lanes) {
      for lane in 0..<VectorKernel.lanes {
        scratch.times[lane] = minutes(min(at + lane, times - 1))
      }
      let redo = run(memory.out(satellite: satellite, time: at))
      guard redo != 0 else { continue }
      for lane in 0..<min(VectorKernel.lanes, range.upperBound - at) where redo & (1 << lane) != 0 {
        store(at + lane)
      }
    }
  }

  /// One time by the scalar theory.
  private func store(_ time: Int) {
    var state = TEMEState(positionKm: .zero, velocityKmS: .zero)
    let code = theory.state(minutesSinceEpoch: minutes(time), into: &state)
    memory.store(state, code: code, satellite: satellite, time: time)
  }
}

/// The half days of one satellite's resonance, integrated from epoch once and kept.
private struct ResonantHalfDays {
  private let resonance: Resonance
  private var later: [ResonantHalfDay]
  private var earlier: [ResonantHalfDay]
  private var filled: Int?

  /// 27 years; beyond it lanes go to the scalar theory, so that memory stays bounded.
  private static let most = 20_000

  init(_ resonance: Resonance) {
    self.resonance = resonance
    later = [resonance.firstHalfDay]
    earlier = later
  }

  /// Sets every lane's resonance to the half day of its time.
  mutating func fill(_ scratch: LaneScratch) {
    let first = index(scratch.times[0])
    let last = index(scratch.times[VectorKernel.lanes - 1])
    if first == last, first == filled { return }
    filled = first == last ? first : nil
    for lane in 0..<VectorKernel.lanes {
      let k = index(scratch.times[lane])
      scratch.set(k.map { OrbitsResonance(halfDay($0)) } ?? OrbitsResonance(), lane: lane)
    }
  }

  /// The half day that a time lies in: 1, 2, ... from epoch on, -1, -2, ... before it.
  private func index(_ t: Double) -> Int? {
    guard abs(t) < ResonantHalfDay.minutes * Double(Self.most) else { return nil }
    let k = Int(abs(t) / ResonantHalfDay.minutes) + 1
    return t < 0 ? -k : k
  }

  private mutating func halfDay(_ index: Int) -> ResonantHalfDay {
    let k = abs(index) - 1
    if index > 0 {
      extend(&later, to: k, step: ResonantHalfDay.minutes)
      return later[k]
    }
    extend(&earlier, to: k, step: -ResonantHalfDay.minutes)
    return earlier[k]
  }

  private func extend(_ halfDays: inout [ResonantHalfDay], to k: Int, step: Double) {
    while halfDays.count <= k {
      halfDays.append(resonance.next(halfDays[halfDays.count - 1], step: step))
    }
  }
}
