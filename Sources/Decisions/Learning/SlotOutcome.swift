import Network

/// A slot that is over: what was predicted before it began, and what came.
public struct SlotOutcome: Sendable, Equatable {
  /// The slot.
  public var slot: Slot
  /// The forecast round trip alone, milliseconds.
  public var forecastMs: Double
  /// The forecast corrected by what had been measured before the slot, milliseconds.
  public var predictedMs: Double
  /// The lower end of the band that the median was expected in with a probability of 80 %, milliseconds.
  public var lowMs: Double
  /// Its upper end.
  public var highMs: Double
  /// The median of the slot's round trips that were measured over the whole way, milliseconds.
  public var observedMs: Double
  /// How many were measured.
  public var samples: Int

  /// Creates an outcome.
  public init(
    slot: Slot, forecastMs: Double, predictedMs: Double, lowMs: Double, highMs: Double,
    observedMs: Double, samples: Int
  ) {
    self.slot = slot
    self.forecastMs = forecastMs
    self.predictedMs = predictedMs
    self.lowMs = lowMs
    self.highMs = highMs
    self.observedMs = observedMs
    self.samples = samples
  }
}
