#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Simulation

/// A simulation's report as a picture: times to first token, the day hour by hour, failures and cost.
struct SimulationPlot {
  let report: Report

  private static let width = 1_000.0

  /// The picture as an SVG document.
  var svg: String {
    let barsTop = 708.0
    let height = barsTop + 40 + Double(report.policies.count) * 26 + 40
    var out = SVGText()
    out.add("rect", [("width", "100%"), ("height", "100%"), ("fill", Palette.paper)])
    out.label(
      "\(report.requests) requests of \(report.workload) from \(report.site)", x: 40, y: 46,
      [("font-size", "21"), ("font-weight", "600"), ("fill", Palette.ink)])
    out.label(
      "\(report.start), \(fixed(report.hours, decimals: 1)) h, seed \(report.seed), fleet \(report.fleet)",
      x: 40, y: 70, [("fill", Palette.faint)])
    drawLegend(into: &out)
    drawDistribution(into: &out)
    drawHours(into: &out)
    drawBars(top: barsTop, into: &out)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 \(SVGText.number(height))" \
      width="1000" height="\(SVGText.number(height))" role="img" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
      <title>A simulation: time to first token, failures and cost by policy</title>
      \(out.body)</svg>

      """
  }

  /// How a policy is drawn, everywhere alike.
  static func style(_ policy: SimulatedPolicy) -> (colour: String, width: Double, dash: String?) {
    switch policy {
    case .perigee: ("#0b6bcb", 3, nil)
    case .latencyOnly: ("#d1495b", 1.8, nil)
    case .nearestFiber: ("#2a8c6a", 1.8, "7 4")
    case .fixed: ("#8a6d3b", 1.8, "2 4")
    }
  }

  static func stroke(_ policy: SimulatedPolicy) -> [(String, String)] {
    let style = style(policy)
    var attributes = [
      ("stroke", style.colour), ("stroke-width", SVGText.number(style.width)), ("fill", "none"),
      ("stroke-linejoin", "round"),
    ]
    if let dash = style.dash { attributes.append(("stroke-dasharray", dash)) }
    return attributes
  }

  private func drawLegend(into out: inout SVGText) {
    var x = 40.0
    for policy in report.policies {
      out.line((x, 96), (x + 30, 96), Self.stroke(policy.policy))
      out.label(policy.policy.rawValue, x: x + 38, y: 100, [("fill", Palette.ink)])
      x += 150
    }
  }

  // MARK: Time to first token

  private func drawDistribution(into out: inout SVGText) {
    let values = report.policies.flatMap(\.ttftQuantilesMs)
    let frame = PlotFrame(
      left: 80, top: 150, width: 400, height: 250, x: .logarithmic(values), y: .linear(0...100))
    frame.title("Share of streams with their first token within…", into: &out)
    frame.xTicks(into: &out) { Self.time($0) }
    frame.yTicks([0, 25, 50, 75, 100], into: &out) { "\(Int($0)) %" }
    for policy in report.policies {
      let points = policy.ttftQuantilesMs.enumerated().map { (x: $1, y: Double($0)) }
      frame.line(points, Self.stroke(policy.policy), into: &out)
    }
    drawFigures(into: &out)
  }

  /// The same in numbers, beside the curves.
  private func drawFigures(into out: inout SVGText) {
    let columns: [(name: String, x: Double)] = [
      ("TTFT p50", 690), ("p99", 770), ("failed", 850), ("cost", 950),
    ]
    let header = [("fill", Palette.faint), ("font-size", "12")]
    for column in columns {
      out.label(column.name, x: column.x, y: 180, header + [("text-anchor", "end")])
    }
    for (row, policy) in report.policies.enumerated() {
      let y = 208 + Double(row) * 28
      let weight = policy.policy == .perigee ? "700" : "400"
      let style = [("fill", Palette.ink), ("font-weight", weight)]
      out.label(policy.policy.rawValue, x: 520, y: y, style)
      let cells = [
        policy.ttftMs.map { Self.time($0.p50) } ?? "none",
        policy.ttftMs.map { Self.time($0.p99) } ?? "none", "\(policy.failed)",
        "$\(fixed(policy.costUsd, decimals: 2))",
      ]
      for (column, text) in zip(columns, cells) {
        out.label(text, x: column.x, y: y, style + [("text-anchor", "end")])
      }
    }
  }

  // MARK: The hours

  private func drawHours(into out: inout SVGText) {
    let values = report.policies.flatMap { $0.hours.compactMap(\.ttftP99Ms) }
    let hours = report.policies.first?.hours.count ?? 0
    let frame = PlotFrame(
      left: 80, top: 470, width: 870, height: 180, x: .linear(0...Double(max(1, hours))),
      y: .logarithmic(values))
    frame.title(
      "99th percentile of the time to first token, hour by hour; grey: requests", into: &out)
    let busiest = report.policies.first?.hours.map(\.requests).max() ?? 0
    for hour in report.policies.first?.hours ?? [] where busiest > 0 {
      let share = Double(hour.requests) / Double(busiest)
      frame.column(
        from: Double(hour.hour), to: Double(hour.hour + 1), share: share,
        [("fill", Palette.night)], into: &out)
    }
    let step = hours > 48 ? 24 : hours > 12 ? 3 : 1
    frame.xTicks(Array(stride(from: 0.0, through: Double(hours), by: Double(step))), into: &out) {
      "\(Int($0)) h"
    }
    frame.yTicks(into: &out) { Self.time($0) }
    for policy in report.policies {
      // A step for each hour: a line between hours would claim what was not measured.
      let steps = policy.hours.flatMap { hour -> [(x: Double, y: Double)] in
        guard let p99 = hour.ttftP99Ms else { return [] }
        return [(Double(hour.hour), p99), (Double(hour.hour + 1), p99)]
      }
      frame.line(steps, Self.stroke(policy.policy), into: &out)
    }
  }

  // MARK: Cost

  private func drawBars(top: Double, into out: inout SVGText) {
    let most = report.policies.map(\.costUsd).max() ?? 0
    let title = [("font-weight", "600"), ("fill", Palette.ink)]
    out.label("Cost: bytes of each uplink, then tokens", x: 40, y: top, title)
    guard most > 0 else {
      out.label("nothing has a price", x: 40, y: top + 26, [("fill", Palette.faint)])
      return
    }
    let shades = ["#35618e", "#e09f3e", "#7a9e7e", "#a06cd5", "#6c757d"]
    for (row, policy) in report.policies.enumerated() {
      let y = top + 22 + Double(row) * 26
      out.label(
        policy.policy.rawValue, x: 150, y: y + 13,
        [("text-anchor", "end"), ("fill", Palette.ink)])
      var x = 162.0
      let parts =
        policy.uplinks.map(\.costUsd) + [policy.backends.reduce(0) { $0 + $1.costUsd }]
      for (index, cost) in parts.enumerated() {
        let width = cost / most * 640
        out.add(
          "rect",
          [
            ("x", SVGText.number(x)), ("y", SVGText.number(y)), ("width", SVGText.number(width)),
            ("height", "18"), ("fill", shades[index % shades.count]),
          ])
        x += width
      }
      out.label(
        "$\(fixed(policy.costUsd, decimals: 2))", x: x + 8, y: y + 13, [("fill", Palette.faint)])
    }
    let keyY = top + 40 + Double(report.policies.count) * 26
    let names = (report.policies.first?.uplinks.map(\.uplink) ?? []) + ["tokens"]
    for (index, name) in names.enumerated() {
      let x = 162 + Double(index) * 130
      out.add(
        "rect",
        [
          ("x", SVGText.number(x)), ("y", SVGText.number(keyY - 10)), ("width", "12"),
          ("height", "12"), ("fill", shades[index % shades.count]),
        ])
      out.label(String(name.prefix(14)), x: x + 18, y: keyY, [("fill", Palette.faint)])
    }
  }

  /// Milliseconds as a person reads them.
  static func time(_ milliseconds: Double) -> String {
    if milliseconds < 995 { return "\(fixed(milliseconds, decimals: 0)) ms" }
    let seconds = milliseconds / 1_000
    return "\(fixed(seconds, decimals: seconds < 9.95 ? 1 : 0)) s"
  }
}
