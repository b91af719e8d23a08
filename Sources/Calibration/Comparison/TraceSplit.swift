import Orbits

/// Which part of a trace a model is fitted to; the rest is held out.
public enum TraceSplit: String, Sendable, CaseIterable {
  /// The first half of the time. The rest may have been another regime: that is the honest question.
  case firstHalf = "first-half"
  /// Every other five minutes: both parts have seen the same regimes, so that what is wrong is the
  /// model's form.
  case alternate
  /// All of it; nothing is held out.
  case whole

  /// Length of an alternating part, seconds.
  static let blockSeconds = 300.0

  /// The part of `trace` that is fitted.
  public func fitted(_ trace: Trace) -> Trace { part(of: trace, isFitted: true) }

  /// The part of `trace` that is held out; empty where nothing is.
  public func heldOut(_ trace: Trace) -> Trace { part(of: trace, isFitted: false) }

  private func part(of trace: Trace, isFitted: Bool) -> Trace {
    guard let first = trace.pings.first?.sent, let last = trace.pings.last?.sent else {
      return trace
    }
    let span = last.seconds(since: first)
    return part(of: trace, isFitted: isFitted, from: first, spanSeconds: span)
  }

  /// The part of `trace` as the trace that begins at `start` and lasts `spanSeconds` is split.
  func part(of trace: Trace, isFitted: Bool, from start: UTC, spanSeconds: Double) -> Trace {
    Trace(
      pings: trace.pings.filter { ping in
        let seconds = ping.sent.seconds(since: start)
        switch self {
        case .firstHalf: return (seconds < spanSeconds / 2) == isFitted
        case .alternate:
          return (Int(seconds / Self.blockSeconds).isMultiple(of: 2)) == isFitted
        case .whole: return isFitted
        }
      })
  }
}
