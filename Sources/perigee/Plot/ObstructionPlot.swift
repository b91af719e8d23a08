import Dish

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A terminal's obstruction map as a picture.
struct ObstructionPlot {
  /// Below this much received, something stands in the way.
  private static let clearFrom = 0.5

  let map: ObstructionMap
  private let title: String

  init(_ map: ObstructionMap, of terminal: String) {
    self.map = map
    title = "Sky of the terminal at \(terminal)"
  }

  /// The direction of a place; `nil` outside the circle, or where the terminal does not tell the scale.
  func direction(row: Int, column: Int) -> (azimuthDeg: Double, elevationDeg: Double)? {
    guard let maxTheta = map.maxThetaDeg ?? map.minElevationDeg.map({ 90 - $0 }) else { return nil }
    let (north, east) = offset(row: row, column: column)
    let theta = (north * north + east * east).squareRoot() * maxTheta
    guard theta <= maxTheta + 1e-9 else { return nil }
    let azimuth = atan2(east, north) * 180 / Double.pi
    return (azimuth < 0 ? azimuth + 360 : azimuth, 90 - theta)
  }

  /// From the middle to the north and the east, in units of half the picture.
  private func offset(row: Int, column: Int) -> (north: Double, east: Double) {
    let (middleRow, middleColumn) = (Double(map.rows - 1) / 2, Double(map.columns - 1) / 2)
    return (
      middleRow > 0 ? (middleRow - Double(row)) / middleRow : 0,
      middleColumn > 0 ? (Double(column) - middleColumn) / middleColumn : 0
    )
  }

  private func isInside(row: Int, column: Int) -> Bool {
    let (north, east) = offset(row: row, column: column)
    return north * north + east * east <= 1.0001
  }

  private var summary: String {
    let seen = map.snr.count { $0 >= 0 }
    let blocked = map.snr.count { $0 >= 0 && $0 < Self.clearFrom }
    let edge = map.minElevationDeg.map { ", edge at \(fixed($0, decimals: 0))° elevation" } ?? ""
    return "\(map.rows) x \(map.columns) places, \(seen) seen, \(blocked) obstructed\(edge)"
  }

  // MARK: Text

  /// The picture for a terminal window: `o` clear, `X` obstructed, `·` not seen.
  var text: String {
    let lines = 31
    let width = 62
    var out = "\(title)\n\(summary)\n\n\(String(repeating: " ", count: 2 + width / 2))N\n"
    for line in 0..<lines {
      let rows = span(line, of: lines, in: map.rows)
      var text = line == lines / 2 ? "W " : "  "
      for character in 0..<width {
        text.append(mark(rows: rows, columns: span(character, of: width, in: map.columns)))
      }
      while text.last == " " { text.removeLast() }
      out += text + (line == lines / 2 ? " E\n" : "\n")
    }
    return out
      + "\(String(repeating: " ", count: 2 + width / 2))S\n\n  o clear   X obstructed   · not seen\n"
  }

  private func span(_ index: Int, of count: Int, in total: Int) -> Range<Int> {
    let start = index * total / count
    return start..<max(start + 1, (index + 1) * total / count)
  }

  private func mark(rows: Range<Int>, columns: Range<Int>) -> Character {
    var mark: Character = " "
    for row in rows where row < map.rows {
      for column in columns where column < map.columns {
        let value = map.snr(row: row, column: column)
        if value >= 0, value < Self.clearFrom { return "X" }
        if value >= 0 {
          mark = "o"
        } else if mark == " ", isInside(row: row, column: column) {
          mark = "·"
        }
      }
    }
    return mark
  }

  // MARK: SVG

  private static let side = 492.0
  private static let left = 54.0
  private static let top = 96.0

