#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Orbits

extension PassPlot {
  /// The plot as text for a terminal: capitals where the satellite is sunlit, small letters in shadow.
  var text: String {
    var out = "\(heading)   \(windowText)\n\(caption)\n\n"
    guard !tracks.isEmpty else { return out }
    out += TextSky(tracks).lines.map { "  \($0)\n" }.joined()
    out += "\n"
    let width = min(24, tracks.map(\.name.count).max() ?? 0)
    for track in tracks {
      let name = track.name.prefix(width)
      let pass = track.pass
      out +=
        "  \(track.letter)  \(name)\(String(repeating: " ", count: width - name.count))  "
        + "\(Self.minute(pass.aos)) to \(Self.clock(pass.los))  "
        + "max \(fixed(pass.maxElevationDeg, decimals: 1))°\(note(pass))\n"
    }
    out += "\n" + timeline
    out += "\n  CAPITALS sunlit, small in the earth's shadow, o AOS; = dark sky at the site\n"
    return out
  }

  private func note(_ pass: Pass) -> String {
    pass.isUpThroughout
      ? "  always up"
      : pass.startsBeforeWindow
        ? "  up at the start" : pass.endsAfterWindow ? "  up at the end" : ""
  }

  private var timeline: String {
    let columns = 72
    func column(_ time: UTC) -> Int { min(columns - 1, Int(share(time) * Double(columns))) }
    var night = [Character](repeating: " ", count: columns)
    for span in nights {
      for index in column(span.lowerBound)...column(span.upperBound) { night[index] = "=" }
    }
    var bars = [Character](repeating: "·", count: columns)
    for track in tracks {
      for point in track.points {
        bars[column(point.time)] = point.isSunlit ? track.letter : lower(track.letter)
      }
    }
    var axis = [Character](repeating: " ", count: columns + 5)
    var free = 0
    for tick in ticks where column(tick) >= free {
      for (offset, character) in label(ofTick: tick).enumerated() {
        axis[column(tick) + offset] = character
      }
      free = column(tick) + 7
    }
    return [night, bars, axis].map { "  \(String($0))\n" }.joined()
  }
}

private func lower(_ letter: Character) -> Character { Character(letter.lowercased()) }

/// A polar plot in characters: north up, east to the right, the horizon at the rim.
private struct TextSky {
  private static let radius = 15
  private var rows: [[Character]]

  var lines: [String] {
    rows.map { row in
      var text = String(row)
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  init(_ tracks: [PassPlot.Track]) {
    let size = 2 * Self.radius + 3
    rows = Array(repeating: Array(repeating: " ", count: 2 * size), count: size)
    for elevation in [0.0, 30, 60] {
      for azimuth in stride(from: 0.0, to: 360, by: elevation > 50 ? 15 : 6) {
        mark("·", azimuth, elevation)
      }
    }
    mark("+", 0, 90)
    for track in tracks {
      for point in track.points.dropFirst() {
        mark(
          point.isSunlit ? track.letter : lower(track.letter), point.azimuthDeg, point.elevationDeg)
      }
      if let first = track.points.first { mark("o", first.azimuthDeg, first.elevationDeg) }
    }
    for (letter, azimuth) in [("N", 0.0), ("E", 90), ("S", 180), ("W", 270)] {
      mark(Character(letter), azimuth, -6)
    }
  }

  private mutating func mark(_ character: Character, _ azimuthDeg: Double, _ elevationDeg: Double) {
    let radius = Double(Self.radius) * (90 - max(-6, elevationDeg)) / 90
    let angle = azimuthDeg * Double.pi / 180
    let row = Self.radius + 1 - Int((radius * cos(angle)).rounded())
    // A character is about twice as high as wide.
    let column = 2 * (Self.radius + 1) + Int((2 * radius * sin(angle)).rounded())
    guard rows.indices.contains(row), rows[row].indices.contains(column) else { return }
    rows[row][column] = character
  }
}
