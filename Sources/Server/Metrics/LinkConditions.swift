import Decisions
import Fleet
import Network
import Orbits

/// What uplinks are taken for, whatever the forecast says, for Prometheus.
struct LinkConditions {
  let plan: NodePlan
  let knowledge: Knowledge
  let time: UTC

  func write(to out: inout PrometheusText) {
    let links = plan.site.uplinks.compactMap { uplink in
      knowledge.link(uplink.name).map { (name: uplink.name, state: $0) }
    }
    out.family(
      "perigee_uplink_down", .gauge, "1 while nobody behind the uplink answers, or it says so.")
    for link in links {
      out.sample(
        "perigee_uplink_down", [("uplink", link.name)], link.state.condition == .down ? 1 : 0)
    }
    out.family("perigee_uplink_down_seconds_total", .counter, "Time that an uplink was so.")
    for link in links {
      out.sample(
        "perigee_uplink_down_seconds_total", [("uplink", link.name)],
        link.state.downSeconds(at: time))
    }
  }
}
