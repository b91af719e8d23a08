/// Functions whose results are the same to the last bit on every machine.
///
/// The system's mathematics library may use other instructions, and so round otherwise, from one
/// processor to the next. These are made of additions, multiplications, divisions and square roots
/// alone, which IEEE 754 defines exactly. Their error stays below 1e-14, relative.
enum Portable {
  private static let ln2 = 0.693_147_180_559_945_3

  /// The natural logarithm of a positive, finite number.
  static func log(_ x: Double) -> Double {
    precondition(x > 0 && x.isFinite, "a logarithm of a positive number")
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414_213_562_373_095_1 {
      significand /= 2
      exponent += 1
    }
    // ln m = 2 atanh((m - 1) / (m + 1)); the argument is at most 0.172, so 12 terms are enough.
    let z = (significand - 1) / (significand + 1)
    let square = z * z
    var sum = 0.0
    for odd in stride(from: 25, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return exponent * ln2 + 2 * z * sum
  }

  /// The exponential of a number; 0 and infinity far out.
  static func exp(_ x: Double) -> Double {
    if x > 709 { return .infinity }
    if x < -745 { return 0 }
    let count = (x / ln2).rounded()
    let rest = x - count * ln2
    var sum = 1.0
    for term in stride(from: 18, through: 1, by: -1) { sum = 1 + sum * rest / Double(term) }
    return Double(sign: .plus, exponent: Int(count), significand: sum)
  }

  /// The number that a standard normal variable stays below with probability `p` in (0, 1), to about
  /// 1e-9 (Acklam's rational approximation, 2003).
  static func normalQuantile(_ p: Double) -> Double {
    let low = 0.02425
    if p > 1 - low { return -normalQuantile(1 - p) }
    if p < low {
      let q = (-2 * log(p)).squareRoot()
      return polynomial(c, q) / (polynomial(d, q) * q + 1)
    }
    let q = p - 0.5
    let r = q * q
    return polynomial(a, r) * q / (polynomial(b, r) * r + 1)
  }

  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }

  private static let a = [
    -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
    -3.066479806614716e+01, 2.506628277459239e+00,
  ]
  private static let b = [
    -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
    -1.328068155288572e+01,
  ]
  private static let c = [
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
    4.374664141464968e+00, 2.938163982698783e+00,
  ]
  private static let d = [
    7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
  ]
}
