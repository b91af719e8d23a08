/// How states between those of a table are found.
public enum EphemerisInterpolation: Hashable, Sendable {
  /// A straight line between neighbours, for position and for velocity.
  case linear
  /// A polynomial of a degree through positions, and another through velocities.
  case lagrange(degree: Int)
  /// A polynomial of a degree that has the positions and velocities of the states it uses; two conditions
  /// for each state, so the degree is odd, and an even one is raised by one.
  case hermite(degree: Int)

  /// How many states it takes.
  var stateCount: Int {
    switch self {
    case .linear: 2
    case .lagrange(let degree): degree + 1
    case .hermite(let degree): degree / 2 + 1
    }
  }
}

/// Why an ephemeris has no state for an instant.
public enum EphemerisError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The instant is outside the span that the states may be used in.
  case outsideSpan(UTC, useable: ClosedRange<UTC>)
  /// The interpolation takes more states than there are.
  case tooFewStates(needed: Int, present: Int)

  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .outsideSpan(let time, let span):
      "\(time) is outside the ephemeris, \(span.lowerBound) to \(span.upperBound): "
        + "choose a time inside it, or get a longer ephemeris"
    case .tooFewStates(let needed, let present):
      "the interpolation takes \(needed) states, the segment has \(present): choose a lower degree"
    }
  }
}

extension EphemerisSegment {
  /// The state at an instant inside the useable span, in the segment's frame.
  ///
  /// At the instant of a given state it is that state. Elsewhere it is interpolated over the states
  /// around the instant by `method`, or as the message recommends, or, where it recommends nothing, by
  /// Hermite's polynomial of degree 7 (lower where there are fewer than four states).
  public func state(
    at time: UTC, by method: EphemerisInterpolation? = nil
  ) throws(EphemerisError) -> EphemerisState {
    guard useableSpan.contains(time) else {
      throw .outsideSpan(time, useable: useableSpan)
    }
    let next = firstState(notBefore: time)
    if next < states.count, states[next].time == time { return states[next] }
    let fallback = EphemerisInterpolation.hermite(degree: min(7, 2 * states.count - 1))
    let method = method ?? interpolation ?? fallback
    let needed = max(2, method.stateCount)
    guard needed <= states.count else {
      throw .tooFewStates(needed: needed, present: states.count)
    }
    let start = min(max(0, next - (needed + 1) / 2), states.count - needed)
    let window = states[start..<start + needed]
    // Times from the instant sought, in units of the window's length: the polynomials are taken at 0.
    let length = window[start + needed - 1].time.seconds(since: window[start].time)
    let times = window.map { $0.time.seconds(since: time) / length }
    let positions = window.map(\.positionKm)
    let velocities = window.map(\.velocityKmS)
    if case .hermite = method {
      let (position, slope) = hermite(times, positions, velocities.map { $0 * length })
      return EphemerisState(time: time, positionKm: position, velocityKmS: slope / length)
    }
    return EphemerisState(
      time: time, positionKm: lagrange(times, positions), velocityKmS: lagrange(times, velocities))
  }

  /// The index of the first state at or after an instant.
  private func firstState(notBefore time: UTC) -> Int {
    var (low, high) = (0, states.count)
    while low < high {
      let middle = (low + high) / 2
      if states[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The value at 0 of the polynomial through points (Neville's scheme).
private func lagrange(_ x: [Double], _ values: [Vector3]) -> Vector3 {
  var p = values
  for order in 1..<x.count {
    for i in 0..<(x.count - order) {
      p[i] = (p[i + 1] * x[i] - p[i] * x[i + order]) / (x[i] - x[i + order])
    }
  }
  return p[0]
}

/// The value and the slope at 0 of the polynomial through points with given slopes: Newton's form over
/// nodes taken twice, whose divided difference is the slope.
private func hermite(
  _ x: [Double], _ values: [Vector3], _ slopes: [Vector3]
) -> (value: Vector3, slope: Vector3) {
  let nodes = x.flatMap { [$0, $0] }
  var differences = values.flatMap { [$0, $0] }
  for order in 1..<nodes.count {
    for i in stride(from: nodes.count - 1, through: order, by: -1) {
      let width = nodes[i] - nodes[i - order]
      differences[i] =
        width == 0 ? slopes[i / 2] : (differences[i] - differences[i - 1]) / width
    }
  }
  var value = differences[nodes.count - 1]
  var slope = Vector3.zero
  for i in stride(from: nodes.count - 2, through: 0, by: -1) {
    slope = value - slope * nodes[i]
    value = differences[i] - value * nodes[i]
  }
  return (value, slope)
}
