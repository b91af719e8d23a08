#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The slow motion of a satellite whose revolutions keep step with the earth's rotation, so that the
/// same tesseral harmonics pull it the same way every time.
struct Resonance: Sendable {
  /// Which revolutions keep step.
  enum Kind: Sendable {
    /// One revolution a day.
    case synchronous(SynchronousForce)
    /// Two revolutions a day, at eccentricities of a half and more.
    case halfDay(HalfDayForce)
  }

  let kind: Kind
  /// The resonant longitude at epoch, radians.
  let longitudeAtEpoch: Double
  /// What the resonant longitude drifts besides the mean motion, radians per minute.
  let driftRate: Double
  /// Brouwer's mean motion at epoch, radians per minute.
  let meanMotionAtEpoch: Double

  /// The resonant longitude and the mean motion `t` minutes after epoch.
  ///
  /// Integrates from epoch in steps of half a day with a second-order Taylor step (Hujsak, Spacetrack
  /// Report No. 1). It starts anew at each call, so a result never depends on what was asked before.
  func integrated(to t: Double) -> (longitude: Double, meanMotion: Double) {
    halfDay(of: t).at(t)
  }

  /// The half day, counted from epoch, that `t` lies in.
  func halfDay(of t: Double) -> ResonantHalfDay {
    var halfDay = firstHalfDay
    let step = t < 0 ? -ResonantHalfDay.minutes : ResonantHalfDay.minutes
    while abs(t - halfDay.time) >= ResonantHalfDay.minutes { halfDay = next(halfDay, step: step) }
    return halfDay
  }

  /// The half day that starts at epoch, in either direction of time.
  var firstHalfDay: ResonantHalfDay {
    starting(at: 0, longitude: longitudeAtEpoch, meanMotion: meanMotionAtEpoch)
  }

  /// The half day that follows another, `step` minutes later.
  func next(_ halfDay: ResonantHalfDay, step: Double) -> ResonantHalfDay {
    let end = halfDay.at(halfDay.time + step)
    return starting(
      at: halfDay.time + step, longitude: end.longitude, meanMotion: end.meanMotion)
  }

  private func starting(at time: Double, longitude: Double, meanMotion: Double) -> ResonantHalfDay {
    let pull = acceleration(longitude: longitude, time: time)
    let rate = meanMotion + driftRate
    return ResonantHalfDay(
      time: time, longitude: longitude, meanMotion: meanMotion, rate: rate, pull: pull.value,
      jerk: pull.slope * rate)
  }

  /// The acceleration of the resonant longitude, and its derivative with respect to that longitude.
  @inline(__always)
  private func acceleration(longitude: Double, time: Double) -> (value: Double, slope: Double) {
    switch kind {
    case .synchronous(let force): force.acceleration(longitude: longitude)
    case .halfDay(let force): force.acceleration(longitude: longitude, time: time)
    }
  }

  /// The earth's rotation in the resonance terms, radians per minute.
  static let earthRotationRate = 4.37526908801129966e-3
}

/// Half a day of a resonance: its state at the start, from which a Taylor step reaches any time in it.
struct ResonantHalfDay {
  static let minutes = 720.0

  /// The start, minutes after epoch.
  let time: Double
  let longitude: Double
  let meanMotion: Double
  /// The longitude's first derivative in time.
  let rate: Double
  /// The mean motion's first and second derivatives in time.
  let pull: Double
  let jerk: Double

  /// Longitude and mean motion at `t` minutes after epoch.
  func at(_ t: Double) -> (longitude: Double, meanMotion: Double) {
    let dt = t - time
    return (
      longitude + (rate * dt + pull * dt * dt * 0.5),
      meanMotion + (pull * dt + jerk * dt * dt * 0.5)
    )
  }
}

/// The pull of the harmonics (2,2), (3,1) and (3,3) on a satellite of one revolution a day.
struct SynchronousForce: Sendable {
  let del1: Double
  let del2: Double
  let del3: Double

  init(meanMotion n: Double, inverseAxis: Double, eccentricity e: Double, inclination i: SinCos) {
    let ee = e * e
    let g200 = 1 + ee * (-2.5 + 0.8125 * ee)
    let g310 = 1 + 2 * ee
    let g300 = 1 + ee * (-6 + 6.60937 * ee)
    let onePlus = 1 + i.cos
    let f220 = 0.75 * onePlus * onePlus
    let f311 = 0.9375 * i.sin * i.sin * (1 + 3 * i.cos) - 0.75 * onePlus
    let f330 = 1.875 * onePlus * onePlus * onePlus
    let base = 3 * n * n * inverseAxis * inverseAxis
    del1 = base * f311 * g310 * 2.1460748e-6 * inverseAxis
    del2 = 2 * base * f220 * g200 * 1.7891679e-6
    del3 = 3 * base * f330 * g300 * 2.2123015e-7 * inverseAxis
  }

  @inline(__always)
  func acceleration(longitude: Double) -> (value: Double, slope: Double) {
    let a = SinCos(longitude - 0.13130908)
    let b = SinCos(2 * (longitude - 2.8843198))
    let c = SinCos(3 * (longitude - 0.37448087))
    return (
      del1 * a.sin + del2 * b.sin + del3 * c.sin,
      del1 * a.cos + 2 * del2 * b.cos + 3 * del3 * c.cos
    )
  }
}

/// The pull of ten tesseral terms on an eccentric satellite of two revolutions a day.
struct HalfDayForce: Sendable {
  /// The coefficients, in the order (l, m, p, q) = 2201, 2211, 3210, 3222, 5220, 5232, 4410, 4422, 5421, 5433.
  let d: HalfDayCoefficients
  let perigeeAtEpoch: Double
  let perigeeRate: Double

  func acceleration(longitude l: Double, time: Double) -> (value: Double, slope: Double) {
    let w = perigeeAtEpoch + perigeeRate * time
    var value = 0.0
    var slope = 0.0
    @inline(__always)
    func add(_ coefficient: Double, _ angle: Double, _ order: Double) {
      let term = SinCos(angle)
      value += coefficient * term.sin
      slope += order * coefficient * term.cos
    }
    let g22 = 5.7686396
    let g32 = 0.95240898
    let g44 = 1.8014998
    let g52 = 1.0508330
    let g54 = 4.4108898
    add(d.d2201, 2 * w + l - g22, 1)
    add(d.d2211, l - g22, 1)
    add(d.d3210, w + l - g32, 1)
    add(d.d3222, -w + l - g32, 1)
    add(d.d5220, w + l - g52, 1)
    add(d.d5232, -w + l - g52, 1)
    add(d.d4410, 2 * w + 2 * l - g44, 2)
    add(d.d4422, 2 * l - g44, 2)
    add(d.d5421, w + 2 * l - g54, 2)
    add(d.d5433, -w + 2 * l - g54, 2)
    return (value, slope)
  }
}
