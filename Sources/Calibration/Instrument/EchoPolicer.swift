import Orbits

/// A gateway that answers so many echo requests a second and drops what is beyond: a token bucket.
///
/// What it drops says nothing about the link. It gives itself away: whatever the link does, the requests
/// sent so far lie on one straight line over time at every drop.
public struct EchoPolicer: Sendable, Equatable {
  /// Requests a second that are let through, counting those that are dropped.
  public var requestsPerSecond: Double
  /// Requests that are let through beyond that, from the trace's first on.
  public var creditRequests: Double
  /// How far it lets requests go beyond that before it drops the next; up to this many, at random.
  public var slackRequests: Double
  /// The share of drops that it answers at once with an error, so that the tool need not wait.
  public var refusalShare: Double

  /// Creates a policer.
  public init(
    requestsPerSecond: Double, creditRequests: Double, slackRequests: Double = 0,
    refusalShare: Double = 0
  ) {
    self.requestsPerSecond = requestsPerSecond
    self.creditRequests = creditRequests
    self.slackRequests = slackRequests
    self.refusalShare = refusalShare
  }

  /// How far the `number`-th request (from 1), sent `seconds` after the first, is beyond what is let
  /// through, requests.
  func excess(number: Int, seconds: Double) -> Double {
    Double(number) - creditRequests - requestsPerSecond * seconds
  }

  /// Requests around the line within which a loss counts as the policer's.
  private static let tolerance = 1.5
  /// Losses below which there is no telling.
  private static let fewestLosses = 40

  /// The policer behind the losses of `trace`; `nil` where fewer than half of them lie on one line.
  public static func find(in trace: Trace) -> EchoPolicer? {
    let losses = lossPoints(of: trace)
    guard losses.count >= fewestLosses else { return nil }
    let third = losses.count / 3
    let early = thinned(losses[third..<(2 * third)])
    let late = thinned(losses[(2 * third)...])
    var best: (line: EchoPolicer, onLine: [Double])?
    for a in early {
      for b in late where b.seconds > a.seconds {
        let rate = Double(b.number - a.number) / (b.seconds - a.seconds)
        let line = EchoPolicer(
          requestsPerSecond: rate, creditRequests: Double(a.number) - rate * a.seconds)
        let onLine = losses.map { line.excess(number: $0.number, seconds: $0.seconds) }
          .filter { abs($0) <= tolerance }
        if onLine.count > best?.onLine.count ?? 0 { best = (line, onLine) }
      }
    }
    guard let best, 2 * best.onLine.count >= losses.count, best.line.requestsPerSecond > 0
    else { return nil }
    // A request moves the count by less than one, so that drops spread by that even without slack.
    let earliest = best.onLine.quantile(0.05)
    var policer = EchoPolicer(
      requestsPerSecond: best.line.requestsPerSecond,
      creditRequests: best.line.creditRequests + earliest,
      slackRequests: max(0, best.onLine.quantile(0.95) - earliest - 0.5))
    policer.refusalShare = policer.refusals(in: trace)
    return policer
  }

  /// Which pings of `trace` the policer dropped.
  public func dropped(in trace: Trace) -> [Bool] {
    guard let first = trace.pings.first?.sent else { return [] }
    let around = Self.tolerance / 2
    return trace.pings.enumerated().map { index, ping in
      guard ping.roundTripMs == nil else { return false }
      let excess = excess(number: index + 1, seconds: ping.sent.seconds(since: first))
      return excess > -around && excess < slackRequests + 0.5 + around
    }
  }

  /// The share of drops after which the tool went on at once.
  private func refusals(in trace: Trace) -> Double {
    let dropped = dropped(in: trace)
    var waits: [Double] = []
    for index in dropped.indices.dropLast() where dropped[index] {
      waits.append(trace.pings[index + 1].sent.seconds(since: trace.pings[index].sent))
    }
    let usual = waits.quantile(0.5)
    return waits.isEmpty ? 0 : Double(waits.count { $0 < usual / 2 }) / Double(waits.count)
  }

  private static func lossPoints(of trace: Trace) -> [(number: Int, seconds: Double)] {
    guard let first = trace.pings.first?.sent else { return [] }
    return trace.pings.enumerated().filter { $0.element.roundTripMs == nil }
      .map { ($0.offset + 1, $0.element.sent.seconds(since: first)) }
  }

  private static func thinned<Point>(_ points: ArraySlice<Point>) -> [Point] {
    let step = max(1, points.count / 20)
    return stride(from: points.startIndex, to: points.endIndex, by: step).map { points[$0] }
  }
}
