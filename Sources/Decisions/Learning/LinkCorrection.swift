/// What measurement adds to a forecast round trip at one time.
public struct LinkCorrection: Sendable, Equatable {
  /// What to add to the forecast, milliseconds.
  public var expectedMs: Double
  /// The lower end of the band that the slot's median lies in with a probability of 80 %, as a correction,
  /// milliseconds.
  public var lowMs: Double
  /// Its upper end.
  public var highMs: Double
  /// Measurements in the slot of that time so far; 0 for a slot to come.
  public var samples: Int

  /// Creates a correction.
  public init(expectedMs: Double, lowMs: Double, highMs: Double, samples: Int) {
    self.expectedMs = expectedMs
    self.lowMs = lowMs
    self.highMs = highMs
    self.samples = samples
  }
}
