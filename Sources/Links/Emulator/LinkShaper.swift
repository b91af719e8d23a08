import Network
import Orbits

/// When bytes that enter a link come out at its far end: one direction of one TCP connection.
///
/// A pure model with no clock and no socket: what enters is offered with the time, and whoever drives
/// it calls ``advance(to:over:on:)`` at ``nextEvent``. The same offers, times and seed give the same
/// arrivals. The model, one offer at a time:
///
/// - **Serialisation.** The offer waits for the uplink's transmitter, which all connections of the
///   uplink share, and leaves at the link's capacity (``TransmissionLine``).
/// - **Latency.** Propagation at the time of leaving, processing, the slot's base and the wait for a
///   grant (``RealisedInterval``); as forecast, an exponential jitter of the route's mean.
/// - **Loss.** As TCP shows it (``LossRecovery``): later, never missing.
/// - **Order.** Nothing arrives before what was offered earlier on the connection.
/// - **Handoff.** What is on its way when the route changes takes the new latency where that is longer.
/// - **Outage.** What is offered during one, and what is on its way when one begins, is lost and sent
///   again by the retransmission timer, which doubles (RFC 6298): traffic on an old connection resumes
///   somewhat after the route does, as it does in the field.
///
/// At every arrival, `arrival - offer` is at least the propagation then and at departure: nothing beats
/// light. Not modelled: slow start, congestion windows, and the capacity that retransmissions use.
public struct LinkShaper: Sendable {
  /// What travels.
  public enum Segment: Sendable, Equatable {
    /// A SYN or a SYN-ACK: it has no round trip to learn from, so a loss costs the initial timeout.
    case handshake
    /// Bytes of the stream.
    case data(bytes: Int)
    /// A FIN or a reset.
    case end

    var bytes: Int { if case .data(let bytes) = self { bytes } else { 0 } }
  }

  private enum State: Equatable {
    case waiting
    /// Out of the link at `due`, unless something before it is still under way then.
    case flying(departed: UTC, due: UTC)
  }

  private struct Passage {
    var segment: Segment
    var state: State
  }

  /// The retransmission timer that everything waiting hangs on.
  private struct Stall {
    var nextTry: UTC
    var backoffMs: Double
  }

  private let direction: LinkDirection
  private var random: SplitMix64
  /// In order of offer; those that wait come after those that fly.
  private var passages: [Passage] = []
  private var stall: Stall?
  private var timeoutMs = LossRecovery.initialTimeoutMs

  /// Creates an idle direction of a connection; `seed` determines its jitter and losses.
  public init(direction: LinkDirection, seed: UInt64) {
    self.direction = direction
    self.random = SplitMix64(seed: seed)
  }

  /// Takes in `segment` at `now`, when `interval` is in force (`nil`, no route or a link that is out: an outage).
  public mutating func offer(
    _ segment: Segment, at now: UTC, over interval: RealisedInterval?,
    on line: inout TransmissionLine
  ) {
    if stall == nil, let interval, interval.isUsable(at: now) {
      passages.append(
        Passage(segment: segment, state: send(segment, at: now, over: interval, on: &line)))
      return
    }
    passages.append(Passage(segment: segment, state: .waiting))
    if stall == nil { beginStall(at: now, timerFrom: now, for: segment) }
  }

  /// When ``advance(to:over:on:)`` has something to do next; `nil` with nothing under way.
  public var nextEvent: UTC? {
    guard case .flying(_, let due)? = passages.first?.state else { return stall?.nextTry }
    return min(due, stall?.nextTry ?? due)
  }

  /// Lets time pass until `now`, when `interval` is in force, and gives the number of offers, oldest
  /// first, that have arrived by now.
  public mutating func advance(
    to now: UTC, over interval: RealisedInterval?, on line: inout TransmissionLine
  ) -> Int {
    retransmit(at: now, over: interval, on: &line)
    var arrived = 0
    while arrived < passages.count,
      case .flying(let departed, let due) = passages[arrived].state, due <= now
    {
      guard let interval, interval.isUsable(at: now) else {
        loseEverything(after: arrived, departed: departed, at: now)
        break
      }
      let earliest = departed.later(byMs: interval.minimumOneWayMs(at: now))
      if earliest > now {
        passages[arrived].state = .flying(departed: departed, due: earliest)
        break
      }
      arrived += 1
    }
    passages.removeFirst(arrived)
    return arrived
  }

  private mutating func send(
    _ segment: Segment, at now: UTC, over interval: RealisedInterval,
    on line: inout TransmissionLine
  ) -> State {
    let departed = line.transmit(
      bytes: segment.bytes, direction, at: now, rate: interval.rate(direction))
    let latencyMs = interval.minimumOneWayMs(at: departed)
    let recovery = LossRecovery(
      loss: interval.loss, roundTripMs: 2 * (latencyMs + interval.jitterMs),
      jitterMs: interval.jitterMs)
    timeoutMs = recovery.timeoutMs
    let delayMs =
      latencyMs + interval.extraMs(direction, random: &random)
      + recovery.delayMs(of: segment, random: &random)
    return .flying(departed: departed, due: departed.later(byMs: delayMs))
  }

  private mutating func retransmit(
    at now: UTC, over interval: RealisedInterval?, on line: inout TransmissionLine
  ) {
    guard var stall, stall.nextTry <= now else { return }
    guard let interval, interval.isUsable(at: now) else {
      while stall.nextTry <= now {
        stall.nextTry = stall.nextTry.later(byMs: stall.backoffMs)
        stall.backoffMs = min(2 * stall.backoffMs, LossRecovery.longestTimeoutMs)
      }
      self.stall = stall
      return
    }
    self.stall = nil
    for index in passages.indices where passages[index].state == .waiting {
      passages[index].state = send(passages[index].segment, at: now, over: interval, on: &line)
    }
  }

  /// The route is gone under everything that flies.
  private mutating func loseEverything(after arrived: Int, departed: UTC, at now: UTC) {
    for index in passages.indices[arrived...] { passages[index].state = .waiting }
    guard stall == nil else { return }
    beginStall(at: now, timerFrom: departed, for: passages[arrived].segment)
  }

  private mutating func beginStall(at now: UTC, timerFrom start: UTC, for segment: Segment) {
    let first = segment == .handshake ? LossRecovery.initialTimeoutMs : timeoutMs
    stall = Stall(nextTry: max(now, start.later(byMs: first)), backoffMs: 2 * first)
  }
}
