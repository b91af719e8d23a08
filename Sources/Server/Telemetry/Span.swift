import Orbits

/// One span of a trace, as OpenTelemetry has them.
struct Span: Sendable {
  /// The side of the work that a span is; the numbers are OTLP's.
  enum Kind: Int, Sendable {
    case `internal` = 1
    case server = 2
    case client = 3
  }

  /// A value of an attribute.
  enum Value: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case number(Double)
    case bool(Bool)
    case strings([String])
  }

  var traceID: (high: UInt64, low: UInt64)
  var id: UInt64
  var parent: UInt64?
  var name: String
  var kind: Kind
  var start: UTC
  var end: UTC
  var attributes: [(String, Value)]
  /// Why it failed; `nil` where it did not.
  var error: String?
}
