import OrbitsKernel

extension OrbitsArc {
  /// The times of one arc: long enough to be worth its expansion, short enough for it to hold.
  static let longest = 512

  /// Expands an orbit about the middle of `count` times, `step` minutes apart from `first` minutes after
  /// epoch, or gives `nil` where the kernel's algebra could be off by more than about 0.06 mm: eccentric
  /// or nearly decayed orbits, strong drag, and long steps.
  init?(_ orbit: OrbitsSecular, first: Double, step: Double, count: Int) {
    let half = 0.5 * step * Double(count - 1)
    let middle = first + half
    let reach = abs(half)
    guard reach < 1e5, abs(middle) < 1e7, orbit.cosInclination > -0.999 else { return nil }
    self.init()
    self.step = step
    self.first = -half

    let axis = Polynomial(1, -orbit.c1, -orbit.axis2, -orbit.axis3, -orbit.axis4, 0)
      .expanded(about: middle).scaled(by: orbit.rootAxis)
    (root0, root1, root2, root3) = (axis.c0, axis.c1, axis.c2, axis.c3)
    let axisReach = axis.reach(at: reach)
    let change = axisReach.0 + axisReach.1 + axisReach.2
    let drag = Polynomial(
      0, 0, orbit.longitude2, orbit.longitude3, orbit.longitude4, orbit.longitude5
    ).expanded(about: middle)
    (longitude2, longitude3, longitude4) = (drag.c2, drag.c3, drag.c4)
    let dragReach = drag.reach(at: reach)
    let leftOver = dragReach.1 + dragReach.2 + dragReach.3
    guard axisReach.3 + axisReach.4 < 2e-12, leftOver < 2e-3,
      dragReach.4 < 4e-12,
      abs(orbit.nodeQuadratic) * reach * reach < 1e-3
    else { return nil }

    let perigee = orbit.perigee + orbit.perigeeRate * middle
    let undisturbed = orbit.meanAnomaly + orbit.meanAnomalyRate * middle
    anomaly = wrapped(undisturbed)
    fromPerigee = wrapped(undisturbed + drag.c0)
    latitude = wrapped(undisturbed + drag.c0 + perigee)
    node = wrapped(
      orbit.node + orbit.nodeRate * middle + orbit.nodeQuadratic * middle * middle)
    anomalyRate = orbit.meanAnomalyRate
    fromPerigeeRate = anomalyRate + drag.c1
    latitudeRate = fromPerigeeRate + orbit.perigeeRate
    nodeRate = orbit.nodeRate + 2 * orbit.nodeQuadratic * middle
    nodeQuadratic = orbit.nodeQuadratic
    shift0 = orbit.perigeeDrag * middle - orbit.anomalyDrag * orbit.anomalyDragAtEpoch
    shift1 = orbit.perigeeDrag
    anomalyDrag = orbit.anomalyDrag
    eta = orbit.eta
    eccentricity0 =
      orbit.eccentricity - orbit.bstarC4 * middle + orbit.bstarC5 * orbit.sinMeanAnomalyAtEpoch
    eccentricity1 = -orbit.bstarC4
    bstarC5 = orbit.bstarC5
    sinInclination = orbit.sinInclination
    cosInclination = orbit.cosInclination
    guard
      holds(
        shift: orbit.largestShift(until: abs(middle) + reach), leftOver: leftOver, change: change,
        reach: reach)
    else { return nil }
  }

  /// Whether the series of the kernel are exact enough, and no guard of the theory can be near.
  private func holds(shift: Double, leftOver: Double, change: Double, reach: Double) -> Bool {
    let e = abs(eccentricity1) * reach + abs(bstarC5)
    let largestE = max(eccentricity0 + e, 1e-6)
    let turn = shift + leftOver
    let turn4 = turn * turn * turn * turn
    let smallestRoot = root0 - change
    return largestE < ORBITS_ARC_ECCENTRICITY && eccentricity0 - e > -0.0009
      && largestE * turn4 * (1 / 12.0 + turn / 100) < 1e-12
      && abs(bstarC5) * shift * shift * shift < 6e-12
      && smallestRoot > 0 && smallestRoot * smallestRoot * (1 - largestE) > 1.003
  }
}

extension OrbitsSecular {
  /// An upper bound of what drag shifts between perigee and mean anomaly within `t` minutes of epoch.
  fileprivate func largestShift(until t: Double) -> Double {
    func cube(_ x: Double) -> Double { x * x * x }
    let wave = max(
      abs(cube(1 + eta) - anomalyDragAtEpoch), abs(cube(1 - eta) - anomalyDragAtEpoch))
    return abs(perigeeDrag) * t + abs(anomalyDrag) * wave
  }
}

/// A polynomial of the fifth degree, lowest power first.
private struct Polynomial {
  var c0, c1, c2, c3, c4, c5: Double

  init(_ c0: Double, _ c1: Double, _ c2: Double, _ c3: Double, _ c4: Double, _ c5: Double) {
    (self.c0, self.c1, self.c2, self.c3, self.c4, self.c5) = (c0, c1, c2, c3, c4, c5)
  }

  /// The same polynomial in powers of the distance from `t`.
  func expanded(about t: Double) -> Polynomial {
    Polynomial(
      c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5)))),
      c1 + t * (2 * c2 + t * (3 * c3 + t * (4 * c4 + t * 5 * c5))),
      c2 + t * (3 * c3 + t * (6 * c4 + t * 10 * c5)),
      c3 + t * (4 * c4 + t * 10 * c5), c4 + t * 5 * c5, c5)
  }

  func scaled(by k: Double) -> Polynomial {
    Polynomial(c0 * k, c1 * k, c2 * k, c3 * k, c4 * k, c5 * k)
  }

  /// Upper bounds of the terms of degrees 1 to 5 within `t` of the origin.
  func reach(at t: Double) -> (Double, Double, Double, Double, Double) {
    let t2 = t * t
    return (abs(c1) * t, abs(c2) * t2, abs(c3) * t2 * t, abs(c4) * t2 * t2, abs(c5) * t2 * t2 * t)
  }
}
