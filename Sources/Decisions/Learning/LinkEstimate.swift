import Network
import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The live estimate of a link's round trip: the forecast, corrected by what is measured.
///
/// Real links hold a level during a slot and jump at its edge (Tanveer et al., CoNEXT 2023). So within a
/// slot the median of its measurements counts, the more the more there are; at the edge it does not simply
/// go on. The next level is a mixture: with the probability ``persistence`` the last level stays, otherwise
/// one is drawn from those of the last twenty minutes. The median of that mixture is the prediction that
/// errs least on average, its tenth and ninetieth percentiles are the band. The persistence is learned, one
/// step of expectation maximisation each slot: next to nothing over a bent pipe, a third over lasers.
///
/// All figures are residuals against the forecast, so geometry that the forecast knows is not learned again.
/// Memory is bounded: 80 slots, and 256 measurements of the current one.
public struct LinkEstimate: Sendable, Equatable {
  /// The share of one more slot in what is learned slow: persistence, spread and loss.
  private static let learningRate = 0.02
  /// The variance of a median is this times that of a mean (of normally distributed values).
  private static let medianVariance = 1.57
  /// No level is known better than this, milliseconds: the resolution of what probes measure.
  private static let floorMs = 0.5
  /// The 90th percentile of a normal distribution, standard deviations.
  private static let bandSigmas = 1.2816

  /// The probability that a level outlives a slot's edge.
  public private(set) var persistence = 0.2
  /// The standard deviation of measurements within a slot, milliseconds. Begins at what is measured over
  /// LEO access (Mohan et al., WWW 2024).
  public private(set) var spreadMs = 6.7
  /// The share of measurements that were lost, of late; `nil` before any.
  public private(set) var lossShare: Double?
  /// The newest round trip that was measured over the whole way, milliseconds; `nil` before any.
  public private(set) var observedMs: Double?

  private var levels = SlotLevels()
  private var last: SlotLevel?
  private var samples: SlotSamples?

  /// An estimate that has nothing but the forecast.
  public init() {}

  /// How many slots of the last twenty minutes were measured, the current one left out.
  public var measuredSlots: Int { levels.count }

  /// Takes in one measured round trip, where `forecastMs` was forecast for its time.
  ///
  /// - Returns: The slot before, with its prediction, where this measurement is the first of a new one.
  ///   Measurements of slots that are over are ignored, as are those that are no number.
  public mutating func observe(
    roundTripMs: Double, forecastMs: Double, at time: UTC
  ) -> SlotOutcome? {
    guard roundTripMs.isFinite, forecastMs.isFinite, roundTripMs >= 0 else { return nil }
    return take(
      residualMs: roundTripMs - forecastMs, forecastMs: forecastMs, isMeasured: true, at: time)
  }

  /// Takes in a residual that was not measured over the whole way but told of a part of it. It corrects like
  /// a measurement, and counts neither as observed nor in what predictions are held against.
  ///
  /// - Returns: As ``observe(roundTripMs:forecastMs:at:)``.
  public mutating func observe(
    residualMs: Double, forecastMs: Double, at time: UTC
  ) -> SlotOutcome? {
    guard residualMs.isFinite, forecastMs.isFinite else { return nil }
    return take(residualMs: residualMs, forecastMs: forecastMs, isMeasured: false, at: time)
  }

  private mutating func take(
    residualMs: Double, forecastMs: Double, isMeasured: Bool, at time: UTC
  ) -> SlotOutcome? {
    let slot = Slot(containing: time)
    if let newest = samples?.slot, slot < newest {
      guard newest.index - slot.index >= SlotLevels.windowSlots else { return nil }
      // Nothing is that late: the clock was set back.
      self = LinkEstimate()
    }
    let outcome = slot == samples?.slot ? nil : close()
    if isMeasured { observedMs = forecastMs + residualMs }
    lossShare = (lossShare ?? 0) * (1 - Self.learningRate)
    samples = samples ?? SlotSamples(slot)
    samples?.append(residualMs: residualMs, forecastMs: forecastMs, isMeasured: isMeasured)
    return outcome
  }

  /// Takes in that a measurement got no answer.
  public mutating func observeLoss() {
    let share = lossShare ?? 0
    lossShare = share + (1 - share) * Self.learningRate
  }

