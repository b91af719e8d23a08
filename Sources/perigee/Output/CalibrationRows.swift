import Calibration
import Network

/// What `perigee calibrate` found, row by row.
struct CalibrationRows {
  static let columns = ["part", "figure", "trace", "model", "difference", "goal", "met"]

  private(set) var rows: [[Cell]] = []

  init(_ validation: Validation) {
    let fit = validation.calibration
    addInstrument(fit.pinger, policedLosses: fit.policedLosses)
    if let phase = fit.phase { addPhase(phase, slotCount: fit.slotCount, decimals: 2) }
    add(fit.model)
    add("fit", validation.fit)
    if let heldOut = validation.heldOut { add("held-out", heldOut) }
    if let replay = validation.replay { add("replay", replay) }
  }

  private init() {}

  /// What was found of capacity, and the same of the part that was held out.
  static func capacity(
    _ fit: CapacityCalibration, heldOut: CapacityCalibration?
  ) -> [[Cell]] {
    var made = CalibrationRows()
    if let phase = fit.phase { made.addPhase(phase, slotCount: fit.slotCount, decimals: 1) }
    func row(_ figure: String, _ trace: Double?, _ model: Double, _ decimals: Int) {
      made.rows.append([
        .text("capacity"), .text(figure), trace.map { number($0, decimals) } ?? .missing,
        number(model, decimals),
        trace.flatMap { percent(model / $0 - 1) }.map(Cell.text) ?? .missing, .missing, .missing,
      ])
    }
    row("usual_mbps", heldOut?.usualMbps, fit.usualMbps, 1)
    for share in [0.05, 0.25, 0.75, 0.95] {
      row(
        "factor_p\(Int(share * 100))", heldOut.map { $0.law.factor(share) }, fit.law.factor(share),
        2)
    }
    row("correlation", heldOut?.law.correlation, fit.law.correlation, 2)
    row("memory", heldOut?.law.memory, fit.law.memory, 2)
    row("deviation_within_slot", heldOut?.deviationWithinSlot, fit.deviationWithinSlot, 2)
    return made.rows
  }

  private mutating func add(
    _ part: String, _ figure: String, trace: Cell = .missing, model: Cell = .missing,
    difference: String? = nil, goal: String? = nil, met: Bool? = nil
  ) {
    rows.append([
      .text(part), .text(figure), trace, model, difference.map(Cell.text) ?? .missing,
      goal.map(Cell.text) ?? .missing, met.map(Cell.flag) ?? .missing,
    ])
  }

  private mutating func addInstrument(_ pinger: Pinger, policedLosses: Int) {
    switch pinger.pace {
    case .afterAnswer(let pauseMs):
      add("tool", "pause_after_answer_ms", trace: .number(pauseMs, decimals: 1))
    case .every(let intervalMs):
      add("tool", "interval_ms", trace: .number(intervalMs, decimals: 1))
    }
    add("tool", "timeout_ms", trace: .number(pinger.timeoutMs, decimals: 0))
    guard let policer = pinger.policer else { return }
    add(
      "tool", "policed_to_per_minute", trace: .number(60 * policer.requestsPerSecond, decimals: 2))
    add("tool", "losses_by_policer", trace: .integer(policedLosses))
  }

  private mutating func addPhase(_ phase: SlotPhase, slotCount: Int, decimals: Int) {
    add("slots", "phase_s", trace: .integer(phase.offsetSeconds))
    add(
      "slots", "deviation_within",
      trace: .number(phase.deviationByOffset.min() ?? 0, decimals: decimals))
    add(
      "slots", "deviation_at_worst_phase",
      trace: .number(phase.deviationByOffset.max() ?? 0, decimals: decimals))
    add("slots", "seen", trace: .integer(slotCount))
  }

