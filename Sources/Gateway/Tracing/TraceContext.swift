import Network

/// Where a request stands in a distributed trace: W3C Trace Context, level 1
/// (https://www.w3.org/TR/trace-context-1/).
public struct TraceContext: Sendable, Equatable {
  /// The 16 bytes that all spans of a trace share, as two big-endian halves; never both zero.
  public let traceID: (high: UInt64, low: UInt64)
  /// The span of whoever sent the request; `nil` where the trace begins here.
  public let parent: UInt64?
  /// The span of the request at this node.
  public let span: UInt64
  /// Whether the trace is recorded.
  public let isSampled: Bool

  /// Creates a context.
  public init(
    traceID: (high: UInt64, low: UInt64), parent: UInt64?, span: UInt64, isSampled: Bool
  ) {
    self.traceID = traceID
    self.parent = parent
    self.span = span
    self.isSampled = isSampled
  }

  /// Whether all four parts are the same.
  public static func == (a: Self, b: Self) -> Bool {
    a.traceID == b.traceID && a.parent == b.parent && a.span == b.span
      && a.isSampled == b.isSampled
  }

  /// The span of the attempt with that number, from 0: derived, so that nothing has to be kept for it.
  public func span(attempt: Int) -> UInt64 { span(numbered: UInt64(attempt) &+ 1) }

  /// A span id of this request that follows from its number; 0 would be the request's own.
  public func span(numbered number: UInt64) -> UInt64 {
    let id = SplitMix64.mix(span &+ number &* SplitMix64.step)
    return id == 0 ? 1 : id
  }

  /// The `traceparent` field that makes the receiver's span a child of the attempt's.
  public func header(attempt: Int) -> String {
    let span = span(attempt: attempt)
    return String(unsafeUninitializedCapacity: Traceparent.length) { bytes in
      Traceparent.write(traceID.high, traceID.low, span, isSampled, to: bytes)
      return Traceparent.length
    }
  }
}
