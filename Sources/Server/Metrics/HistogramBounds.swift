import Decisions

extension Histogram {
  /// The bounds that OpenTelemetry's gen_ai conventions give for durations, seconds.
  static let durationBounds = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
  ]
  /// The bounds that the same conventions give for the time to a first token or chunk, seconds.
  static let firstTokenBounds = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ]
  /// The bounds that the same conventions give for the time of one more token, seconds.
  static let perTokenBounds = [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
  ]
  /// The bounds that OpenTelemetry's gen_ai conventions give for token counts.
  static let tokenBounds: [Double] = [
    1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    67_108_864,
  ]
  /// Bounds for the error of a predicted time, seconds: actual minus predicted.
  static let errorBounds = [
    -5, -1, -0.5, -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5,
  ]
}
