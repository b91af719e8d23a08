/// Eight distances side by side.
typealias Lanes = SIMD8<Double>

extension SIMDMask<SIMD8<Int64>> {
  /// Whether it holds anywhere; the standard library's `any` goes through each lane.
  @inline(__always)
  var isSomewhere: Bool {
    // A mask's storage is all ones where it holds and zero elsewhere, which the type guarantees.
    let all = unsafeBitCast(self, to: SIMD8<Int64>.self)
    let half = all.lowHalf | all.highHalf
    let quarter = half.lowHalf | half.highHalf
    return quarter[0] | quarter[1] != 0
  }
}
