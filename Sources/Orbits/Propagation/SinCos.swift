#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The sine and the cosine of one angle.
struct SinCos: Sendable {
  var sin: Double
  var cos: Double

  /// The sine and cosine of an angle in radians.
  @inline(__always)
  init(_ angle: Double) {
    sin = sine(angle)
    cos = cosine(angle)
  }

  @inline(__always)
  init(sin: Double, cos: Double) {
    self.sin = sin
    self.cos = cos
  }

  /// The sine and cosine of this angle plus `delta` radians.
  ///
  /// SGP4 adds small corrections to angles whose sines it knows already. Below a fiftieth of a
  /// radian the series are exact to the last bit of a `Double`, and much cheaper than a new call.
  @inline(__always)
  func rotated(by delta: Double) -> SinCos {
    let turn: SinCos
    if abs(delta) < 0.02 {
      let d2 = delta * delta
      turn = SinCos(
        sin: delta * (1 - d2 * (1 / 6.0) * (1 - d2 * (1 / 20.0) * (1 - d2 * (1 / 42.0)))),
        cos: 1 - d2 * 0.5 * (1 - d2 * (1 / 12.0) * (1 - d2 * (1 / 30.0))))
    } else {
      turn = SinCos(delta)
    }
    return SinCos(sin: sin * turn.cos + cos * turn.sin, cos: cos * turn.cos - sin * turn.sin)
  }
}

@inline(__always)
private func sine(_ angle: Double) -> Double { sin(angle) }

@inline(__always)
private func cosine(_ angle: Double) -> Double { cos(angle) }

/// An angle brought into one turn, keeping its sign (as C's `fmod` by 2 pi).
@inline(__always)
func wrapped(_ angle: Double) -> Double {
  angle - 2 * Double.pi * (angle / (2 * Double.pi)).rounded(.towardZero)
}
