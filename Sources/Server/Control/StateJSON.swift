import Decisions
import Fleet
import Links
import Network
import Orbits

/// The answer of `/api/state`: the fleet as it stands.
struct StateReport {
  let world: World
  /// What the world knows at `time`.
  let knowledge: Knowledge
  let startedAt: UTC
  let version: String
  let time: UTC

  private var plan: NodePlan { world.plan }

  var json: JSON {
    let sky = plan.topology.sky(at: time)
    return [
      "fleet": .string(plan.fleetName), "site": .string(plan.site.name),
      "version": .string(version), "now": .string(time.formatted(fractionDigits: 3)),
      "startedAt": .string(startedAt.formatted(fractionDigits: 0)),
      "slotSeconds": .integer(Slot.lengthSeconds), "slotPhaseSeconds": .integer(Slot.phaseSeconds),
      "sites": .array(plan.topology.sites.map(site)),
      "uplinks": .array(plan.site.uplinks.map { uplink($0, sky: sky) }),
      "backends": .array(plan.backends.map(backend)),
      "latency": .array(latency),
    ]
  }

  private func site(_ site: Site) -> JSON {
    let place = site.track.position(at: time)
    return [
      "name": .string(site.name), "kind": .string(site.kind.rawValue),
      "lat": .rounded(place.latitudeDeg), "lon": .rounded(place.longitudeDeg),
    ]
  }

  private func uplink(_ uplink: Uplink, sky: Sky) -> JSON {
    let bytes = world.counters[uplink.name]?.counters.snapshot
    let history = knowledge.history(of: uplink.name)
    let standing = knowledge.places.standing(ofUplink: uplink.name)
    return [
      "name": .string(uplink.name), "kind": .string(uplink.medium.kindName),
      "emulated": .bool(uplink.emulated), "up_mbps": .rounded(uplink.up.bitsPerSecond / 1e6),
      "down_mbps": .rounded(uplink.down.bitsPerSecond / 1e6),
      "price_per_gb": .rounded(uplink.pricePerGB), "bytes_up": .optional(bytes?.bytesUp),
      "bytes_down": .optional(bytes?.bytesDown), "handoffs": .integer(history.handoffs),
      "outage_seconds": .rounded(history.outageSeconds, 1),
      "in_flight": .integer(standing?.taken ?? 0), "places": .optional(standing?.places),
      "waiting": .integer(standing?.waiting ?? 0),
      "paths": .array(remotePaths(over: uplink).map { path($0.path, $0.leg, sky: sky) }),
    ]
  }

  /// The ways over an uplink, with where each leads.
  private func remotePaths(over uplink: Uplink) -> [(path: PathID, leg: Leg)] {
    plan.ways.backends.compactMap { backend in
      let path = PathID(backend: backend.name, uplink: uplink.name)
      return plan.ways.leg(of: path).map { (path, $0) }
    }
  }

  private func path(_ path: PathID, _ leg: Leg, sky: Sky) -> JSON {
    let forecast = knowledge.forecast(leg)
    let interval = forecast?.interval(at: time)
    let route = interval?.route
    let points = route?.hops.map { hop -> JSON in
      guard let place = plan.topology.place(named: hop, sky: sky) else { return [.null, .null] }
      return [.rounded(place.latitudeDeg), .rounded(place.longitudeDeg)]
    }
    let oneWay = interval?.oneWayMs(at: time)
    let roundTrip = knowledge.record(of: leg)?.roundTrip(at: time)
    return [
      "backend": .string(path.backend), "destination": .string(leg.destination),
      "reachable": .bool(route != nil), "hops": .array(route?.hops.map { .string($0) } ?? []),
      "points": .array(points ?? []), "serving_satellite": .optional(route?.servingSatellite),
      "propagation_ms": .rounded(interval?.propagationMs(at: time)),
      "one_way_ms": .rounded(oneWay), "rtt_ms": .rounded(roundTrip?.forecastMs),
      "rtt_estimate_ms": .rounded(roundTrip?.expectedMs),
      "rtt_low_ms": .rounded(roundTrip?.lowMs), "rtt_high_ms": .rounded(roundTrip?.highMs),
      "loss": .rounded(route?.loss, 5),
      "next_change": .optional(forecast?.nextChange(after: time)?.formatted(fractionDigits: 0)),
      "actual_ttft_ms": .rounded(knowledge.lastFirstByteMs(over: path), 1),
    ]
  }

  private func backend(_ backend: NodePlan.BackendPlan) -> JSON {
    let health = plan.ways.paths(to: backend.name).map { path -> (String, JSON) in
      let health = knowledge.health(of: path)
      return (
        path.uplink,
        [
          "healthy": .bool(health?.isHealthy ?? true),
          "since": .optional(health?.since.formatted(fractionDigits: 0)),
          "last_error": .optional(health?.lastError),
        ]
      )
    }
    let standing = knowledge.places.standing(ofBackend: backend.name)
    var kind = "url"
    if case .managed = backend.backend.source { kind = "managed" }
    return [
      "name": .string(backend.name), "location": .string(backend.backend.location.name),
      "kind": .string(kind),
      "models": .array(backend.backend.models.map { .string($0.name) }),
      "health": .object(health),
      "service_ms": .rounded(knowledge.serviceMs(of: backend.name, at: time), 1),
      "in_flight": .integer(knowledge.requestsUnderWay(at: backend.name)),
      "places": .optional(standing?.places), "places_learned": .bool(standing?.isLearned ?? false),
      "waiting": .integer(standing?.waiting ?? 0),
      "model_state": .optional(world.modelStatus(of: backend.name)?.text),
    ]
  }

  /// Predicted latency one way from three minutes ago to two minutes ahead, each 5 s.
  private var latency: [JSON] {
    let first = (time.secondsSince1970 / 5).rounded(.down) * 5 - 180
    return plan.site.uplinks.flatMap { uplink in
      remotePaths(over: uplink).map { path, leg in
        let forecast = knowledge.forecast(leg)
        let samples = (0...60).map { step -> JSON in
          let seconds = first + Double(step) * 5
          let at = UTC(secondsSince1970: seconds)
          return [.number(seconds), .rounded(forecast?.interval(at: at)?.oneWayMs(at: at), 2)]
        }
        return [
          "uplink": .string(uplink.name), "backend": .string(path.backend),
          "samples": .array(samples),
        ]
      }
    }
  }
}

extension Knowledge {
  /// The time to a stream's first token where it is known, otherwise whatever is.
  func serviceMs(of backend: String, at time: UTC) -> Double? {
    let times = serviceTimes(of: backend, at: time)
    return (times.first { $0.kind.stream } ?? times.first)?.milliseconds
  }
}
