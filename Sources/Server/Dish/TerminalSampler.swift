import Dish
import Links
import Network
import Orbits

/// Makes what an emulated terminal measures, second by second, of the forecast and of the traffic on its
/// uplink. Time, forecast and counters are arguments.
struct TerminalSampler: Sendable {
  /// Pings in a second, as terminals send them: their share that is lost is a multiple of this part.
  private static let pingsPerSecond = 20
  /// What a terminal draws idle and sending at full capacity, watts: nominal figures of one without motors.
  private static let idleW = 40.0
  private static let fullLoadW = 75.0

  private let topology: Topology
  private let site: Site
  private let uplink: Uplink
  private let elements: [String: ElementSet]
  private var serving: Satellite?
  private var random: SplitMix64
  private var bytesDown = 0
  private var bytesUp = 0
  private var lastTime: UTC

  init(_ uplink: Uplink, plan: NodePlan, seed: UInt64, at time: UTC) {
    self.uplink = uplink
    topology = plan.topology
    site = plan.site
    var elements: [String: ElementSet] = [:]
    if case .leo(let name) = uplink.medium,
      let constellation = plan.topology.constellations.first(where: { $0.name == name })
    {
      for element in constellation.shells.lazy.flatMap(\.satellites) {
        elements[element.name] = element
      }
    }
    self.elements = elements
    random = SplitMix64(seed: seed)
    lastTime = time
  }

  /// The time since the last sample, as the terminal saw it.
  ///
  /// - Parameters:
  ///   - interval: The forecast in force; one without a route is an outage.
  ///   - traffic: What has gone over the uplink so far.
  mutating func sample(
    at time: UTC, interval: Forecast.Interval?, traffic: LinkCounters.Snapshot
  ) -> TerminalSample {
    let seconds = max(0.001, time.seconds(since: lastTime))
    let down = Double(traffic.bytesDown - bytesDown) * 8 / seconds
    let up = Double(traffic.bytesUp - bytesUp) * 8 / seconds
    bytesDown = traffic.bytesDown
    bytesUp = traffic.bytesUp
    lastTime = time
    let load = min(1, max(down / uplink.down.bitsPerSecond, up / uplink.up.bitsPerSecond))
    var sample = TerminalSample(
      latencyMs: nil, dropRate: 1, downlinkBitsPerSecond: max(0, down),
      uplinkBitsPerSecond: max(0, up), powerW: Self.idleW + (Self.fullLoadW - Self.idleW) * load)
    guard let interval, let route = interval.route else {
      sample.outage = .noSats
      return sample
    }
    sample.satellite = look(at: route.servingSatellite, time)
    ping(interval, route, at: time, into: &sample)
    return sample
  }

  private mutating func ping(
    _ interval: Forecast.Interval, _ route: Route, at time: UTC, into sample: inout TerminalSample
  ) {
    guard let propagation = interval.propagationMs(at: time) else { return }
    let floor = 2 * (propagation - beyondPoPMs(route) + route.processingMs)
    let arrives = (1 - route.loss) * (1 - route.loss)
    var times: [Double] = []
    for _ in 0..<Self.pingsPerSecond where random.unit() < arrives {
      times.append(
        floor + random.exponential(mean: route.jitterMs) + random.exponential(mean: route.jitterMs))
    }
    sample.dropRate = 1 - Double(times.count) / Double(Self.pingsPerSecond)
    if times.isEmpty {
      sample.outage = .noPings
    } else {
      sample.latencyMs = times.reduce(0, +) / Double(times.count)
    }
  }

  /// One-way propagation over the fiber from the first PoP on: a terminal pings no further.
  func beyondPoPMs(_ route: Route) -> Double {
    guard
      let start = route.hops.firstIndex(where: { topology.site(named: $0)?.kind == .pop })
    else { return 0 }
    return zip(route.hops[start...], route.hops[start...].dropFirst()).reduce(0) { sum, leg in
      sum + fiberMs(leg.0, leg.1)
    }
  }

  private func fiberMs(_ from: String, _ to: String) -> Double {
    let lengths = topology.fibers.filter {
      $0.from == from && $0.to == to || $0.from == to && $0.to == from
    }.map(\.stretch)
    guard let stretch = lengths.min(), let a = topology.site(named: from),
      let b = topology.site(named: to)
    else { return 0 }
    let km = GreatCircle.distanceKm(
      a.track.position(at: lastTime), b.track.position(at: lastTime))
    return Light.milliseconds(km: km * stretch * Fiber.refractiveIndex)
  }

  private mutating func look(at name: String?, _ time: UTC) -> LookAngles? {
    guard let name else { return nil }
    if serving?.elements.name != name {
      serving = elements[name].flatMap { try? Satellite($0) }
    }
    guard let state = try? serving?.state(at: time) else { return nil }
    return Observer(site.track.position(at: time)).lookAngles(to: state.itrf(at: time))
  }
}
