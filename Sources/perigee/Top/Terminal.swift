import Foundation

/// The terminal that standard output is, if it is one: its size, and a screen of its own that is given back.
struct Terminal {
  /// Whether standard output is a terminal.
  static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns and rows now; 120 by 40 where nobody tells.
  static var size: (width: Int, height: Int) {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
      window.ws_row > 0
    else { return (120, 40) }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  /// Goes over to the alternate screen, without a cursor.
  static func enter() { writeOutput("\u{1B}[?1049h\u{1B}[?25l") }

  /// Gives the screen back as it was, cursor and all.
  static func leave() { writeOutput("\u{1B}[?25h\u{1B}[?1049l") }

  /// Draws lines over what was there: each to its end, then the rest of the screen, so that nothing flickers.
  static func draw(_ lines: [String]) {
    let body = lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n")
    writeOutput("\u{1B}[H\(body)\u{1B}[J")
  }
}
