import Decisions
import Network
import Orbits

/// The links as they turn out: geometry as forecast, and on it what no forecast knows, the realised
/// delay, loss, capacity and outages of every uplink.
///
/// One for all policies of a simulation, so that each meets the same weather. Decisions never see it.
struct RealLinks: Sendable {
  let timeline: NetworkTimeline
  private let uplinks: [Uplink]
  /// By uplink, then by slot of the timeline.
  private let conditions: [[SlotConditions]]
  private let faults: [FaultWindows]
  private let backgroundLoad: [Double]
  /// By leg of the timeline: its uplink.
  private let uplinkOfLeg: [Int]

  /// The least share of its capacity that an uplink keeps.
  private static let leastCapacity = 0.01

  init(
    timeline: NetworkTimeline, site: Site, faults: [FaultWindows], backgroundLoad: [Double],
    seed: UInt64
  ) {
    let uplinks = site.uplinks
    self.timeline = timeline
    self.uplinks = uplinks
    self.faults = faults
    self.backgroundLoad = backgroundLoad
    self.uplinkOfLeg = timeline.legs.map { leg in
      uplinks.firstIndex { $0.name == leg.uplink } ?? 0
    }
    self.conditions = uplinks.map { uplink in
      let realisation = uplink.realisation(at: site.name, seed: seed)
      return (0..<timeline.slots).map {
        realisation.conditions(in: Slot(index: timeline.first.index + Int64($0)))
      }
    }
  }

  /// The uplink of a leg, by its number.
  func uplink(ofLeg leg: Int) -> Int { uplinkOfLeg[leg] }

  /// What a packet meets on a leg at `time`: its way, and the conditions of its uplink; `nil` where it
  /// cannot leave.
  private func way(_ leg: Int, at time: UTC) -> (Forecast.Interval, Route, SlotConditions)? {
    guard let interval = timeline.interval(leg: leg, at: time), let route = interval.route else {
      return nil
    }
    let uplink = uplinkOfLeg[leg]
    let conditions = conditions[uplink][timeline.index(at: time)]
    guard !faults[uplink].contains(Instant(time)), !conditions.isOut(at: time) else { return nil }
    return (interval, route, conditions)
  }

  /// The rate at which an uplink sends at `time`, bytes per second.
  func bytesPerSecond(_ direction: Direction, leg: Int, at time: UTC) -> Double {
    let uplink = uplinkOfLeg[leg]
    let slots = conditions[uplink]
    let slot = slots[min(max(0, timeline.index(at: time)), slots.count - 1)]
    let (rate, factor) =
      direction == .up
      ? (uplinks[uplink].up, slot.upCapacityFactor) : (uplinks[uplink].down, slot.capacityFactor)
    return rate.bytesPerSecond * max(Self.leastCapacity, factor * (1 - backgroundLoad[uplink]))
  }

  /// One packet's way at `time`, one way, milliseconds; `nil` where it is lost.
  ///
  /// Propagation and the nodes' processing are the route's, both ways alike; what access adds to a round
  /// trip is the realised model's, and half of it is this direction's.
  private func packetMs(_ leg: Int, at time: UTC, _ random: inout RandomStream) -> Double? {
    guard let (interval, route, conditions) = way(leg, at: time),
      let propagation = interval.propagationMs(at: time)
    else { return nil }
    let uplink = uplinkOfLeg[leg]
    guard
      let access = conditions.roundTripMs(
        at: time, load: backgroundLoad[uplink], random: &random)
    else { return nil }
    let nodes = max(0, route.processingMs - uplinks[uplink].access.delayMs)
    return propagation + nodes + access / 2
  }
}

extension RealLinks {
  /// Which way bytes go, seen from the site.
  enum Direction: Sendable { case up, down }

  /// What travels, as far as a loss is concerned.
  enum Segment: Sendable {
    /// A SYN or its answer: a loss waits for the timer before any round trip is known.
    case handshake
    /// Bytes of a stream: a single loss is repaired by fast retransmit.
    case data
  }

  /// Bytes of a full segment at the common MTU of 1,500.
  private static let segmentBytes = 1_460
  /// The most segments that are drawn for one message; a longer one loses as these do.
  private static let segmentLimit = 64
  private static let shortestTimeoutMs = 200.0
  private static let initialTimeoutMs = 1_000.0
  private static let longestTimeoutMs = 60_000.0

  /// When `bytes` that leave at `departure` have all arrived; `nil` where that is not before `limit`.
  ///
  /// A lost segment is sent again as TCP does it: after a round trip once (RFC 6675), later and during
  /// outages when the retransmission timer says so, which doubles (RFC 6298).
  func arrival(
    of bytes: Int, _ segment: Segment, leg: Int, departure: UTC, limit: UTC,
    _ random: inout RandomStream
  ) -> UTC? {
    let count = min(Self.segmentLimit, max(1, (bytes + Self.segmentBytes - 1) / Self.segmentBytes))
    var last = departure
    for _ in 0..<count {
      guard
        let arrival = arrival(segment, leg: leg, departure: departure, limit: limit, &random)
      else { return nil }
      last = max(last, arrival)
    }
    return last
  }

  private func arrival(
    _ segment: Segment, leg: Int, departure: UTC, limit: UTC, _ random: inout RandomStream
  ) -> UTC? {
    var time = departure
    let expected = timeline.interval(leg: leg, at: time)?.oneWayMs(at: time).map { 2 * $0 }
    var timeoutMs =
      segment == .handshake
      ? Self.initialTimeoutMs : max(Self.shortestTimeoutMs, 1.5 * (expected ?? 0))
    var repairsFast = segment == .data
    while time < limit {
      if let oneWay = packetMs(leg, at: time, &random) { return time.later(byMs: oneWay) }
      if repairsFast, let expected, way(leg, at: time) != nil {
        time = time.later(byMs: expected)
        repairsFast = false
      } else {
        time = time.later(byMs: timeoutMs)
        timeoutMs = min(2 * timeoutMs, Self.longestTimeoutMs)
      }
    }
    return nil
  }
}

extension UTC {
  /// This instant and some milliseconds, rounded up to the nanosecond, so that no sum of delays beats
  /// light; at most a day later.
  func later(byMs milliseconds: Double) -> UTC {
    let nanoseconds = min(max(0, (milliseconds * 1e6).rounded(.up)), 86_400e9)
    return UTC(nanosecondsSince1970: nanosecondsSince1970 + Int64(nanoseconds))
  }
}
