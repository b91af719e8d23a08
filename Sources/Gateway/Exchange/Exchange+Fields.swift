import Decisions
import Dialects
import NIOCore

/// The fields by which every answer says where it came from.
extension Exchange {
  func streamFields(_ attempt: Attempt?) -> HeaderFields {
    let visible = attempt?.response.visibleFields() ?? []
    var fields = answerFields(attempt, visible.filter { !$0.0.isField("content-type") })
    fields.append(("content-type", "text/event-stream; charset=utf-8"))
    fields.append(("cache-control", "no-cache"))
    fields.append(("x-accel-buffering", "no"))
    return fields
  }

  func answerFields(
    _ attempt: Attempt?, _ fields: consuming HeaderFields
  ) -> HeaderFields {
    if !account.standings.isEmpty {
      // Those of the backend are the gateway's affair, not the client's.
      fields.removeAll { $0.0.hasFieldPrefix("x-ratelimit-") }
      fields += account.standings.fields
    }
    guard let attempt else { return fields }
    let log = attempt.log
    fields.append(("x-perigee-backend", log.path.backend))
    fields.append(("x-perigee-uplink", log.path.uplink))
    if let predicted = log.predictedMs {
      fields.append(("x-perigee-predicted-ms", Self.tenths(predicted)))
    }
    if log.firstByte != nil || attempt.isOver {
      fields.append(("x-perigee-actual-ms", Self.tenths(actualMs(log))))
    }
    fields.append(("x-perigee-attempts", String(attempts.count)))
    if case .translated(let translation) = attempt.passage {
      fields.append(("x-perigee-dialect", translation.dialect.rawValue))
      if !translation.dropped.isEmpty {
        fields.append(("x-perigee-dropped", translation.dropped.joined(separator: ", ")))
      }
    }
    if let hedged = hedged(log) { fields.append(("x-perigee-hedged", hedged)) }
    return fields
  }

  /// The same in a stream whose head had to go before it was known.
  func pathComment(_ attempt: Attempt) -> String {
    let log = attempt.log
    return "perigee: backend=\(log.path.backend) uplink=\(log.path.uplink)"
      + (log.predictedMs.map { " predicted-ms=\(Self.tenths($0))" } ?? "")
      + " actual-ms=\(Self.tenths(actualMs(log))) attempts=\(attempts.count)"
      + (hedged(log).map { " hedged=\($0)" } ?? "")
  }

  /// From the request's arrival to the first byte of an attempt's answer; to now, where none came.
  private func actualMs(_ log: AttemptLog) -> Double {
    ((log.firstByte ?? .now()) - clock.monotonic).milliseconds
  }

  /// Whether the attempt beside the first one, if there was one, was the one that answered.
  private func hedged(_ log: AttemptLog) -> String? {
    guard attempts.count > 1, attempts.contains(where: \.log.isHedge) else { return nil }
    return log.isHedge ? "won" : "lost"
  }

  private static func tenths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths) % 10)"
  }
}
