import Decisions
import Gateway
import Network

/// Who waited for a place, for how long, and who was turned away.
struct QueueMetrics {
  private struct Shed: Hashable {
    var reason: PlaceQueue.Refusal.Reason
    var rank: QueueRank
  }

  private var shed: [Shed: Int] = [:]
  private var waits: [QueueRank: Histogram] = [:]

  mutating func observe(_ record: RequestRecord) {
    guard record.waitedMs > 0 || record.fault?.isOfQueue == true else { return }
    let rank = QueueRank(record.facts.priority, isDeferred: record.facts.isDeferred)
    waits[rank, default: Histogram(bounds: Histogram.durationBounds)]
      .observe(record.waitedMs / 1000)
    let reason = PlaceQueue.Refusal.Reason.allCases.first { Fault($0) == record.fault }
    if let reason { shed[Shed(reason: reason, rank: rank), default: 0] += 1 }
  }

  func write(to out: inout PrometheusText) {
    out.family(
      "perigee_requests_shed_total", .counter,
      "Requests turned away with 429 for want of a place, by reason and priority.")
    for reason in PlaceQueue.Refusal.Reason.allCases {
      for rank in QueueRank.allCases {
        out.sample(
          "perigee_requests_shed_total", [("reason", reason.rawValue), ("priority", rank.name)],
          Double(shed[Shed(reason: reason, rank: rank)] ?? 0))
      }
    }
    out.family(
      "perigee_queue_wait_seconds", .histogram,
      "Time that requests waited for a place, those that got none included, by priority.")
    for (rank, histogram) in waits.sorted(by: { $0.key < $1.key }) {
      out.histogram("perigee_queue_wait_seconds", [("priority", rank.name)], histogram)
    }
  }
}

/// How full backends and uplinks are, for Prometheus.
struct PlaceGauges {
  let plan: NodePlan
  let places: PlaceQueue

  func write(to out: inout PrometheusText) {
    let backends = plan.backends.map { (name: $0.name, places.standing(ofBackend: $0.name)) }
    let uplinks = plan.site.uplinks.map { (name: $0.name, places.standing(ofUplink: $0.name)) }
    func gauge(
      _ name: String, _ label: String, _ help: String,
      _ all: [(name: String, standing: PlaceQueue.Standing?)],
      _ value: (PlaceQueue.Standing) -> Int?
    ) {
      out.family(name, .gauge, help)
      for one in all {
        guard let value = one.standing.flatMap(value) else { continue }
        out.sample(name, [(label, one.name)], Double(value))
      }
    }
    gauge(
      "perigee_backend_places", "backend",
      "Requests that the backend is given at a time, declared or learned; none: no bound.",
      backends,
      \.places)
    gauge(
      "perigee_backend_requests_waiting", "backend", "Requests that wait for a place.", backends,
      \.waiting)
    gauge(
      "perigee_uplink_places", "uplink", "Requests that may be under way over the uplink.", uplinks,
      \.places)
    gauge(
      "perigee_uplink_requests_in_flight", "uplink", "Requests under way.", uplinks, \.taken)
    gauge(
      "perigee_uplink_requests_waiting", "uplink", "Requests that wait for a place.", uplinks,
      \.waiting)
  }
}
