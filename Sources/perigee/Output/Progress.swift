import Foundation

/// A progress line on standard error, for a person at a terminal, from the second second on.
struct Progress {
  private let label: String
  private var total: Int
  private let started = ContinuousClock.now
  private var printed = ContinuousClock.now
  private var isShown = false
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(_ label: String, total: Int) {
    self.label = label
    self.total = max(1, total)
  }

  /// Says that `done` of a total that was not known at first is done.
  mutating func update(_ done: Int, of total: Int) {
    self.total = max(1, total)
    update(done)
  }

  /// Says that `done` of the total is done.
  mutating func update(_ done: Int) {
    let now = ContinuousClock.now
    guard isTerminal, now - started > .seconds(2), now - printed > .milliseconds(200) else {
      return
    }
    printed = now
    isShown = true
    writeError("\r\(label) \(done * 100 / total) % (\(done) of \(total))\u{1B}[K")
  }

  /// Clears the line.
  func finish() {
    if isShown { writeError("\r\u{1B}[K") }
  }

}
