import Decisions

/// When something is broken: spans in order that do not overlap.
struct FaultWindows: Sendable, Equatable {
  /// A span of being broken.
  struct Window: Sendable, Equatable {
    var start: Instant
    var end: Instant
  }

  private(set) var windows: [Window] = []

  /// Whether a window contains `time`.
  func contains(_ time: Instant) -> Bool {
    let next = windows.partitionPoint { $0.end > time }
    return next < windows.count && windows[next].start <= time
  }

  /// The windows of a subject's faults over `seconds` from `start` on.
  init(
    of subject: DeclaredFault.Subject, in faults: [DeclaredFault], start: Instant, seconds: Double,
    seed: UInt64
  ) {
    var spans: [(start: Double, end: Double)] = []
    for (number, fault) in faults.enumerated() where fault.subject == subject {
      switch fault.schedule {
      case .once(let at, let length): spans.append((at, at + length))
      case .every(let mean, let lengthMean):
        var random = RandomStream(seed: seed, RandomStream.key("fault"), UInt64(number))
        var time = -mean * Portable.log(random.unit())
        while time < seconds {
          let length = -lengthMean * Portable.log(random.unit())
          spans.append((time, time + length))
          time += length - mean * Portable.log(random.unit())
        }
      }
    }
    spans.sort { $0 < $1 }
    for span in spans where span.end > span.start {
      let window = Window(
        start: start + .nanoseconds(Int64((span.start * 1e9).rounded())),
        end: start + .nanoseconds(Int64((span.end * 1e9).rounded())))
      if let last = windows.last, window.start <= last.end {
        windows[windows.count - 1].end = max(last.end, window.end)
      } else {
        windows.append(window)
      }
    }
  }
}
