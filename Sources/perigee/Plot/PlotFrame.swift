#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A rectangle with two axes, and what is drawn into it.
struct PlotFrame {
  /// How values become places along an axis.
  struct Axis {
    fileprivate let range: ClosedRange<Double>
    fileprivate let isLogarithmic: Bool

    /// An even axis over a range that is not empty.
    static func linear(_ range: ClosedRange<Double>) -> Axis {
      Axis(range: range, isLogarithmic: false)
    }

    /// A logarithmic axis over positive values, from tick to tick.
    static func logarithmic(_ values: [Double]) -> Axis {
      let positive = values.filter { $0 > 0 && $0.isFinite }
      guard let least = positive.min(), let most = positive.max() else {
        return Axis(range: 1...10, isLogarithmic: true)
      }
      let low = ticks(0.001, most).last { $0 <= least } ?? least
      let high = ticks(least, most * 10).first { $0 >= most && $0 > low } ?? most * 2
      return Axis(range: low...high, isLogarithmic: true)
    }

    /// 1, 2 and 5 times the powers of ten.
    fileprivate static func ticks(_ low: Double, _ high: Double) -> [Double] {
      var ticks: [Double] = []
      var power = -3
      while pow(10, Double(power)) <= high {
        ticks += [1, 2, 5].map { $0 * pow(10, Double(power)) }
        power += 1
      }
      return ticks.filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
    }

    fileprivate func share(_ value: Double) -> Double {
      let (low, high) = (range.lowerBound, range.upperBound)
      let share =
        isLogarithmic
        ? log(max(value, low) / low) / log(high / low) : (value - low) / (high - low)
      return min(1, max(0, share))
    }

    /// Ticks for people: of a logarithmic axis fewer where it is long.
    fileprivate var ticks: [Double] {
      let all = Self.ticks(range.lowerBound, range.upperBound)
      return all.count <= 8
        ? all : all.filter { abs(log10($0) - log10($0).rounded()) < 1e-9 }
    }
  }

  let left: Double
  let top: Double
  let width: Double
  let height: Double
  let x: Axis
  let y: Axis

  private static let small = [("fill", Palette.faint), ("font-size", "12")]

  private func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
    (left + x.share(point.x) * width, top + (1 - y.share(point.y)) * height)
  }

  func title(_ text: String, into out: inout SVGText) {
    out.label(
      text, x: left - 40, y: top - 18, [("font-weight", "600"), ("fill", Palette.ink)])
  }

  /// Marks along the bottom; the axis's own where none are given.
  func xTicks(_ ticks: [Double]? = nil, into out: inout SVGText, name: (Double) -> String) {
    for tick in ticks ?? x.ticks {
      let at = left + x.share(tick) * width
      out.line(
        (at, top), (at, top + height), [("stroke", Palette.ink), ("stroke-opacity", "0.08")])
      out.label(
        name(tick), x: at, y: top + height + 18, Self.small + [("text-anchor", "middle")])
    }
    out.line((left, top + height), (left + width, top + height), [("stroke", Palette.ink)])
  }

  /// Marks along the left side.
  func yTicks(_ ticks: [Double]? = nil, into out: inout SVGText, name: (Double) -> String) {
    for tick in ticks ?? y.ticks {
      let at = top + (1 - y.share(tick)) * height
      out.line(
        (left, at), (left + width, at), [("stroke", Palette.ink), ("stroke-opacity", "0.08")])
      out.label(name(tick), x: left - 8, y: at + 4, Self.small + [("text-anchor", "end")])
    }
  }

  /// A line through points.
  func line(
    _ points: [(x: Double, y: Double)], _ attributes: [(String, String)], into out: inout SVGText
  ) {
    guard points.count > 1 else { return }
    let text = points.map { point in
      let at = place(point)
      return "\(SVGText.number(at.x)),\(SVGText.number(at.y))"
    }
    out.add("polyline", [("points", text.joined(separator: " "))] + attributes)
  }

  /// A column over a part of the x axis, as high as `share` of the frame.
  func column(
    from start: Double, to end: Double, share: Double, _ attributes: [(String, String)],
    into out: inout SVGText
  ) {
    let (a, b) = (left + x.share(start) * width, left + x.share(end) * width)
    out.add(
      "rect",
      [
        ("x", SVGText.number(a + 0.5)), ("y", SVGText.number(top + (1 - share) * height)),
        ("width", SVGText.number(max(0, b - a - 1))), ("height", SVGText.number(share * height)),
      ] + attributes)
  }
}
