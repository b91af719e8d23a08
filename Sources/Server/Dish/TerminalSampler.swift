import Dish
import Links
import Network
import Orbits

/// Makes what an emulated terminal measures, second by second, of the way that is forecast, of the slots that
/// its uplink goes through and of the traffic on it. Time, forecast and counters are arguments.
struct TerminalSampler: Sendable {
  /// Pings in a second, as terminals send them: their share that is lost is a multiple of this part.
  private static let pingsPerSecond = 20
  /// What a terminal draws idle and sending at full capacity, watts: nominal figures of one without motors.
  private static let idleW = 40.0
  private static let fullLoadW = 75.0

  private let topology: Topology
  private let site: Site
  private let uplink: Uplink
  private let link: SharedUplink
  private let elements: [String: ElementSet]
  private var serving: Satellite?
  private var random: SplitMix64
  private var bytesDown = 0
  private var bytesUp = 0
  private var lastTime: UTC

  /// A terminal of `uplink`, at the same `link` as its packets.
  init(_ uplink: Uplink, over link: SharedUplink, plan: NodePlan, seed: UInt64, at time: UTC) {
    self.uplink = uplink
    self.link = link
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

  /// The time since the last sample, as the terminal saw it; `nil` where none has passed, as after the clock
  /// was set back: bytes over no time are no rate.
  ///
  /// - Parameters:
  ///   - interval: The forecast in force; one without a route is an outage.
  ///   - traffic: What has gone over the uplink so far.
  mutating func sample(
    at time: UTC, interval: Forecast.Interval?, traffic: LinkCounters.Snapshot
  ) -> TerminalSample? {
    let seconds = time.seconds(since: lastTime)
    let down = Double(traffic.bytesDown - bytesDown) * 8
    let up = Double(traffic.bytesUp - bytesUp) * 8
    bytesDown = traffic.bytesDown
    bytesUp = traffic.bytesUp
    lastTime = time
    guard seconds > 0 else { return nil }
    var sample = TerminalSample(
      latencyMs: nil, dropRate: 1, downlinkBitsPerSecond: max(0, down / seconds),
      uplinkBitsPerSecond: max(0, up / seconds))
    let load = load(sample, at: time)
    sample.powerW = Self.idleW + (Self.fullLoadW - Self.idleW) * load
    guard let interval, let route = interval.route else {
      sample.outage = .noSats
      return sample
    }
    sample.satellite = look(at: route.servingSatellite, time)
    ping(interval, route, at: time, over: min(1, seconds), load: load, into: &sample)
    return sample
  }

  /// The share of what the slot carries that the traffic took, the fuller direction's, in [0, 1].
  private func load(_ sample: TerminalSample, at time: UTC) -> Double {
    let conditions = link.conditions(at: time)
    func share(_ bits: Double, _ declared: Bandwidth, _ factor: Double?) -> Double {
      let carried = declared.bitsPerSecond * (factor ?? 1)
      return carried > 0 ? min(1, bits / carried) : bits > 0 ? 1 : 0
    }
    return max(
      share(sample.downlinkBitsPerSecond, uplink.down, conditions?.capacityFactor),
      share(sample.uplinkBitsPerSecond, uplink.up, conditions?.upCapacityFactor))
  }

  /// Pings the point of presence over the `seconds` that end at `time`, each under the conditions in which
  /// it is sent.
  private mutating func ping(
    _ interval: Forecast.Interval, _ route: Route, at time: UTC, over seconds: Double, load: Double,
    into sample: inout TerminalSample
  ) {
    var times: [Double] = []
    var cause: OutageCause?
    for number in 1...Self.pingsPerSecond {
      let share = Double(number) / Double(Self.pingsPerSecond)
      let sent = time.adding(seconds: (share - 1) * seconds)
      let way = AccessForecast(of: interval, in: topology, at: sent)
      guard let propagation = way?.propagationMs ?? interval.propagationMs(at: sent) else { return }
      let conditions = link.conditions(at: sent)
      cause = conditions?.outage(at: sent)?.cause ?? cause
      if let extra = extraMs(conditions, route, at: sent, load: load) {
        times.append(2 * propagation + extra)
      }
    }
    sample.dropRate = 1 - Double(times.count) / Double(Self.pingsPerSecond)
    if times.isEmpty {
      sample.outage = cause.map(Self.terminalsWord) ?? .noPings
    } else {
      sample.latencyMs = times.reduce(0, +) / Double(times.count)
    }
  }

  /// What one ping takes beyond propagation, milliseconds; `nil` where it is lost. As forecast where the
  /// link has no conditions.
  private mutating func extraMs(
    _ conditions: SlotConditions?, _ route: Route, at time: UTC, load: Double
  ) -> Double? {
    guard let conditions else {
      guard random.unit() < (1 - route.loss) * (1 - route.loss) else { return nil }
      return 2 * route.processingMs + random.exponential(mean: route.jitterMs)
        + random.exponential(mean: route.jitterMs)
    }
    let rest = max(0, route.processingMs - uplink.access.delayMs)
    return conditions.roundTripMs(at: time, load: load, random: &random).map { 2 * rest + $0 }
  }

  /// What terminals call the cause of an outage; a change of slots that lasts is a schedule that is missing.
  private static func terminalsWord(_ cause: OutageCause) -> TerminalSample.OutageCause {
    switch cause {
    case .noDownlink: .noDownlink
    case .obstructed: .obstructed
    case .noSchedule, .reconfiguration: .noSchedule
    case .noPings: .noPings
    }
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
