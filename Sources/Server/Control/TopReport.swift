import Decisions
import Dialects
import Fleet
import Gateway
import Links
import Network
import Orbits

/// The answer of `/api/top`: what an operator looks at first, summed up over the last minute.
struct TopReport {
  /// How far back requests count.
  static let windowSeconds = 60.0
  /// Requests that are shown.
  private static let shown = 20

  let world: World
  let knowledge: Knowledge
  /// The newest requests of this run, newest first.
  let requests: [RequestRecord]
  let startedAt: UTC
  let version: String
  let time: UTC

  private var plan: NodePlan { world.plan }

  var json: JSON {
    [
      "now": .string(time.formatted(fractionDigits: 0)), "fleet": .string(plan.fleetName),
      "site": .string(plan.site.name), "version": .string(version),
      "uptime_seconds": .rounded(time.seconds(since: startedAt), 0),
      "generation": .integer(plan.generation), "requests": traffic,
      "uplinks": .array(plan.site.uplinks.map(uplink)),
      "backends": .array(plan.backends.map(backend)),
      "recent": .array(requests.prefix(Self.shown).map { .object($0.summaryJSON) }),
    ]
  }

  /// Requests that ended in the last minute.
  private var traffic: JSON {
    let recent = requests.filter { time.seconds(since: $0.ended) <= Self.windowSeconds }
    let seconds = min(Self.windowSeconds, max(1, time.seconds(since: startedAt)))
    let firstBytes = recent.compactMap(\.timeToFirstByteMs).sorted()
    let failed = recent.filter { $0.fault.map { !$0.rawValue.hasPrefix("caller_") } ?? false }
    let attempts = recent.reduce(0) { $0 + $1.attempts.count }
    let hedges = recent.flatMap(\.hedgeResults)
    return [
      "window_seconds": .rounded(seconds, 0), "count": .integer(recent.count),
      "per_second": .rounded(Double(recent.count) / seconds, 2),
      "failed": .integer(failed.count), "attempts": .integer(attempts),
      "hedges": .integer(hedges.count), "hedges_won": .integer(hedges.count { $0 == .won }),
      "resumes": .integer(recent.reduce(0) { $0 + $1.resumes }),
      "held": .integer(recent.count { $0.heldMs > 0 }),
      "queued": .integer(recent.count { $0.waitedMs > 0 }),
      "shed": .integer(recent.count { $0.fault?.isOfQueue ?? false }),
      "ttft_p50_ms": .rounded(quantile(0.5, of: firstBytes), 1),
      "ttft_p95_ms": .rounded(quantile(0.95, of: firstBytes), 1),
      "tokens_out": .integer(recent.reduce(0) { $0 + ($1.usage?.output ?? 0) }),
    ]
  }

  /// The smallest value that a share of all is at or below.
  private func quantile(_ share: Double, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[max(0, min(sorted.count, rank) - 1)]
  }

  private func uplink(_ uplink: Uplink) -> JSON {
    let legs = plan.ways.legs.filter { $0.uplink == uplink.name }
    // One leg stands for the link: the first with a route now.
    let leg =
      legs.first { knowledge.forecast($0)?.interval(at: time)?.route != nil } ?? legs.first
    let record = leg.flatMap { knowledge.record(of: $0) }
    let route = record?.forecast?.interval(at: time)?.route
    let roundTrip = record?.roundTrip(at: time)
    let bytes = world.counters[uplink.name]?.counters.snapshot
    let (up, down) = (bytes?.bytesUp ?? 0, bytes?.bytesDown ?? 0)
    let change = record?.forecast?.nextChange(after: time)
    let history = knowledge.history(of: uplink.name)
    return [
      "name": .string(uplink.name), "kind": .string(uplink.medium.kindName),
      "up": .bool(route != nil || legs.isEmpty), "destination": .optional(leg?.destination),
      "serving_satellite": .optional(route?.servingSatellite),
      "rtt_forecast_ms": .rounded(roundTrip?.forecastMs, 1),
      "rtt_estimate_ms": .rounded(roundTrip?.expectedMs, 1),
      "rtt_measured_ms": .rounded(record?.estimate.observedMs, 1),
      "next_change_seconds": .rounded(change?.seconds(since: time), 0),
      "handoffs": .integer(history.handoffs), "outage_seconds": .rounded(history.outageSeconds, 0),
      "bytes_up": .integer(up), "bytes_down": .integer(down),
      "usd": .rounded(Double(up + down) / 1e9 * uplink.pricePerGB, 4),
    ]
  }

  private func backend(_ backend: NodePlan.BackendPlan) -> JSON {
    let paths = plan.ways.paths(to: backend.name)
    let isReady = knowledge.isReady(backend.name)
    let standing = knowledge.places.standing(ofBackend: backend.name)
    let healthy = paths.filter { isReady && knowledge.health(of: $0)?.isHealthy ?? true }
    return [
      "name": .string(backend.name), "location": .string(backend.backend.location.name),
      "models": .array(backend.backend.models.map { .string($0.name) }),
      "paths": .integer(paths.count), "healthy_paths": .integer(healthy.count),
      "in_flight": .integer(knowledge.requestsUnderWay(at: backend.name)),
      "places": .optional(standing?.places), "waiting": .integer(standing?.waiting ?? 0),
      "service_ms": .rounded(knowledge.serviceMs(of: backend.name, at: time), 1),
      "model_state": .optional(world.modelStatus(of: backend.name)?.text),
      "last_error": .optional(
        paths.filter { !healthy.contains($0) }.compactMap { knowledge.health(of: $0)?.lastError }
          .first),
    ]
  }
}
