import Network
import Orbits

/// What the change of slots does, read off the pings around the edges.
struct EdgeFit {
  /// How far around an edge losses are looked for, milliseconds.
  static let reachMs = 1_500.0
  private static let binMs = 50.0

  /// One ping around an edge.
  private struct Sample {
    /// The slot that begins at the edge.
    var edge: Slot
    var sinceEdgeMs: Double
    /// What it took beyond its slot's level; `nil` where it was lost, or its slot has no level.
    var excessMs: Double?
    var isLost: Bool
  }

  private var samples: [Sample] = []
  /// Pings and losses away from the edges.
  private(set) var (calm, calmLosses) = (0, 0)

  /// - Parameter isIgnored: Which pings say nothing of the link.
  init(_ trace: Trace, slots: [SlotSummary], isIgnored: [Bool]) {
    let levels = Dictionary(slots.map { ($0.slot, $0.levelMs) }) { first, _ in first }
    for (ping, ignored) in zip(trace.pings, isIgnored) where !ignored {
      let slot = Slot(containing: ping.sent)
      let sinceMs = ping.sent.seconds(since: slot.start) * 1_000
      let untilMs = slot.end.seconds(since: ping.sent) * 1_000
      let sinceEdgeMs = sinceMs <= untilMs ? sinceMs : -untilMs
      let isLost = ping.roundTripMs == nil
      guard abs(sinceEdgeMs) < Self.reachMs else {
        calm += 1
        calmLosses += isLost ? 1 : 0
        continue
      }
      let excess = ping.roundTripMs.flatMap { ms in levels[slot].map { ms - $0 } }
      let edge = sinceEdgeMs < 0 ? slot.next : slot
      samples.append(
        Sample(edge: edge, sinceEdgeMs: sinceEdgeMs, excessMs: excess, isLost: isLost))
    }
  }

  /// The law of the edges.
  ///
  /// A packet sent at time t in the hold waits for its end, so that after the edge what it took and t
  /// make the hold's tail; before the edge, the share that was held makes its lead.
  var law: Reconfiguration {
    let tails = samples.filter { $0.sinceEdgeMs >= 0 && $0.sinceEdgeMs < Self.binMs }
      .compactMap { sample in sample.excessMs.map { max(0, $0 + sample.sinceEdgeMs) } }
    let tailMs = tails.count >= 10 ? tails.quantile(0.5) : 0
    guard tailMs > 1 else {
      return Reconfiguration(longestHoldLeadMs: 0, holdTailMs: .always(0), losses: losses)
    }
    let before = samples.filter { $0.sinceEdgeMs < 0 && $0.sinceEdgeMs >= -4 * Self.binMs }
      .compactMap { sample in sample.excessMs.map { (sample.sinceEdgeMs, $0) } }
    let held = before.count { $0.1 > (tailMs - $0.0) / 2 }
    // The mean of leads that are anything up to the longest is half of that.
    let leadMs = before.isEmpty ? 0 : 8 * Self.binMs * Double(held) / Double(before.count)
    return Reconfiguration(
      longestHoldLeadMs: leadMs, holdTailMs: QuantileLaw(of: tails), losses: losses)
  }

  /// The times around the edge at which far more is lost than elsewhere.
  private var losses: [EdgeLoss] {
    let bins = Int(2 * Self.reachMs / Self.binMs)
    var (sent, lost) = ([Int](repeating: 0, count: bins), [Int](repeating: 0, count: bins))
    for sample in samples {
      let bin = min(bins - 1, max(0, Int((sample.sinceEdgeMs + Self.reachMs) / Self.binMs)))
      sent[bin] += 1
      lost[bin] += sample.isLost ? 1 : 0
    }
    let calmShare = calm > 0 ? Double(calmLosses) / Double(calm) : 0
    func stands(_ bin: Int) -> Bool {
      lost[bin] >= 3 && Double(lost[bin]) > 4 * calmShare * Double(sent[bin])
    }
    var found: [EdgeLoss] = []
    var bin = 0
    while bin < bins {
      let first = bin
      while bin < bins, stands(bin) { bin += 1 }
      if bin > first, lost[first..<bin].reduce(0, +) >= Self.fewestLosses {
        let startMs = Double(first) * Self.binMs - Self.reachMs
        found.append(loss(from: startMs, to: Double(bin) * Self.binMs - Self.reachMs))
      }
      bin += 1
    }
    return found
  }

  /// Losses below which a time around the edge is no worse than any other.
  private static let fewestLosses = 10

  /// A tool that waits for each answer loses one ping at an edge at most, so edges are counted.
  private func loss(from startMs: Double, to endMs: Double) -> EdgeLoss {
    let inside = samples.filter { startMs <= $0.sinceEdgeMs && $0.sinceEdgeMs < endMs }
    let (seen, losing) = (Set(inside.map(\.edge)), Set(inside.filter(\.isLost).map(\.edge)))
    return EdgeLoss(
      startMs: startMs, endMs: endMs,
      probability: Double(losing.count) / Double(max(1, seen.count)))
  }

  /// The share of pings that is lost outside the windows of `law`.
  func loss(outside law: Reconfiguration) -> Double {
    let rest = samples.filter { sample in
      !law.losses.contains { $0.startMs <= sample.sinceEdgeMs && sample.sinceEdgeMs < $0.endMs }
    }
    let sent = calm + rest.count
    return sent > 0 ? Double(calmLosses + rest.count { $0.isLost }) / Double(sent) : 0
  }
}
