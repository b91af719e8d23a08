/// Finds passes by walking through a sky track from one turn of the elevation to the next.
///
/// Between two turns the elevation only rises or only sinks, so it crosses the mask at most once, and
/// bisection with Newton's steps cannot miss. Turns are told by the sign of the elevation's
/// rate at both ends of a step, not by samples above the mask: a pass of a few seconds shows as well
/// as one of ten minutes.
struct PassSearch<S: Sky> {
  var sky: S
  private(set) var found: [Pass] = []
  private var current: Open?

  init(sky: S) { self.sky = sky }

  /// A pass that has begun.
  private struct Open {
    var aos: Double
    var isCut: Bool
    var azimuthDeg: Double
    var highest: Double
    var highestElevationDeg: Double
    var highestAzimuthDeg: Double
  }

  /// Goes through one step, in monotone pieces.
  mutating func walk(from a: SkyMoment, to b: SkyMoment) {
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
    sky.turned(turn)
    if isTop, turn.isUp { note(turn.time, sky.lookAngles(at: turn.time)) }
    cross(from: turn, to: b)
  }

  /// Handles the mask between two moments between which the elevation does not turn.
  private mutating func cross(from a: SkyMoment, to b: SkyMoment) {
    guard a.isUp != b.isUp else { return }
    let time = crossing(between: a, b)
    if b.isUp {
      open(at: time, isCut: false)
    } else if let open = current {
      close(open, los: time, isCut: false)
    }
  }
}

extension PassSearch where S == SkyTrack {
  /// The passes from the start until `end` seconds after it.
  mutating func passes(until end: Double) -> [Pass] {
    let step = sky.step
    var time = 0.0
    var before: SkyMoment?
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
    finish(at: end)
    return found
  }

  /// The satellite has a state, and had none a step ago, or no step ago there was a window.
  private mutating func begin(before now: SkyMoment) {
    let first = now.time > 0 ? edge(good: now, bad: max(0, now.time - sky.step)) : now
    if first.isUp { open(at: first.time, isCut: true) }
    walk(from: first, to: now)
  }

  /// The satellite has no state any more: its pass ends with the last one it has.
  private mutating func stop(after good: SkyMoment, failedAt bad: Double) {
    let last = edge(good: good, bad: bad)
    walk(from: good, to: last)
    finish(at: last.time)
  }

  /// The last moment with a state on the way from `good` to `bad`, to a millisecond.
  private mutating func edge(good: SkyMoment, bad: Double) -> SkyMoment {
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
  /// A pass begins.
  mutating func open(at time: Double, isCut: Bool) {
    let look = sky.lookAngles(at: time)
    let azimuth = look?.azimuthDeg ?? 0
    current = Open(
      aos: time, isCut: isCut, azimuthDeg: azimuth, highest: time,
      highestElevationDeg: look?.elevationDeg ?? -90, highestAzimuthDeg: azimuth)
  }

  /// The search ends; a pass that has not is cut.
  mutating func finish(at end: Double) {
    if let open = current { close(open, los: end, isCut: true) }
  }

  /// Remembers the highest moment of the present pass.
  private mutating func note(_ time: Double, _ look: LookAngles?) {
    guard let look, let open = current, look.elevationDeg > open.highestElevationDeg else { return }
    current?.highest = time
    current?.highestElevationDeg = look.elevationDeg
    current?.highestAzimuthDeg = look.azimuthDeg
  }

  private mutating func close(_ pass: Open, los: Double, isCut: Bool) {
    let setting = sky.lookAngles(at: los)
    note(los, setting)
    let highest = current ?? pass
    current = nil
    guard let setting else { return }
    found.append(
      Pass(
        aos: sky.start.adding(seconds: pass.aos), los: sky.start.adding(seconds: los),
        culmination: sky.start.adding(seconds: highest.highest),
        maxElevationDeg: highest.highestElevationDeg, aosAzimuthDeg: pass.azimuthDeg,
        losAzimuthDeg: setting.azimuthDeg, culminationAzimuthDeg: highest.highestAzimuthDeg,
        startsBeforeWindow: pass.isCut, endsAfterWindow: isCut))
  }
}

extension PassSearch {
  /// How exactly times are found, seconds.
  private static var tolerance: Double { 1e-3 }

  /// Where the clearance vanishes between two moments of opposite sign: Newton's method, kept inside a
  /// bracket that bisection shrinks where Newton would leave it.
  private mutating func crossing(between a: SkyMoment, _ b: SkyMoment) -> Double {
    var low = a.time
    var high = b.time
    var guess = low + (high - low) * a.clearance / (a.clearance - b.clearance)
    for _ in 0..<60 {
      guard let moment = sky.moment(at: guess) else { return guess }
      if moment.isUp == a.isUp { low = guess } else { high = guess }
      let step = -moment.clearance / moment.clearanceRate
      let newton = guess + step
      if abs(step) < Self.tolerance / 10, newton >= a.time, newton <= b.time {
        sky.crossed(moment)
        return newton
      }
      guess = newton > low && newton < high ? newton : (low + high) / 2
      if high - low < Self.tolerance / 10 {
        sky.crossed(moment)
        return guess
      }
    }
    return guess
  }

  /// The moment between two at which the elevation turns: false position in the Illinois form (Dowell
  /// and Jarratt, BIT 11, 1971), which keeps the bracket.
  private mutating func turn(between a: SkyMoment, _ b: SkyMoment) -> SkyMoment? {
    var low = (time: a.time, value: a.climb)
    var high = (time: b.time, value: b.climb)
    var best: SkyMoment?
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
