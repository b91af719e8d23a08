#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Orbits

extension PassPlot {
  /// The plot as an SVG document.
  var svg: String {
    let timelineTop = 636.0
    let height = timelineTop + 84 + Double(max(1, rows.count)) * 22
    var out = SVGText()
    out.add("rect", [("width", "100%"), ("height", "100%"), ("fill", Palette.paper)])
    out.label(
      "Passes over \(heading)", x: 40, y: 46,
      [("font-size", "21"), ("font-weight", "600"), ("fill", Palette.ink)])
    out.label("\(windowText)  ·  \(caption)", x: 40, y: 70, [("fill", Palette.faint)])
    drawSky(into: &out)
    drawLegend(into: &out)
    drawTimeline(top: timelineTop, into: &out)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 \(SVGText.number(height))" \
      width="1000" height="\(SVGText.number(height))" role="img" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
      <title>Passes over a site: sky plot and timeline</title>
      \(out.body)</svg>

      """
  }

  // MARK: Sky

  private static let centre = (x: 310.0, y: 350.0)
  private static let radius = 235.0

  /// North up, east to the right; the radius grows evenly with the angle from the zenith.
  private func place(_ azimuthDeg: Double, _ elevationDeg: Double) -> (x: Double, y: Double) {
    let radius = Self.radius * (90 - elevationDeg) / 90
    let angle = azimuthDeg * Double.pi / 180
    return (Self.centre.x + radius * sin(angle), Self.centre.y - radius * cos(angle))
  }

  private func drawSky(into out: inout SVGText) {
    let centre = [("cx", SVGText.number(Self.centre.x)), ("cy", SVGText.number(Self.centre.y))]
    out.append(Self.skyGradient)
    out.add(
      "circle",
      centre + [
        ("r", SVGText.number(Self.radius)), ("fill", "url(#sky)"), ("stroke", Palette.ink),
        ("stroke-width", "1.5"),
      ])
    out.group([("stroke", "#ffffff"), ("stroke-opacity", "0.22"), ("fill", "none")]) { out in
      for elevation in [30.0, 60] {
        let radius = Self.radius * (90 - elevation) / 90
        out.add("circle", centre + [("r", SVGText.number(radius))])
      }
      for azimuth in stride(from: 0.0, to: 180, by: 30) {
        let (a, b) = (place(azimuth, 0), place(azimuth + 180, 0))
        out.line(
          a, b, azimuth.truncatingRemainder(dividingBy: 90) == 0 ? [] : [("stroke-opacity", "0.1")])
      }
      if maskDeg > 0 {
        let radius = Self.radius * (90 - maskDeg) / 90
        out.add(
          "circle",
          centre + [
            ("r", SVGText.number(radius)), ("stroke-dasharray", "2 5"), ("stroke-opacity", "0.7"),
          ])
      }
    }
    for elevation in [30.0, 60] {
      let at = place(8, elevation)
      out.label(
        "\(Int(elevation))°", x: at.x, y: at.y - 3,
        [
          ("fill", "#ffffff"), ("fill-opacity", "0.6"), ("font-size", "11"),
        ])
    }
    for (name, azimuth) in [("N", 0.0), ("E", 90), ("S", 180), ("W", 270)] {
      let at = place(azimuth, -9.5)
      out.label(
        name, x: at.x, y: at.y + 6,
        [
          ("text-anchor", "middle"), ("font-size", "17"), ("font-weight", "600"),
          ("fill", Palette.ink),
        ])
    }
    for azimuth in [30.0, 60, 120, 150, 210, 240, 300, 330] {
      let at = place(azimuth, -6.5)
      out.label(
        "\(Int(azimuth))°", x: at.x, y: at.y + 4,
        [
          ("text-anchor", "middle"), ("font-size", "11"), ("fill", Palette.faint),
        ])
    }
    for (index, track) in tracks.enumerated() { draw(track, Palette.track(index), into: &out) }
    drawLetters(into: &out)
    drawClocks(into: &out)
  }

  /// Each track's letter where it is farthest from the others'.
  private func drawLetters(into out: inout SVGText) {
    var taken: [(x: Double, y: Double)] = []
    for (index, track) in tracks.enumerated() where !track.points.isEmpty {
      let spots = stride(from: 0.2, through: 0.8, by: 0.05).map { share in
        let point = track.points[Int(share * Double(track.points.count - 1))]
        return place(point.azimuthDeg, point.elevationDeg)
      }
      func room(_ spot: (x: Double, y: Double)) -> Double {
        taken.map { hypot($0.x - spot.x, $0.y - spot.y) }.min() ?? -hypot(
          spot.x - spots[spots.count / 2].x, spot.y - spots[spots.count / 2].y)
      }
      guard let at = spots.max(by: { room($0) < room($1) }) else { continue }
      taken.append(at)
      out.add(
        "circle",
        [
          ("cx", SVGText.number(at.x)), ("cy", SVGText.number(at.y)), ("r", "8.5"),
          ("fill", Palette.track(index)),
        ])
      out.label(
        String(track.letter), x: at.x, y: at.y + 4,
        [
          ("text-anchor", "middle"), ("font-size", "11"), ("font-weight", "700"),
          ("fill", "#0b1428"),
        ])
    }
  }

  /// The times of AOS and LOS outside the horizon, where there is room beside the directions' names.
  private func drawClocks(into out: inout SVGText) {
    var taken = stride(from: 0.0, to: 360, by: 30).map { azimuth in
      place(azimuth, azimuth.truncatingRemainder(dividingBy: 90) == 0 ? -9.5 : -6.5)
    }
    for (index, track) in tracks.enumerated() {
      for point in [track.points.first, track.points.last].compactMap(\.self) {
        let spots = [-7.0, -17.5].map { place(point.azimuthDeg, $0) }
        guard
          let at = spots.first(where: { spot in
            taken.allSatisfy { abs($0.x - spot.x) > 34 || abs($0.y - spot.y) > 13 }
          })
        else { continue }
        taken.append(at)
        out.add(
          "circle",
          [
            ("cx", SVGText.number(at.x - 20)), ("cy", SVGText.number(at.y)), ("r", "3"),
            ("fill", Palette.track(index)),
          ])
        out.label(
          Self.clock(point.time), x: at.x, y: at.y + 4,
          [("text-anchor", "middle"), ("font-size", "11"), ("fill", Palette.ink)])
      }
    }
  }

  private static let skyGradient = """
    <defs><radialGradient id="sky"><stop offset="0" stop-color="#1d3557"/>\
    <stop offset="0.75" stop-color="#14213d"/><stop offset="1" stop-color="#0b1428"/>\
    </radialGradient></defs>

    """

  /// A track in pieces of sunlight and shadow, an open dot at AOS, an arrow's head at LOS.
  private func draw(_ track: Track, _ colour: String, into out: inout SVGText) {
    var run: [Point] = []
    func flush(_ out: inout SVGText) {
      guard run.count > 1, let first = run.first else { return }
      let points = run.map { point -> String in
        let at = place(point.azimuthDeg, point.elevationDeg)
        return "\(SVGText.number(at.x)),\(SVGText.number(at.y))"
      }
      out.add(
        "polyline",
        [
          ("points", points.joined(separator: " ")), ("fill", "none"), ("stroke", colour),
          ("stroke-linejoin", "round"), ("stroke-linecap", "round"),
        ] + Palette.stroke(isSunlit: first.isSunlit))
    }
    for point in track.points {
      if let last = run.last, last.isSunlit != point.isSunlit {
        // The piece ends where the next one begins.
        run.append(point)
        flush(&out)
        run = []
      }
      run.append(point)
    }
    flush(&out)
    drawEnds(of: track, colour, into: &out)
  }

  private func drawEnds(of track: Track, _ colour: String, into out: inout SVGText) {
    guard let first = track.points.first, let last = track.points.last else { return }
    let rise = place(first.azimuthDeg, first.elevationDeg)
    out.add(
      "circle",
      [
        ("cx", SVGText.number(rise.x)), ("cy", SVGText.number(rise.y)), ("r", "4"),
        ("fill", "#0b1428"), ("stroke", colour), ("stroke-width", "2"),
      ])
    let set = place(last.azimuthDeg, last.elevationDeg)
    let before = track.points.dropLast().last.map { place($0.azimuthDeg, $0.elevationDeg) } ?? set
    let angle = atan2(set.y - before.y, set.x - before.x) * 180 / Double.pi
    out.add(
      "path",
      [
        ("d", "M5,0 L-6,-5 L-6,5 Z"), ("fill", colour),
        (
          "transform",
          "translate(\(SVGText.number(set.x)) \(SVGText.number(set.y))) "
            + "rotate(\(SVGText.number(angle)))"
        ),
      ])
  }
}
