import Calibration
import Network

/// A fitted model beside the trace: distributions of round trips and of gaps between losses, the slots'
/// phase, and slots as they follow each other.
struct CalibrationPlot {
  var name: String
  var trace: Trace
  var split: TraceSplit
  var validation: Validation

  private static let traceInk = "#1b2432"
  private static let modelInk = "#e07a00"
  private static let replayInk = "#4a90c2"

  private var judged: TraceComparison { validation.heldOut ?? validation.fit }

  /// The plot as an SVG document.
  var svg: String {
    var out = SVGText()
    out.add("rect", [("width", "100%"), ("height", "100%"), ("fill", Palette.paper)])
    out.label(
      "Link model against \(name)", x: 60, y: 42,
      [("font-size", "20"), ("font-weight", "600"), ("fill", Palette.ink)])
    out.label(caption, x: 60, y: 64, [("fill", Palette.faint)])
    drawKey(into: &out)
    drawRoundTrips(into: &out)
    drawGaps(into: &out)
    drawPhase(into: &out)
    drawSlots(into: &out)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 780" width="1000" height="780" \
      role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" \
      font-size="13">
      <title>A link model against a measured trace</title>
      \(out.body)</svg>

      """
  }

  private var caption: String {
    let part =
      switch split {
      case .firstHalf: "fitted to the first half, held against the second"
      case .alternate: "fitted to every other five minutes, held against the rest"
      case .whole: "fitted to all of it"
      }
    return "\(trace.pings.count) pings, \(part)"
  }

  private func drawKey(into out: inout SVGText) {
    var entries = [
      (validation.heldOut == nil ? "trace" : "trace, held out", Self.traceInk, nil as String?),
      ("model", Self.modelInk, nil),
    ]
    if validation.replay != nil { entries.append(("trace, fitted part", Self.replayInk, "5 4")) }
    var x = 60.0
    for (text, ink, dash) in entries {
      var stroke = [("stroke", ink), ("stroke-width", "3")]
      if let dash { stroke.append(("stroke-dasharray", dash)) }
      out.line((x, 84), (x + 28, 84), stroke)
      out.label(text, x: x + 36, y: 88, [("fill", Palette.ink)])
      x += 60 + 7.5 * Double(text.count)
    }
  }

  private static let shares = LineChart.Axis(
    title: "share of them below", range: 0...1, ticks: [0, 0.25, 0.5, 0.75, 1],
    label: { "\(Int($0 * 100)) %" })

  private func drawRoundTrips(into out: inout SVGText) {
    let all = [judged.trace.curveMs, judged.model.curveMs].flatMap { $0 }
    let range = (all.min() ?? 1) * 0.9...max(2, (all.max() ?? 2) * 1.05)
    let chart = LineChart(
      title: "Round trips", x: axis("ms", over: max(0.1, range.lowerBound)...range.upperBound),
      y: Self.shares, left: 60, top: 132)
    chart.drawFrame(into: &out)
    if let replay = validation.replay {
      chart.drawDistribution(
        of: replay.model.curveMs, stroke: Self.replayInk, width: 1.6, dash: "5 4", into: &out)
    }
    chart.drawDistribution(
      of: judged.trace.curveMs, stroke: Self.traceInk, width: 2.2, into: &out)
    chart.drawDistribution(
      of: judged.model.curveMs, stroke: Self.modelInk, width: 2.2, into: &out)
  }

  private func drawGaps(into out: inout SVGText) {
    let gaps = judged.trace.runs.gaps.map { $0 + 1 }.sorted()
    let made = judged.model.runs.gaps.map { $0 + 1 }.sorted()
    let chart = LineChart(
      title: "Answers between two losses",
      x: axis("pings, the loss included", over: 1...max(10, gaps.last ?? 1, made.last ?? 1)),
      y: Self.shares, left: 560, top: 132)
    chart.drawFrame(into: &out)
    if let replay = validation.replay {
      chart.drawDistribution(
        of: replay.model.runs.gaps.map { $0 + 1 }.sorted(), stroke: Self.replayInk, width: 1.6,
        dash: "5 4", into: &out)
    }
    chart.drawDistribution(of: gaps, stroke: Self.traceInk, width: 2.2, into: &out)
    chart.drawDistribution(of: made, stroke: Self.modelInk, width: 2.2, into: &out)
  }

  /// A logarithmic axis with ticks at 1, 2 and 5 times powers of ten.
  private func axis(_ title: String, over range: ClosedRange<Double>) -> LineChart.Axis {
    let ticks = [1.0, 10, 100, 1_000, 10_000, 100_000].flatMap { [$0, 2 * $0, 5 * $0] }
      .filter { range.contains($0) }
    return LineChart.Axis(
      title: title, range: range, ticks: ticks, scale: .logarithmic,
      label: { fixed($0, decimals: 0) })
  }

  private func drawPhase(into out: inout SVGText) {
    guard let phase = validation.calibration.phase else { return }
    let most = (phase.deviationByOffset.max() ?? 1) * 1.1
    let chart = LineChart(
      title: "Where slots begin: at \(phase.offsetSeconds) s",
      x: LineChart.Axis(
        title: "cut at this second of each 15", range: -0.6...14.6,
        ticks: (0..<15).map(Double.init)),
      y: LineChart.Axis(
        title: "deviation within slots, ms", range: 0...max(1, most),
        ticks: Self.evenTicks(upTo: most)), left: 60, top: 484)
    chart.drawFrame(into: &out)
    for (offset, deviation) in phase.deviationByOffset.enumerated() {
      let (low, high) = (
        chart.place(Double(offset) - 0.3, deviation), chart.place(Double(offset) + 0.3, 0)
      )
      out.add(
        "rect",
        [
          ("x", SVGText.number(low.x)), ("y", SVGText.number(low.y)),
          ("width", SVGText.number(high.x - low.x)), ("height", SVGText.number(high.y - low.y)),
          ("fill", offset == phase.offsetSeconds ? Self.modelInk : "#b9c2d0"),
        ])
    }
  }

  /// A quarter of an hour of slots, from the middle of what was held out.
  private func drawSlots(into out: inout SVGText) {
    let measured = Self.medians(trace)
    guard let last = measured.last?.slot.index, measured.count > 60 else { return }
    let first = last - 90
    let window = measured.filter { $0.slot.index > first }
    let made = Self.medians(validation.sample).filter {
      $0.slot.index > first && $0.slot.index <= last
    }
    let most = (window + made).map(\.ms).max() ?? 1
    let chart = LineChart(
      title: "Slot by slot, 22 minutes",
      x: LineChart.Axis(
        title: "minutes", range: 0...22.5, ticks: [0, 5, 10, 15, 20]),
      y: LineChart.Axis(
        title: "median of a slot, ms", range: 0...(most * 1.08),
        ticks: Self.evenTicks(upTo: most * 1.08)), left: 560, top: 484)
    chart.drawFrame(into: &out)
    for (slots, ink, width) in [(made, Self.modelInk, 1.6), (window, Self.traceInk, 1.8)] {
      var points: [(x: Double, y: Double)?] = []
      var before: Int64?
      for slot in slots {
        let minutes = Double(slot.slot.index - first - 1) / 4
        if let before, slot.slot.index != before + 1 { points.append(nil) }
        points.append((minutes, slot.ms))
        points.append((minutes + 0.25, slot.ms))
        before = slot.slot.index
      }
      chart.draw(points, stroke: ink, width: width, into: &out)
    }
  }

  private static func evenTicks(upTo most: Double) -> [Double] {
    let step = [1.0, 2, 5, 10, 20, 50, 100, 200, 500].first { most / $0 <= 6 } ?? 1_000
    return Array(stride(from: 0, through: most, by: step))
  }

  private static func medians(_ trace: Trace) -> [(slot: Slot, ms: Double)] {
    var values: [Slot: [Double]] = [:]
    for ping in trace.pings {
      guard let roundTripMs = ping.roundTripMs else { continue }
      values[Slot(containing: ping.sent), default: []].append(roundTripMs)
    }
    return values.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.sorted()[$0.value.count / 2]) }
  }
}