  private mutating func add(_ model: LinkModel) {
    func law(_ name: String, _ law: QuantileLaw, _ decimals: Int) {
      for (share, value) in zip(QuantileLaw.shares, law.values) {
        add("model", "\(name)_p\(shortest(share))", model: .number(value, decimals: decimals))
      }
    }
    law("base_ms", model.baseMs, 1)
    add("model", "base_correlation", model: .number(model.baseCorrelation, decimals: 2))
    add("model", "base_memory", model: .number(model.baseMemory, decimals: 2))
    law("scatter_ms", model.scatterMs, 1)
    law("wait_shape", model.waitShape, 2)
    let edge = model.reconfiguration
    add("model", "longest_hold_lead_ms", model: .number(edge.longestHoldLeadMs, decimals: 0))
    law("hold_tail_ms", edge.holdTailMs, 0)
    for loss in edge.losses {
      add(
        "model", "edge_loss_\(shortest(loss.startMs / 100))_to_\(shortest(loss.endMs / 100))_ms",
        model: .number(loss.probability, decimals: 3))
    }
    add("model", "loss", model: .number(model.loss, decimals: 4))
    for outage in model.outages {
      add(
        "model", "outages_per_hour_\(outage.cause.rawValue)",
        model: .number(outage.perHour, decimals: 1))
      law("outage_s", outage.seconds, 1)
    }
  }

  /// A share in percent, without a point where it is whole.
  private func shortest(_ share: Double) -> String {
    let percent = share * 100
    return percent == percent.rounded() ? "\(Int(percent))" : fixed(percent, decimals: 2)
  }

  private mutating func add(_ part: String, _ comparison: TraceComparison) {
    let (trace, model) = (comparison.trace, comparison.model)
    for (index, share) in TraceStatistics.shares.enumerated() {
      let error = comparison.quantileErrors[index]
      add(
        part, "rtt_ms_p\(Int((share * 100).rounded()))",
        trace: Self.number(trace.quantilesMs[index], 1),
        model: Self.number(model.quantilesMs[index], 1), difference: Self.percent(error),
        goal: "within 10 %", met: Self.isWithin(TraceComparison.quantileGoal, error))
    }
    add(
      part, "within_to_between_variance", trace: Self.number(trace.varianceRatio, 3),
      model: Self.number(model.varianceRatio, 3),
      difference: Self.percent(comparison.varianceRatioError), goal: "within 20 %",
      met: Self.isWithin(TraceComparison.varianceRatioGoal, comparison.varianceRatioError))
    add(
      part, "loss", trace: .number(trace.loss, decimals: 4), model: .number(model.loss, decimals: 4)
    )
    for (name, distance) in [
      ("burst_lengths_ks", comparison.burstDistance), ("gap_lengths_ks", comparison.gapDistance),
    ] {
      guard let distance else { continue }
      add(
        part, name, difference: fixed(distance, decimals: 3), goal: "below 0.1",
        met: distance < TraceComparison.distanceGoal)
    }
    func perHundred(_ statistics: TraceStatistics, atLeast slots: Int) -> Cell {
      let count = statistics.spikeSlots.count { $0 >= slots }
      return .number(100 * Double(count) / Double(max(1, statistics.slotCount)), decimals: 1)
    }
    add(
      part, "spikes_per_100_slots", trace: perHundred(trace, atLeast: 1),
      model: perHundred(model, atLeast: 1))
    add(
      part, "spikes_of_30_s_and_more_per_100_slots", trace: perHundred(trace, atLeast: 2),
      model: perHundred(model, atLeast: 2))
  }

  /// A figure; nothing where it is not defined.
  private static func number(_ value: Double, _ decimals: Int) -> Cell {
    value.isFinite ? .number(value, decimals: decimals) : .missing
  }

  /// Whether an error is within its goal; `nil` where it is not defined.
  private static func isWithin(_ goal: Double, _ error: Double) -> Bool? {
    error.isFinite ? abs(error) <= goal : nil
  }

  /// A difference with its sign, which a zero has not; `nil` where it is not defined.
  static func percent(_ share: Double) -> String? {
    guard share.isFinite else { return nil }
    let text = fixed(100 * share, decimals: 1)
    return "\(share < 0 || text == "0.0" ? "" : "+")\(text) %"
  }
}
