import Orbits

/// What one uplink offers towards one destination, over a horizon.
///
/// The intervals are contiguous, in order, and cover `[start, end)`. A place in the forecast where
/// nothing can be reached is an interval too: one whose ``Interval/route`` is `nil`.
public struct Forecast: Sendable, Equatable {
  /// The uplink's name.
  public var uplink: String
  /// The destination's name: a site or an orbital zone.
  public var destination: String
  /// The intervals, in order of time.
  public var intervals: [Interval]
  /// How old the element sets behind the forecast are at its start, seconds (0 for generated shells).
  public var elementAgeSeconds: Double

  /// A span of time over which the route does not change.
  public struct Interval: Sendable, Equatable {
    /// When the route begins to hold.
    public var start: UTC
    /// When it ends: the time of the next change.
    public var end: UTC
    /// The way there, or `nil` where there is none.
    public var route: Route?

    /// Creates an interval.
    public init(start: UTC, end: UTC, route: Route?) {
      self.start = start
      self.end = end
      self.route = route
    }
  }

  /// Creates a forecast.
  public init(
    uplink: String, destination: String, intervals: [Interval], elementAgeSeconds: Double = 0
  ) {
    self.uplink = uplink
    self.destination = destination
    self.intervals = intervals
    self.elementAgeSeconds = elementAgeSeconds
  }

  /// The interval that contains `time`, or `nil` outside the horizon. O(log n).
  public func interval(at time: UTC) -> Interval? {
    var low = 0
    var high = intervals.count
    while low < high {
      let middle = (low + high) / 2
      if intervals[middle].end > time { high = middle } else { low = middle + 1 }
    }
    guard low < intervals.count, intervals[low].start <= time else { return nil }
    return intervals[low]
  }

  /// When the route in force at `time` next changes, or `nil` where the horizon holds no change.
  ///
  /// Two slots over the same nodes are one route, though each is an interval of its own.
  public func nextChange(after time: UTC) -> UTC? {
    guard let first = intervals.firstIndex(where: { $0.end > time }) else { return nil }
    let hops = intervals[first].route?.hops
    return intervals[first...].first { $0.route?.hops != hops }?.start
  }

  /// The first interval with a route that ends after `time`, or `nil` where the horizon holds none.
  public func nextReachable(from time: UTC) -> Interval? {
    intervals.first { $0.end > time && $0.route != nil }
  }
}

/// A way from a terminal to a destination, held for an interval.
public struct Route: Sendable, Equatable {
  /// Node names from the terminal's site to the destination, both included.
  public var hops: [String]
  /// The serving satellite: the first node after the terminal, where it is one.
  public var servingSatellite: String?
  /// Propagation one way at the interval's start, milliseconds.
  public var propagationStartMs: Double
  /// Propagation one way at the interval's end, milliseconds.
  public var propagationEndMs: Double
  /// What access and processing add one way, milliseconds.
  public var processingMs: Double
  /// Mean extra delay of a packet, one way, milliseconds.
  public var jitterMs: Double
  /// The probability that a packet is lost.
  public var loss: Double
  /// Capacity from the site.
  public var up: Bandwidth
  /// Capacity to the site.
  public var down: Bandwidth
  /// US dollars for each GB (10^9 bytes).
  public var pricePerGB: Double

  /// Creates a route.
  public init(
    hops: [String], servingSatellite: String?, propagationStartMs: Double,
    propagationEndMs: Double, processingMs: Double, jitterMs: Double, loss: Double,
    up: Bandwidth, down: Bandwidth, pricePerGB: Double
  ) {
    self.hops = hops
    self.servingSatellite = servingSatellite
    self.propagationStartMs = propagationStartMs
    self.propagationEndMs = propagationEndMs
    self.processingMs = processingMs
    self.jitterMs = jitterMs
    self.loss = loss
    self.up = up
    self.down = down
    self.pricePerGB = pricePerGB
  }
}

extension Forecast.Interval {
  /// Propagation one way at `time`, milliseconds; `nil` without a route.
  ///
  /// Linear between the ends. The range to a passing satellite is convex in time, so the chord lies
  /// above it: the interpolation never beats light.
  public func propagationMs(at time: UTC) -> Double? {
    guard let route else { return nil }
    let span = end.seconds(since: start)
    guard span > 0 else { return route.propagationStartMs }
    let share = min(1, max(0, time.seconds(since: start) / span))
    return route.propagationStartMs
      + (route.propagationEndMs - route.propagationStartMs) * share
  }

  /// Expected latency one way at `time`: propagation, processing and mean jitter, milliseconds.
  public func oneWayMs(at time: UTC) -> Double? {
    guard let route, let propagation = propagationMs(at: time) else { return nil }
    return propagation + route.processingMs + route.jitterMs
  }
}
