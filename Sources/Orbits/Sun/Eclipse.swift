/// One way of a satellite through the earth's shadow.
public struct Eclipse: Hashable, Sendable {
  /// From the first to the last instant at which the earth covers some of the sun.
  public var penumbra: ClosedRange<UTC>
  /// From the first to the last instant at which it covers all of it; `nil` where it never does.
  public var umbra: ClosedRange<UTC>?
  /// Whether the satellite was in shadow already when the window, or the prediction, began.
  public var startsBeforeWindow: Bool
  /// Whether it still was when the window, or the prediction, ended.
  public var endsAfterWindow: Bool
}

/// How one revolution is divided between light and shadow.
public struct Illumination: Hashable, Sendable {
  /// The length of the revolution, seconds.
  public var periodSeconds: Double
  /// In full sunlight, seconds.
  public var sunlitSeconds: Double
  /// In penumbra, seconds.
  public var penumbraSeconds: Double
  /// In umbra, seconds.
  public var umbraSeconds: Double
  /// The share of the sun's light that the revolution gets, in [0, 1]: penumbra counts half.
  public var sunlitFraction: Double {
    (sunlitSeconds + penumbraSeconds / 2) / periodSeconds
  }
}

extension Satellite {
  /// The eclipses by the earth that overlap a window, in order of time, to a millisecond.
  ///
  /// A window's edge cuts an eclipse, which then says so. Where the satellite has no state any more
  /// the last eclipse ends.
  public func eclipses(from start: UTC, to end: UTC) -> [Eclipse] {
    guard start < end else { return [] }
    let orbit = ShadowTrack(satellite: self, start: start)
    let whole = end.seconds(since: start)
    return orbit.spans(to: whole, \.clearOfPenumbra).map { span in
      let umbra = orbit.spans(from: span.from, to: span.to, \.clearOfUmbra).first
      func range(_ span: ShadowTrack.Span) -> ClosedRange<UTC> {
        let from = start.adding(seconds: span.from)
        return from...max(from, start.adding(seconds: span.to))
      }
      return Eclipse(
        penumbra: range(span), umbra: umbra.map(range), startsBeforeWindow: span.cutAtStart,
        endsAfterWindow: span.cutAtEnd)
    }
  }

  /// The division between light and shadow of the revolution that begins at `time`; `nil` where the
  /// satellite has no state throughout.
  public func illumination(from time: UTC) -> Illumination? {
    let period = 2 * Double.pi / orbit.meanMotion * 60
    let end = time.adding(seconds: period)
    guard (try? state(at: time)) != nil, (try? state(at: end)) != nil else { return nil }
    var dark = 0.0
    var umbra = 0.0
    for eclipse in eclipses(from: time, to: end) {
      dark += eclipse.penumbra.upperBound.seconds(since: eclipse.penumbra.lowerBound)
      if let full = eclipse.umbra { umbra += full.upperBound.seconds(since: full.lowerBound) }
    }
    return Illumination(
      periodSeconds: period, sunlitSeconds: period - dark, penumbraSeconds: dark - umbra,
      umbraSeconds: umbra)
  }

  /// The angle between the orbit's plane and the sun at an instant, degrees; see
  /// ``TEMEState/betaAngleDeg(at:)``.
  ///
  /// - Throws: ``PropagationError`` where there is no state.
  public func betaAngleDeg(at time: UTC) throws(PropagationError) -> Double {
    try state(at: time).betaAngleDeg(at: time)
  }
}

/// A satellite's way past the earth's shadow, as functions of the seconds since a start.
struct ShadowTrack {
  let satellite: Satellite
  let start: UTC

  /// A stretch of negative values.
  struct Span {
    var from: Double
    var to: Double
    var cutAtStart: Bool
    var cutAtEnd: Bool
  }

