import Orbits

/// Spans as OTLP/HTTP wants them in JSON: ids in hexadecimal, 64-bit integers as text, enumerations as numbers
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
enum OTLPJSON {
  /// The body of one export.
  static func export(_ spans: [Span], site: String, version: String) -> JSON {
    [
      "resourceSpans": [
        [
          "resource": [
            "attributes": attributes([
              ("service.name", .string("perigee")), ("service.version", .string(version)),
              ("service.instance.id", .string(site)),
            ])
          ],
          "scopeSpans": [
            [
              "scope": ["name": "perigee", "version": .string(version)],
              "spans": .array(spans.map(span)),
            ]
          ],
        ]
      ]
    ]
  }

  private static func span(_ span: Span) -> JSON {
    var members: [(String, JSON)] = [
      ("traceId", .string(hex(span.traceID.high) + hex(span.traceID.low))),
      ("spanId", .string(hex(span.id))),
    ]
    if let parent = span.parent { members.append(("parentSpanId", .string(hex(parent)))) }
    members += [
      ("name", .string(span.name)), ("kind", .integer(span.kind.rawValue)),
      ("startTimeUnixNano", nanoseconds(span.start)), ("endTimeUnixNano", nanoseconds(span.end)),
      ("attributes", attributes(span.attributes)),
      // 2 is an error, 0 says nothing.
      (
        "status",
        span.error.map { ["code": 2, "message": .string($0)] as JSON } ?? ["code": 0]
      ),
    ]
    return .object(members)
  }

  private static func attributes(_ attributes: [(String, Span.Value)]) -> JSON {
    .array(attributes.map { ["key": .string($0.0), "value": value($0.1)] })
  }

  private static func value(_ value: Span.Value) -> JSON {
    switch value {
    case .string(let text): ["stringValue": .string(text)]
    case .integer(let number): ["intValue": .string(String(number))]
    case .number(let number):
      number.isFinite ? ["doubleValue": .number(number)] : ["stringValue": .string("\(number)")]
    case .bool(let flag): ["boolValue": .bool(flag)]
    case .strings(let texts):
      ["arrayValue": ["values": .array(texts.map { ["stringValue": .string($0)] })]]
    }
  }

  private static func nanoseconds(_ time: UTC) -> JSON {
    .string(String(max(0, time.nanosecondsSince1970)))
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
