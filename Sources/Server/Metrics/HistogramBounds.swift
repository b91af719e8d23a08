import Decisions

extension Histogram {
  /// The bounds that OpenTelemetry's gen_ai conventions give for durations, seconds.
  static let durationBounds = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
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