  /// The stretches in which a clearance is negative.
  ///
  /// The separation of sun and earth has one minimum in a revolution. Steps of a thirtieth of one at
  /// perigee speed bracket it; there the depth is found by golden section, so that a grazing eclipse
  /// of seconds is not lost between two steps.
  func spans(
    from: Double = 0, to end: Double, _ clearance: KeyPath<ShadowGeometry, Double>
  ) -> [Span] {
    let step = min(satellite.lookStep, max(1, (end - from) / 4))
    // One step more on both sides, so that a grazing eclipse near an edge has its bracket too.
    return scan(from: from - step, to: end + step, step: step, clearance).compactMap { span in
      guard span.to > from, span.from < end else { return nil }
      return Span(
        from: max(span.from, from), to: min(span.to, end),
        cutAtStart: span.cutAtStart || span.from < from,
        cutAtEnd: span.cutAtEnd || span.to > end)
    }
  }

  private func scan(
    from: Double, to end: Double, step: Double, _ clearance: KeyPath<ShadowGeometry, Double>
  ) -> [Span] {
    func value(_ time: Double) -> Double? {
      geometry(at: time).map { $0[keyPath: clearance] }
    }
    var found: [Span] = []
    var open: Span?
    var earlier: (time: Double, value: Double)?
    var before: (time: Double, value: Double)?
    var time = from
    func close(_ at: Double, cut: Bool) {
      guard var span = open else { return }
      span.to = at
      span.cutAtEnd = cut
      found.append(span)
      open = nil
    }
    while true {
      if let now = value(time) {
        if let last = before {
          if (last.value < 0) != (now < 0) {
            let edge = crossing(last.time, time, risesThrough: now >= 0, value)
            if now < 0 {
              open = Span(from: edge, to: edge, cutAtStart: false, cutAtEnd: false)
            } else {
              close(edge, cut: false)
            }
          } else if let first = earlier, first.value > last.value, last.value <= now, now >= 0,
            let bottom = minimum(first.time, time, value), bottom.value < 0
          {
            let enters = crossing(first.time, bottom.time, risesThrough: false, value)
            let leaves = crossing(bottom.time, time, risesThrough: true, value)
            found.append(Span(from: enters, to: leaves, cutAtStart: false, cutAtEnd: false))
          }
        } else if now < 0 {
          open = Span(from: time, to: time, cutAtStart: true, cutAtEnd: false)
        }
        earlier = before
        before = (time, now)
      } else {
        if let last = before { close(last.time, cut: true) }
        (earlier, before) = (nil, nil)
      }
      guard time < end else { break }
      time = min(end, time + step)
    }
    close(end, cut: true)
    return found
  }

  func geometry(at time: Double) -> ShadowGeometry? {
    let instant = start.adding(seconds: time)
    guard let state = try? satellite.state(at: instant) else { return nil }
    return ShadowGeometry(
      satelliteKm: state.positionKm, sunKm: Sun.temePositionKm(at: instant))
  }

  private func crossing(
    _ a: Double, _ b: Double, risesThrough rises: Bool, _ value: (Double) -> Double?
  ) -> Double {
    var (low, high) = (a, b)
    while high - low > 5e-4 {
      let middle = (low + high) / 2
      guard let now = value(middle) else { return low }
      if (now >= 0) == rises { high = middle } else { low = middle }
    }
    return (low + high) / 2
  }

  private func minimum(
    _ a: Double, _ b: Double, _ value: (Double) -> Double?
  ) -> (time: Double, value: Double)? {
    let golden = 0.618_033_988_749_894_9
    var (low, high) = (a, b)
    var left = high - golden * (high - low)
    var right = low + golden * (high - low)
    guard var atLeft = value(left), var atRight = value(right) else { return nil }
    while high - low > 0.01 {
      if atLeft < atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - golden * (high - low)
        guard let now = value(left) else { return nil }
        atLeft = now
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + golden * (high - low)
        guard let now = value(right) else { return nil }
        atRight = now
      }
    }
    return atLeft < atRight ? (left, atLeft) : (right, atRight)
  }
}

extension Satellite {
  /// The seconds between two looks at a satellite: a thirtieth of a revolution at perigee speed, in which
  /// neither its elevation nor its distance from the shadow turns more than once.
  var lookStep: Double {
    let e = orbit.eccentricity
    let a = orbit.semiMajorAxis
    let perigeeRate =
      WGS72.xke / (a * a.squareRoot()) * (1 + e).squareRoot() / ((1 - e) * (1 - e).squareRoot())
    return max(20, 60 * 2 * Double.pi / perigeeRate / 30)
  }
}