  /// What to add to the forecast at `time`; `nil` where nothing was measured in the twenty minutes before.
  public func correction(at time: UTC) -> LinkCorrection? {
    let slot = Slot(containing: time)
    guard let samples else { return nil }
    guard slot.index - samples.slot.index < SlotLevels.windowSlots else { return nil }
    let now = posterior(samples)
    if slot <= samples.slot { return now }
    return prior(of: slot, after: SlotLevel(slot: samples.slot, residualMs: now.expectedMs))
  }

  /// What is expected of a slot before anything is measured in it, when the newest slot with measurements
  /// was `last`.
  private func prior(of slot: Slot, after last: SlotLevel?) -> LinkCorrection {
    var staying = 0.0
    if let last { staying = pow(persistence, Double(max(1, slot.index - last.slot.index))) }
    func quantile(_ share: Double) -> Double {
      levels.quantile(share, lastMs: last?.residualMs ?? 0, staying: staying)
    }
    return LinkCorrection(
      expectedMs: quantile(0.5), lowMs: quantile(0.1), highMs: quantile(0.9), samples: 0)
  }

  /// The prior of a slot's level and its measurements, each weighed by how well it is known.
  ///
  /// A level outside of all that was seen before is believed once measurements agree on it: the prior is
  /// then as wide as they are away from it. A single one may be a straggler.
  private func posterior(_ samples: SlotSamples) -> LinkCorrection {
    var correction = prior(of: samples.slot, after: last)
    guard let level = samples.levelMs else { return correction }
    let count = Double(samples.count)
    let spread = max(Self.floorMs, spreadMs, samples.spreadMs)
    let noise = Self.medianVariance * square(spread) / count
    let width = (correction.highMs - correction.lowMs) / (2 * Self.bandSigmas)
    let surprise = (square(level - correction.expectedMs) - noise) * (1 - 1 / count)
    let variance = max(square(max(Self.floorMs, width)), surprise)
    let weight = variance / (variance + noise)
    let half = Self.bandSigmas * (variance * (1 - weight)).squareRoot()
    correction.expectedMs += (level - correction.expectedMs) * weight
    correction.lowMs = correction.expectedMs - half
    correction.highMs = correction.expectedMs + half
    correction.samples = samples.count
    return correction
  }

  private func square(_ value: Double) -> Double { value * value }

  /// Ends the current slot: learns from it, and gives what was predicted with what was measured; `nil` where
  /// nothing was.
  private mutating func close() -> SlotOutcome? {
    guard let samples, let level = samples.levelMs, let forecast = samples.forecastMs else {
      return nil
    }
    let before = prior(of: samples.slot, after: last)
    let after = posterior(samples)
    if samples.count >= 3 { spreadMs += (samples.spreadMs - spreadMs) * Self.learningRate }
    if let last, last.slot.next == samples.slot {
      learnPersistence(level, of: samples.count, after: last)
    }
    levels.append(SlotLevel(slot: samples.slot, residualMs: level))
    last = SlotLevel(slot: samples.slot, residualMs: after.expectedMs)
    self.samples = nil
    guard let measured = samples.measuredLevelMs else { return nil }
    return SlotOutcome(
      slot: samples.slot, forecastMs: forecast, predictedMs: forecast + before.expectedMs,
      lowMs: forecast + before.lowMs, highMs: forecast + before.highMs,
      observedMs: forecast + measured, samples: samples.measuredCount)
  }

  /// One step of expectation maximisation: how likely is it that this level is the last one still?
  private mutating func learnPersistence(_ levelMs: Double, of count: Int, after last: SlotLevel) {
    let noise = (Self.medianVariance / Double(count)).squareRoot() * spreadMs
    let scale = max(Self.floorMs, 0.05 * levels.interquartileMs, noise)
    let stayed = persistence * laplace(levelMs - last.residualMs, scale: scale)
    let drawn = (1 - persistence) * levels.density(at: levelMs, scaleMs: scale)
    guard stayed + drawn > 0 else { return }
    let step = Self.learningRate * (stayed / (stayed + drawn) - persistence)
    persistence = min(0.95, max(0.02, persistence + step))
  }
}
