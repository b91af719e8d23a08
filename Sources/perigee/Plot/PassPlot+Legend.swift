import Orbits

extension PassPlot {
  private static let left = 610.0

  /// The passes in order of time, and what the strokes mean.
  func drawLegend(into out: inout SVGText) {
    var y = 128.0
    for (index, track) in tracks.enumerated() {
      out.add(
        "circle",
        [
          ("cx", SVGText.number(Self.left + 10)), ("cy", SVGText.number(y - 5)), ("r", "10"),
          ("fill", Palette.track(index)),
        ])
      out.label(
        String(track.letter), x: Self.left + 10, y: y,
        [
          ("text-anchor", "middle"), ("font-size", "12"), ("font-weight", "700"),
          ("fill", "#0b1428"),
        ])
      out.label(
        String(track.name.prefix(34)), x: Self.left + 32, y: y - 7,
        [
          ("font-weight", "600"), ("fill", Palette.ink),
        ])
      out.label(
        details(of: track.pass), x: Self.left + 32, y: y + 9,
        [
          ("fill", Palette.faint), ("font-size", "12"),
        ])
      y += 34
    }
    drawKey(top: 552, into: &out)
  }

  private func details(of pass: Pass) -> String {
    let elevation = "max \(fixed(pass.maxElevationDeg, decimals: 1))°"
    if pass.isUpThroughout { return "always up, \(elevation)" }
    let day = window.upperBound.seconds(since: window.lowerBound) > 86_400
    let from = day ? String(Self.minute(pass.aos).dropFirst(5)) : Self.clock(pass.aos)
    let cut =
      pass.startsBeforeWindow ? ", up at the start" : pass.endsAfterWindow ? ", up at the end" : ""
    return "\(from) to \(Self.clock(pass.los)), \(elevation)\(cut)"
  }

  private func drawKey(top: Double, into out: inout SVGText) {
    let items: [(Double, String, Bool)] = [(0, "sunlit", true), (110, "in shadow", false)]
    for (offset, name, isSunlit) in items {
      let x = Self.left + offset
      out.line(
        (x, top), (x + 30, top),
        [("stroke", Palette.ink), ("stroke-linecap", "round")]
          + Palette.stroke(isSunlit: isSunlit))
      out.label(name, x: x + 38, y: top + 4, [("fill", Palette.faint), ("font-size", "12")])
    }
    out.add(
      "circle",
      [
        ("cx", SVGText.number(Self.left + 246)), ("cy", SVGText.number(top)), ("r", "4"),
        ("fill", Palette.paper), ("stroke", Palette.ink), ("stroke-width", "2"),
      ])
    out.label(
      "AOS", x: Self.left + 256, y: top + 4,
      [
        ("fill", Palette.faint), ("font-size", "12"),
      ])
    out.add(
      "path",
      [
        ("d", "M5,0 L-6,-5 L-6,5 Z"), ("fill", Palette.ink),
        ("transform", "translate(\(SVGText.number(Self.left + 308)) \(SVGText.number(top)))"),
      ])
    out.label(
      "LOS", x: Self.left + 319, y: top + 4,
      [
        ("fill", Palette.faint), ("font-size", "12"),
      ])
  }

  /// One row for each pass over a common axis of time, nights behind.
  func drawTimeline(top: Double, into out: inout SVGText) {
    let (left, right) = (150.0, 960.0)
    func x(_ time: UTC) -> Double { left + share(time) * (right - left) }
    let bottom = top + 16 + Double(max(1, rows.count)) * 22
    for night in nights {
      out.add(
        "rect",
        [
          ("x", SVGText.number(x(night.lowerBound))), ("y", SVGText.number(top)),
          ("width", SVGText.number(x(night.upperBound) - x(night.lowerBound))),
          ("height", SVGText.number(bottom - top)), ("fill", Palette.night),
        ])
    }
    for tick in ticks {
      out.line(
        (x(tick), top), (x(tick), bottom), [("stroke", Palette.ink), ("stroke-opacity", "0.12")])
      out.label(
        label(ofTick: tick), x: x(tick), y: bottom + 18,
        [
          ("text-anchor", "middle"), ("fill", Palette.faint), ("font-size", "12"),
        ])
    }
    out.line((left, bottom), (right, bottom), [("stroke", Palette.ink), ("stroke-opacity", "0.5")])
    out.label(
      "UTC; shaded: the sun is more than 6° below the horizon", x: left, y: bottom + 42,
      [
        ("fill", Palette.faint), ("font-size", "12"),
      ])
    for (index, row) in rows.enumerated() {
      let y = top + 8 + Double(index) * 22
      out.label(
        String(row.name.prefix(15)), x: left - 10, y: y + 15,
        [
          ("text-anchor", "end"), ("font-size", "12"), ("fill", Palette.ink),
        ])
      for index in row.tracks { drawBar(index, from: x, y: y, into: &out) }
    }
  }

  /// A pass in the timeline, as wide as it is long but never invisible, with its letter.
  private func drawBar(_ index: Int, from x: (UTC) -> Double, y: Double, into out: inout SVGText) {
    let track = tracks[index]
    let start = x(track.pass.aos)
    let width = max(4, x(track.pass.los) - start)
    out.add(
      "rect",
      [
        ("x", SVGText.number(start)), ("y", SVGText.number(y + 3)),
        ("width", SVGText.number(width)), ("height", "16"), ("rx", "2"),
        ("fill", Palette.track(index)),
        ("fill-opacity", track.points.contains(where: \.isSunlit) ? "1" : "0.3"),
        ("stroke", Palette.track(index)), ("stroke-width", "1.5"),
      ])
    let isLate = share(track.pass.los) > 0.95
    out.label(
      String(track.letter), x: isLate ? start - 6 : start + width + 6, y: y + 15,
      [
        ("font-size", "12"), ("font-weight", "700"), ("fill", Palette.ink),
        ("text-anchor", isLate ? "end" : "start"),
      ])
  }
}

/// Colours and strokes of the plot; the tracks' hues stand out on the night's blue and on paper.
enum Palette {
  static let paper = "#fcfbf8"
  static let ink = "#1b2432"
  static let faint = "#5c6675"
  static let night = "#dfe4ee"

  static func track(_ index: Int) -> String {
    let hues = [
      "#ffb703", "#4cc9f0", "#f28482", "#80d39b", "#c8a2ff", "#ff8c42", "#5aa9e6", "#f6bd60",
      "#e56b9f", "#9bc53d", "#2ec4b6", "#d4a373",
    ]
    return hues[index % hues.count]
  }

  static func stroke(isSunlit: Bool) -> [(String, String)] {
    isSunlit
      ? [("stroke-width", "2.6")]
      : [("stroke-width", "1.8"), ("stroke-dasharray", "1.5 5"), ("stroke-opacity", "0.85")]
  }
}
