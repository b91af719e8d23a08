#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A panel with axes that lines and bars are drawn on.
struct LineChart {
  /// How values become places along an axis.
  enum Scale: Sendable {
    case linear, logarithmic

    func share(_ value: Double, in range: ClosedRange<Double>) -> Double {
      switch self {
      case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      case .logarithmic:
        log(max(value, 1e-9) / range.lowerBound) / log(range.upperBound / range.lowerBound)
      }
    }
  }

  /// One axis: what is on it and where the ticks are.
  struct Axis: Sendable {
    var title: String
    var range: ClosedRange<Double>
    var ticks: [Double]
    var scale = Scale.linear
    var label: @Sendable (Double) -> String = { fixed($0, decimals: $0 == $0.rounded() ? 0 : 1) }
  }

  var title: String
  var x: Axis
  var y: Axis
  var left: Double
  var top: Double
  var width = 400.0
  var height = 240.0

  func place(_ px: Double, _ py: Double) -> (x: Double, y: Double) {
    let across = min(1, max(0, x.scale.share(px, in: x.range)))
    let up = min(1, max(0, y.scale.share(py, in: y.range)))
    return (left + width * across, top + height * (1 - up))
  }

  /// Title, grid, ticks and axis titles.
  func drawFrame(into out: inout SVGText) {
    out.label(
      title, x: left, y: top - 14,
      [("font-size", "15"), ("font-weight", "600"), ("fill", Palette.ink)])
    for tick in x.ticks {
      let at = place(tick, y.range.lowerBound)
      out.line((at.x, top), (at.x, top + height), [("stroke", Palette.night)])
      out.label(
        x.label(tick), x: at.x, y: top + height + 17,
        [("text-anchor", "middle"), ("font-size", "11"), ("fill", Palette.faint)])
    }
    for tick in y.ticks {
      let at = place(x.range.lowerBound, tick)
      out.line((left, at.y), (left + width, at.y), [("stroke", Palette.night)])
      out.label(
        y.label(tick), x: left - 7, y: at.y + 4,
        [("text-anchor", "end"), ("font-size", "11"), ("fill", Palette.faint)])
    }
    out.label(
      x.title, x: left + width / 2, y: top + height + 36,
      [("text-anchor", "middle"), ("font-size", "12"), ("fill", Palette.faint)])
    if !y.title.isEmpty {
      out.label(
        y.title, x: left + width, y: top - 14,
        [("text-anchor", "end"), ("font-size", "12"), ("fill", Palette.faint)])
    }
  }

  /// A line through points in order of x; a `nil` breaks it.
  func draw(
    _ points: [(x: Double, y: Double)?], stroke: String, width: Double, dash: String? = nil,
    into out: inout SVGText
  ) {
    var path = ""
    var isDown = false
    for point in points {
      guard let point else {
        isDown = false
        continue
      }
      let at = place(point.x, point.y)
      path += "\(isDown ? "L" : "M")\(SVGText.number(at.x)) \(SVGText.number(at.y))"
      isDown = true
    }
    var attributes = [
      ("d", path), ("fill", "none"), ("stroke", stroke), ("stroke-width", SVGText.number(width)),
      ("stroke-linejoin", "round"),
    ]
    if let dash { attributes.append(("stroke-dasharray", dash)) }
    out.add("path", attributes)
  }

  /// A distribution function of values in ascending order.
  func drawDistribution(
    of sorted: [Double], stroke: String, width: Double, dash: String? = nil,
    into out: inout SVGText
  ) {
    let step = max(1, sorted.count / 400)
    let points = stride(from: 0, to: sorted.count, by: step).map { index in
      Optional((x: sorted[index], y: (Double(index) + 0.5) / Double(sorted.count)))
    }
    draw(points, stroke: stroke, width: width, dash: dash, into: &out)
  }
}
