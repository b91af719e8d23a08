/// Finds passes by walking through a sky track from one turn of the elevation to the next.
///
/// Between two turns the elevation only rises or only sinks, so it crosses the mask at most once, and
/// bisection with Newton's steps cannot miss. Turns are told by the sign of the elevation's
/// rate at both ends of a step, not by samples above the mask: a pass of a few seconds shows as well
/// as one of ten minutes.
struct PassSearch {
  let sky: SkyTrack
  private var found: [Pass] = []
  private var current: Open?

  init(sky: SkyTrack) { self.sky = sky }

  /// A pass that has begun.
  private struct Open {
    var aos: Double
    var isCut: Bool
    var highest: Double
    var highestElevationDeg: Double
  }

  /// The passes from the start until `end` seconds after it.
  mutating func passes(until end: Double) -> [Pass] {
    let step = sky.step
    var time = 0.0
    var before: SkyTrack.Moment?
    while true {
      let now = sky.moment(at: time)
      switch (before, now) {
      case (nil, nil): break
      case (nil, let now?): begin(before: now)
      case (let before?, nil): stop(after: before, failedAt: time)
      case (let before?, let now?): walk(from: before, to: now)
      }
      guard time < end else { break }
      before = now
      // A satellite that cannot come up for a while need not be watched meanwhile.
      time = min(end, time + max(step, now?.safeLeap ?? 0))
    }
    if let open = current { close(open, los: end, isCut: true) }
    return found
  }

  /// Goes through one step, in monotone pieces.
  private mutating func walk(from a: SkyTrack.Moment, to b: SkyTrack.Moment) {
    let isTop = a.climb > 0 && b.climb <= 0
    let isBottom = a.climb <= 0 && b.climb > 0
    // A bottom matters only where both ends are up: otherwise the end that is down does as well.
    guard isTop || (isBottom && a.isUp && b.isUp), a.safeLeap + b.safeLeap < b.time - a.time,
      let turn = turn(between: a, b)
    else {
      cross(from: a, to: b)
      return
    }
    cross(from: a, to: turn)
    if isTop, turn.isUp { note(turn.time) }
    cross(from: turn, to: b)
  }

  /// Handles the mask between two moments between which the elevation does not turn.
  private mutating func cross(from a: SkyTrack.Moment, to b: SkyTrack.Moment) {
    guard a.isUp != b.isUp else { return }
    let time = crossing(between: a, b)
    if b.isUp {
      open(at: time, isCut: false)
    } else if let open = current {
      close(open, los: time, isCut: false)
    }
  }
}

extension PassSearch {
  /// The satellite has a state, and had none a step ago, or no step ago there was a window.
  private mutating func begin(before now: SkyTrack.Moment) {
    let first = now.time > 0 ? edge(good: now, bad: max(0, now.time - sky.step)) : now
    if first.isUp { open(at: first.time, isCut: true) }
    walk(from: first, to: now)
  }

  private mutating func open(at time: Double, isCut: Bool) {
    let elevation = sky.lookAngles(at: time)?.elevationDeg ?? -90
    current = Open(aos: time, isCut: isCut, highest: time, highestElevationDeg: elevation)
  }

  /// Remembers the highest moment of the present pass.
  private mutating func note(_ time: Double) {
    guard let elevation = sky.lookAngles(at: time)?.elevationDeg, let open = current,
      elevation > open.highestElevationDeg
    else { return }
    current?.highest = time
    current?.highestElevationDeg = elevation
  }

  private mutating func close(_ pass: Open, los: Double, isCut: Bool) {
    note(los)
    let highest = current ?? pass
    current = nil
    guard let rising = sky.lookAngles(at: pass.aos), let setting = sky.lookAngles(at: los)
    else { return }
    found.append(
      Pass(
        aos: sky.start.adding(seconds: pass.aos), los: sky.start.adding(seconds: los),
        culmination: sky.start.adding(seconds: highest.highest),
        maxElevationDeg: highest.highestElevationDeg, aosAzimuthDeg: rising.azimuthDeg,
        losAzimuthDeg: setting.azimuthDeg, startsBeforeWindow: pass.isCut, endsAfterWindow: isCut))
  }

  /// The satellite has no state any more: its pass ends with the last one it has.
  private mutating func stop(after good: SkyTrack.Moment, failedAt bad: Double) {
    let last = edge(good: good, bad: bad)
    walk(from: good, to: last)
    if let open = current { close(open, los: last.time, isCut: true) }
  }

  /// The last moment with a state on the way from `good` to `bad`, to a millisecond.
  private func edge(good: SkyTrack.Moment, bad: Double) -> SkyTrack.Moment {
    var good = good
    var bad = bad
    while abs(bad - good.time) > 1e-3 {
      let middle = (good.time + bad) / 2
      if let moment = sky.moment(at: middle) { good = moment } else { bad = middle }
    }
    return good
  }
}

extension PassSearch {
  /// How exactly times are found, seconds.
  private static let tolerance = 1e-3

  /// Where the clearance vanishes between two moments of opposite sign: Newton's method, kept inside a
  /// bracket that bisection shrinks where Newton would leave it.
  private func crossing(between a: SkyTrack.Moment, _ b: SkyTrack.Moment) -> Double {
    var low = a.time
    var high = b.time
    var guess = low + (high - low) * a.clearance / (a.clearance - b.clearance)
    for _ in 0..<60 {
      guard let moment = sky.moment(at: guess) else { return guess }
      if moment.isUp == a.isUp { low = guess } else { high = guess }
      let step = -moment.clearance / moment.clearanceRate
      let newton = guess + step
      if abs(step) < Self.tolerance / 10, newton >= a.time, newton <= b.time { return newton }
      guess = newton > low && newton < high ? newton : (low + high) / 2
      if high - low < Self.tolerance / 10 { return guess }
    }
    return guess
  }

  /// The moment between two at which the elevation turns: false position in the Illinois form (Dowell
  /// and Jarratt, BIT 11, 1971), which keeps the bracket.
  private func turn(between a: SkyTrack.Moment, _ b: SkyTrack.Moment) -> SkyTrack.Moment? {
    var low = (time: a.time, value: a.climb)
    var high = (time: b.time, value: b.climb)
    var best: SkyTrack.Moment?
    var keptHigh = false
    var keptLow = false
    for _ in 0..<60 {
      let guess = low.time + (high.time - low.time) * low.value / (low.value - high.value)
      guard guess.isFinite, let moment = sky.moment(at: guess) else { return best }
      let moved = abs(guess - (best?.time ?? a.time))
      best = moment
      if (moment.climb > 0) == (a.climb > 0) {
        low = (guess, moment.climb)
        if keptHigh { high.value /= 2 }
        (keptHigh, keptLow) = (true, false)
      } else {
        high = (guess, moment.climb)
        if keptLow { low.value /= 2 }
        (keptHigh, keptLow) = (false, true)
      }
      if moved < Self.tolerance / 10 || moment.climb == 0 { break }
    }
    return best
  }
}
