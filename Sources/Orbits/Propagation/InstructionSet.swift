import OrbitsKernel

/// The instructions that the vector kernels of ``SatelliteBatch`` are compiled for.
///
/// One binary carries all of them and picks at run time. Within a month of epoch results agree to
/// 10 micrometres from one to another, and are the same bit for bit whenever the instruction set is.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// What every machine has: SSE2 on x86-64, Advanced SIMD on arm64.
  case base
  /// AVX2 with fused multiply-add.
  case avx2
  /// AVX-512 F, DQ and VL.
  case avx512

  /// The best one of this machine, or the one that the environment variable `PERIGEE_ORBITS_ISA` names
  /// where this machine has it.
  public static let best: InstructionSet =
    switch orbits_isa() {
    case OrbitsISAAVX512: .avx512
    case OrbitsISAAVX2: .avx2
    default: .base
    }

  /// Those of this machine.
  public static var available: [InstructionSet] {
    allCases.filter { orbits_kernel($0.code) != nil }
  }

  private var code: OrbitsISA {
    switch self {
    case .base: OrbitsISABase
    case .avx2: OrbitsISAAVX2
    case .avx512: OrbitsISAAVX512
    }
  }

  /// The kernels; those of ``base`` where this machine lacks the instructions.
  var kernel: VectorKernel {
    guard let kernel = orbits_kernel(code) ?? orbits_kernel(OrbitsISABase) else {
      preconditionFailure("the base kernels are part of every build")
    }
    return VectorKernel(kernel.pointee)
  }
}

/// The kernels of one instruction set.
///
/// Unchecked: addresses of C functions that read and write nothing but their arguments.
struct VectorKernel: @unchecked Sendable {
  private let functions: OrbitsKernel

  /// Lanes of a block.
  static let lanes = Int(ORBITS_LANES)

  init(_ functions: OrbitsKernel) { self.functions = functions }

  /// Near-earth states of a block; gives the lanes to compute anew.
  func nearEarth(
    _ block: UnsafePointer<Double>, _ times: UnsafePointer<Double>, _ out: OrbitsOut
  ) -> UInt32 { functions.near_earth(block, times, out) }

  /// Deep-space states of a block; gives the lanes to compute anew.
  func deepSpace(
    _ block: UnsafePointer<Double>, _ resonance: UnsafePointer<Double>,
    _ times: UnsafePointer<Double>, _ out: OrbitsOut
  ) -> UInt32 { functions.deep_space(block, resonance, times, out) }

  /// States of an arc at `count` times.
  func arc(_ arc: OrbitsArc, count: Int, stream: Bool, _ out: OrbitsOut) {
    withUnsafePointer(to: arc) { functions.arc($0, Int64(count), stream, out) }
  }
}