  /// The picture as an SVG document.
  var svg: String {
    var out = SVGText()
    out.add("rect", [("width", "100%"), ("height", "100%"), ("fill", "#fbfaf7")])
    out.label(
      title, x: 40, y: 40, [("font-size", "19"), ("font-weight", "600"), ("fill", "#1c2733")])
    out.label(summary, x: 40, y: 62, [("fill", "#5d6b78")])
    let centre = (x: Self.left + Self.side / 2, y: Self.top + Self.side / 2)
    circle(centre, Self.side / 2, [("fill", "#16263a"), ("stroke", "#1c2733")], into: &out)
    places(into: &out)
    grid(centre, into: &out)
    for (letter, x, y) in [
      ("N", centre.x, Self.top - 8), ("S", centre.x, Self.top + Self.side + 20),
      ("W", Self.left - 16, centre.y + 5), ("E", Self.left + Self.side + 16, centre.y + 5),
    ] {
      out.label(letter, x: x, y: y, [("text-anchor", "middle"), ("fill", "#1c2733")])
    }
    legend(y: Self.top + Self.side + 46, into: &out)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 660" width="600" height="660" \
      role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" \
      font-size="13">
      <title>Obstruction map of a terminal</title>
      \(out.body)</svg>

      """
  }

  /// One rectangle for each run of places of one colour in a row.
  private func places(into out: inout SVGText) {
    let width = Self.side / Double(map.columns)
    let height = Self.side / Double(map.rows)
    for row in 0..<map.rows {
      var column = 0
      while column < map.columns {
        let color = Self.color(map.snr(row: row, column: column))
        var end = column + 1
        while end < map.columns, Self.color(map.snr(row: row, column: end)) == color { end += 1 }
        if let color {
          out.add(
            "rect",
            [
              ("x", SVGText.number(Self.left + Double(column) * width)),
              ("y", SVGText.number(Self.top + Double(row) * height)),
              ("width", SVGText.number(Double(end - column) * width)),
              ("height", SVGText.number(height)), ("fill", color),
            ])
        }
        column = end
      }
    }
  }

  /// From orange (obstructed) to light blue (clear), in five steps; none where nothing was seen.
  private static func color(_ snr: Double) -> String? {
    guard snr >= 0 else { return nil }
    let steps = ["#f2672e", "#f2a25c", "#e8d3a0", "#b8d6ec", "#7fc4ff"]
    return steps[Int((min(1, snr) * Double(steps.count - 1)).rounded())]
  }

  private func grid(_ centre: (x: Double, y: Double), into out: inout SVGText) {
    guard let maxTheta = map.maxThetaDeg, maxTheta > 0 else { return }
    let style = [("stroke", "#ffffff"), ("stroke-opacity", "0.3"), ("fill", "none")]
    for elevation in [30.0, 60] where 90 - elevation < maxTheta {
      let radius = Self.side / 2 * (90 - elevation) / maxTheta
      circle(centre, radius, style, into: &out)
      out.label(
        "\(Int(elevation))°", x: centre.x + 4, y: centre.y - radius - 3,
        [("fill", "#ffffff"), ("font-size", "11"), ("opacity", "0.8")])
    }
  }

  private func circle(
    _ centre: (x: Double, y: Double), _ radius: Double, _ style: [(String, String)],
    into out: inout SVGText
  ) {
    out.add(
      "circle",
      [
        ("cx", SVGText.number(centre.x)), ("cy", SVGText.number(centre.y)),
        ("r", SVGText.number(radius)),
      ] + style)
  }

  private func legend(y: Double, into out: inout SVGText) {
    for (number, (text, color)) in [
      ("clear", "#7fc4ff"), ("obstructed", "#f2672e"), ("not seen", "#16263a"),
    ].enumerated() {
      let x = 150 + Double(number) * 110
      out.add(
        "rect",
        [
          ("x", SVGText.number(x)), ("y", SVGText.number(y - 10)), ("width", "12"),
          ("height", "12"), ("fill", color),
        ])
      out.label(text, x: x + 18, y: y, [("fill", "#1c2733")])
    }
  }
}
