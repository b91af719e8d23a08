import Network

/// Gives requests their places in traces. One for each event loop.
struct TraceSource {
  private var count: UInt64 = 0
  private let seed: (UInt64, UInt64)

  /// A source that draws from `seed`, which no other may have.
  init(seed: (UInt64, UInt64)) { self.seed = seed }

  /// The context of a request that came with `traceparent`, if it did.
  ///
  /// Whoever began the trace decides whether it is recorded; a trace that begins here is with the
  /// probability `ratio`, by its id, so that every node would decide alike.
  mutating func context(traceparent: String?, ratio: Double) -> TraceContext {
    count &+= 1
    let span = nonZero(SplitMix64.mix(seed.0 &+ count &* SplitMix64.step))
    if let parent = traceparent.flatMap(Traceparent.init) {
      return TraceContext(
        traceID: (parent.high, parent.low), parent: parent.parent, span: span,
        isSampled: parent.isSampled)
    }
    let low = nonZero(SplitMix64.mix(seed.1 &+ count &* 0xD134_2543_DE82_EF95))
    return TraceContext(
      traceID: (SplitMix64.mix(seed.1 ^ span), low), parent: nil, span: span,
      isSampled: Double(low >> 11) * 0x1p-53 < ratio)
  }

  private func nonZero(_ id: UInt64) -> UInt64 { id == 0 ? 1 : id }
}
