/// When a satellite is in sunlight during a pass, and when it can be seen by eye.
public struct PassLight: Hashable, Sendable {
  /// The spans in which the satellite sees the sun's centre.
  public var sunlit: [ClosedRange<UTC>]
  /// The spans in which it also stands in a dark sky: the sun is more than 6 degrees below the
  /// observer's horizon.
  public var visible: [ClosedRange<UTC>]

  /// Creates the light of a pass from its spans, each list in order of time.
  public init(sunlit: [ClosedRange<UTC>], visible: [ClosedRange<UTC>]) {
    self.sunlit = sunlit
    self.visible = visible
  }

  /// Whether the satellite is sunlit at some time of the pass.
  public var isSunlit: Bool { !sunlit.isEmpty }
  /// Whether it can be seen by eye at some time of the pass.
  public var isVisible: Bool { !visible.isEmpty }

  /// The sun's elevation below which the sky counts as dark, degrees.
  public static let darkSkyDeg = -6.0
}

extension PassLight {
  /// Edges are found to a millisecond.
  init(
    of pass: Pass, satellite: Satellite, viewpoint: Viewpoint,
    orientation: EarthOrientationTable?
  ) {
    let whole = pass.durationSeconds
    let shadow = ShadowTrack(satellite: satellite, start: pass.aos)
      .spans(to: whole, \.clearOfCentre)
    var lit: [(from: Double, to: Double)] = []
    var time = 0.0
    for dark in shadow {
      if dark.from > time { lit.append((time, dark.from)) }
      time = dark.to
    }
    if time < whole { lit.append((time, whole)) }
    let night = Self.night(whole) { time in
      let instant = pass.aos.adding(seconds: time)
      return viewpoint.view(at: instant).observer
        .sunElevationDeg(at: instant, table: orientation)
    }
    let seen = lit.flatMap { lit in
      night.compactMap { dark -> (from: Double, to: Double)? in
        let span = (from: max(lit.from, dark.from), to: min(lit.to, dark.to))
        return span.from < span.to ? span : nil
      }
    }
    func range(_ span: (from: Double, to: Double)) -> ClosedRange<UTC> {
      let from = pass.aos.adding(seconds: span.from)
      return from...max(from, pass.aos.adding(seconds: span.to))
    }
    self.init(sunlit: lit.map(range), visible: seen.map(range))
  }

  /// The spans of the first `whole` seconds in which the sun is low enough. It crosses an elevation
  /// at most once in twenty minutes.
  private static func night(
    _ whole: Double, sunElevationDeg: (Double) -> Double
  ) -> [(from: Double, to: Double)] {
    var spans: [(from: Double, to: Double)] = []
    var time = 0.0
    var isDark = sunElevationDeg(0) < darkSkyDeg
    var began: Double? = isDark ? 0 : nil
    while time < whole {
      let next = min(whole, time + 1_200)
      let isDarkNext = sunElevationDeg(next) < darkSkyDeg
      if isDark != isDarkNext {
        var (low, high) = (time, next)
        while high - low > 1e-3 {
          let middle = (low + high) / 2
          if (sunElevationDeg(middle) < darkSkyDeg) == isDark {
            low = middle
          } else {
            high = middle
          }
        }
        if let from = began { spans.append((from, low)) }
        began = isDarkNext ? low : nil
      }
      (time, isDark) = (next, isDarkNext)
    }
    if let from = began { spans.append((from, whole)) }
    return spans
  }
}
