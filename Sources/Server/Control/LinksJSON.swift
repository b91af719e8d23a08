import Decisions
import Network
import Orbits

/// The answer of `/api/links`: each leg's forecast for the minutes to come, what measurement makes of it,
/// and how earlier predictions fared.
struct LinksReport {
  let ways: Ways
  let knowledge: Knowledge
  let time: UTC

  var json: JSON {
    [
      "now": .string(time.formatted(fractionDigits: 3)),
      "slotSeconds": .integer(Slot.lengthSeconds), "slotPhaseSeconds": .integer(Slot.phaseSeconds),
      "links": .array(
        ways.legs.compactMap { leg in knowledge.record(of: leg).map { link(leg, $0) } }),
    ]
  }

  private func link(_ leg: Leg, _ record: LegRecord) -> JSON {
    let backends = ways.backends.filter { $0.destination == leg.destination }
    let roundTrip = record.roundTrip(at: time)
    let estimate = record.estimate
    return [
      "uplink": .string(leg.uplink), "destination": .string(leg.destination),
      "backends": .array(backends.map { .string($0.name) }),
      "forecast_ms": .rounded(roundTrip?.forecastMs, 2),
      "light_ms": .rounded(roundTrip?.lightMs, 2),
      "estimate_ms": .rounded(roundTrip?.expectedMs, 2), "low_ms": .rounded(roundTrip?.lowMs, 2),
      "high_ms": .rounded(roundTrip?.highMs, 2),
      "samples": .integer(roundTrip?.correction?.samples ?? 0),
      "observed_ms": .rounded(estimate.observedMs, 2),
      "persistence": .rounded(estimate.persistence, 3), "spread_ms": .rounded(estimate.spreadMs, 2),
      "measured_slots": .integer(estimate.measuredSlots),
      "observed_loss": .rounded(estimate.lossShare, 4),
      "slots": .array(record.outcomes.map(\.json)), "ahead": .array(ahead(record)),
    ]
  }

  /// The slots from the current one on: forecast and estimate at both ends of each.
  private func ahead(_ record: LegRecord) -> [JSON] {
    let intervals = record.forecast?.intervals ?? []
    return intervals.filter { $0.end > time }.map { interval in
      // The end belongs to the slot after it.
      let ends = [interval.start, interval.end.adding(seconds: -0.001)].map {
        interval.roundTrip(at: $0, correctedBy: record.estimate)
      }
      func both(_ value: (RoundTripEstimate) -> Double) -> JSON {
        .array(ends.map { .rounded($0.map(value), 2) })
      }
      return [
        "start": .number(interval.start.secondsSince1970),
        "end": .number(interval.end.secondsSince1970), "forecast_ms": both(\.forecastMs),
        "estimate_ms": both(\.expectedMs), "low_ms": both(\.lowMs), "high_ms": both(\.highMs),
        "serving_satellite": .optional(interval.route?.servingSatellite),
      ]
    }
  }
}

extension SlotOutcome {
  /// A slot that is over, as the dashboard draws it.
  fileprivate var json: JSON {
    [
      "start": .number(slot.start.secondsSince1970), "forecast_ms": .rounded(forecastMs, 2),
      "predicted_ms": .rounded(predictedMs, 2), "low_ms": .rounded(lowMs, 2),
      "high_ms": .rounded(highMs, 2), "observed_ms": .rounded(observedMs, 2),
      "samples": .integer(samples),
    ]
  }
}
