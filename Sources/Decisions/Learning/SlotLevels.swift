import Network

/// The level of one slot: the middle of what was measured in it, as a residual against the forecast.
struct SlotLevel: Sendable, Equatable {
  var slot: Slot
  var residualMs: Double
}

/// How a link's slots have been of late: one level each, as a residual against the forecast.
///
/// Levels are redrawn at slot edges, or stay: so the law of the levels of the last twenty minutes, with
/// extra weight on the newest, is the law of the next.
struct SlotLevels: Sendable, Equatable {
  /// How many slots are remembered: twenty minutes. Over the first halves of two real traces the mean
  /// error with twice as many is within 2 %; the fewer, the sooner a drift is followed.
  static let windowSlots: Int64 = 80

  /// What is believed before anything is measured: that the forecast is right to about 10 ms, which is the
  /// spread of slot levels over real bent pipes. Outvoted within minutes.
  private static let prior: [Double] = [-20, -10, 0, 10, 20]

  private var levels: [SlotLevel] = []
  private var keepsPrior = true
  private var sorted = SlotLevels.prior

  /// How many measured slots are remembered.
  var count: Int { levels.count }

  /// Half of the levels lie within a range of this width, milliseconds.
  var interquartileMs: Double {
    (sorted.quantileOfSorted(0.75) ?? 0) - (sorted.quantileOfSorted(0.25) ?? 0)
  }

  /// Remembers the level of a slot that is over, and forgets those out of the window.
  mutating func append(_ level: SlotLevel) {
    let oldest = level.slot.index - Self.windowSlots
    // What was believed before the first level is forgotten with it.
    if let first = levels.first, first.slot.index <= oldest { keepsPrior = false }
    levels.removeAll { $0.slot.index <= oldest }
    levels.append(level)
    sorted = (levels.map(\.residualMs) + (keepsPrior ? Self.prior : [])).sorted()
  }

  /// The density of the levels at `residualMs`, with a Laplace kernel of scale `scaleMs`, per millisecond.
  func density(at residualMs: Double, scaleMs: Double) -> Double {
    sorted.reduce(0) { $0 + laplace($1 - residualMs, scale: scaleMs) } / Double(sorted.count)
  }

  /// A quantile of what the next level will be: with the probability `staying` it is `lastMs`, otherwise it
  /// is drawn anew.
  func quantile(_ share: Double, lastMs: Double, staying: Double) -> Double {
    guard staying < 1 else { return lastMs }
    let drawn = 1 - staying
    if let below = sorted.quantileOfSorted(share / drawn), share < drawn, below < lastMs {
      return below
    }
    if let above = sorted.quantileOfSorted((share - staying) / drawn), share > staying,
      above > lastMs
    {
      return above
    }
    return lastMs
  }
}
