import Orbits

/// What `perigee passes --plot` draws: the highest passes over a site, as a sky plot and a timeline.
struct PassPlot {
  /// A pass with its way through the sky.
  struct Track {
    let name: String
    let pass: Pass
    /// `A`, `B` and on, in order of time.
    let letter: Character
    let points: [Point]
  }

  /// Where a satellite stands at one time.
  struct Point {
    let time: UTC
    let azimuthDeg: Double
    let elevationDeg: Double
    let isSunlit: Bool
  }

  let site: Geodetic
  let window: ClosedRange<UTC>
  let maskDeg: Double
  /// In order of time.
  let tracks: [Track]
  /// When the sun is more than 6 degrees below the site's horizon.
  let nights: [ClosedRange<UTC>]
  private let total: Int

  /// More tracks in one sky are a tangle.
  static let limit = 12

  init(
    passes: [FoundPass], elements: [ElementSet], site: Geodetic, window: ClosedRange<UTC>,
    maskDeg: Double, orientation: EarthOrientationTable?
  ) {
    self.site = site
    self.window = window
    self.maskDeg = maskDeg
    total = passes.count
    let sky = SkySampler(observer: Observer(site), orientation: orientation)
    let highest = Self.highest(of: passes).sorted { $0.found.pass.aos < $1.found.pass.aos }
    tracks = zip("ABCDEFGHIJKL", highest).compactMap { letter, chosen in
      let set = elements[chosen.found.satellite]
      guard let satellite = try? Satellite(set) else { return nil }
      let name = set.name.isEmpty ? "\(set.catalogNumber)" : set.name
      return Track(
        name: chosen.companions > 0 ? "\(name) +\(chosen.companions)" : name,
        pass: chosen.found.pass, letter: letter,
        points: sky.points(of: satellite, during: chosen.found.pass))
    }
    nights = sky.nights(in: window)
  }

  /// The highest passes; what is docked to a satellite passes with it, and is only counted.
  private static func highest(of passes: [FoundPass]) -> [(found: FoundPass, companions: Int)] {
    var chosen: [(found: FoundPass, companions: Int)] = []
    for found in passes.sorted(by: { $0.pass.maxElevationDeg > $1.pass.maxElevationDeg }) {
      let pass = found.pass
      let leader = chosen.firstIndex {
        let other = $0.found.pass
        return abs(other.culmination.seconds(since: pass.culmination)) < 5
          && abs(other.aos.seconds(since: pass.aos)) < 5
          && abs(other.maxElevationDeg - pass.maxElevationDeg) < 0.5
          && abs(other.aosAzimuthDeg - pass.aosAzimuthDeg) < 0.5
      }
      if let leader {
        chosen[leader].companions += 1
      } else if chosen.count < limit {
        chosen.append((found, 0))
      }
    }
    return chosen
  }

  /// The tracks' indices by satellite, in order of the first pass.
  var rows: [(name: String, tracks: [Int])] {
    var rows: [(name: String, tracks: [Int])] = []
    for (index, track) in tracks.enumerated() {
      if let row = rows.firstIndex(where: { $0.name == track.name }) {
        rows[row].tracks.append(index)
      } else {
        rows.append((track.name, [index]))
      }
    }
    return rows
  }

  /// What is shown, in one line.
  var caption: String {
    guard total > 0 else { return "no pass above \(fixed(maskDeg, decimals: 0)) degrees" }
    let kind = "above \(fixed(maskDeg, decimals: 0)) degrees"
    return total > tracks.count
      ? "the \(tracks.count) highest of \(total) passes \(kind)"
      : "\(total) \(total == 1 ? "pass" : "passes") \(kind)"
  }

  /// The site's place and the window, for a heading.
  var heading: String {
    let latitude =
      fixed(abs(site.latitudeDeg), decimals: 2) + (site.latitudeDeg < 0 ? "° S" : "° N")
    let longitude =
      fixed(abs(site.longitudeDeg), decimals: 2) + (site.longitudeDeg < 0 ? "° W" : "° E")
    return "\(latitude)  \(longitude)"
  }

  /// The window, UTC, to the minute.
  var windowText: String {
    "\(Self.minute(window.lowerBound)) to \(Self.minute(window.upperBound)) UTC"
  }

  /// How far through the window an instant is, in [0, 1].
  func share(_ time: UTC) -> Double {
    let whole = window.upperBound.seconds(since: window.lowerBound)
    return max(0, min(1, time.seconds(since: window.lowerBound) / whole))
  }

  /// `YYYY-MM-DD HH:MM`.
  static func minute(_ time: UTC) -> String {
    let text = time.formatted(fractionDigits: 0)
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }

  /// `HH:MM`.
  static func clock(_ time: UTC) -> String {
    String(time.formatted(fractionDigits: 0).dropFirst(11).prefix(5))
  }

  /// The time of a tick: the clock's, or the date where the window spans more than three days.
  func label(ofTick time: UTC) -> String {
    let isLong = window.upperBound.seconds(since: window.lowerBound) > 3 * 86_400
    return isLong ? String(Self.minute(time).dropFirst(5).prefix(5)) : Self.clock(time)
  }

  /// Times for the ticks of a time axis: between four and ten, on the round.
  var ticks: [UTC] {
    let seconds = window.upperBound.seconds(since: window.lowerBound)
    let steps: [Double] = [
      60, 300, 600, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
      2_592_000, 31_536_000,
    ]
    let step = steps.first { seconds / $0 <= 9 } ?? seconds / 8
    let first = (window.lowerBound.secondsSince1970 / step).rounded(.up) * step
    return Array(stride(from: first, through: window.upperBound.secondsSince1970, by: step))
      .map { UTC(secondsSince1970: $0) }
  }
}

/// Looks at satellites and the sun from one place.
private struct SkySampler {
  let observer: Observer
  let orientation: EarthOrientationTable?

  /// The pass at even times: every five seconds, and never more than 240 points.
  func points(of satellite: Satellite, during pass: Pass) -> [PassPlot.Point] {
    let count = max(2, min(240, Int(pass.durationSeconds / 5) + 2))
    return (0..<count).compactMap { index in
      let share = Double(index) / Double(count - 1)
      let time = pass.aos.adding(seconds: share * pass.durationSeconds)
      guard let state = try? satellite.state(at: time) else { return nil }
      let look = observer.lookAngles(
        to: EarthRotation(at: time, table: orientation).itrf(state))
      return PassPlot.Point(
        time: time, azimuthDeg: look.azimuthDeg, elevationDeg: look.elevationDeg,
        isSunlit: state.shadow(at: time) == .none)
    }
  }

  /// Dark spans, to a 500th of the window.
  func nights(in window: ClosedRange<UTC>) -> [ClosedRange<UTC>] {
    let step = window.upperBound.seconds(since: window.lowerBound) / 500
    var spans: [ClosedRange<UTC>] = []
    var began: UTC?
    var time = window.lowerBound
    for index in 0...500 {
      time = window.lowerBound.adding(seconds: Double(index) * step)
      let isDark = observer.sunElevationDeg(at: time, table: orientation) < PassLight.darkSkyDeg
      if isDark, began == nil { began = time }
      if !isDark, let from = began {
        spans.append(from...time)
        began = nil
      }
    }
    if let from = began { spans.append(from...max(from, time)) }
    return spans
  }
}
