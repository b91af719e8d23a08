import Decisions
import Dialects
import NIOCore
import Orbits

/// What is kept of an attempt while it lasts, on the monotonic clock.
struct AttemptLog {
  let path: PathID
  /// Its place, until that is given back or used by the next attempt.
  var place: PlaceQueue.Place?
  /// The same, for what is learned from the attempt.
  let began: PlaceQueue.Place
  let predictedMs: Double?
  /// Whether it was begun beside another one.
  let isHedge: Bool
  let started: NIODeadline
  var connected: NIODeadline?
  var reusedConnection = false
  /// The kept connection had died meanwhile, which says nothing about the path.
  var wasStale = false
  var firstByte: NIODeadline?
  var ended: NIODeadline?
  var status: Int?
  /// Bytes of the answer's body.
  var answerBytes = 0
  /// Bytes that its connections carried for it.
  var bytesUp = 0
  var bytesDown = 0
  /// Events with data that it brought to a stream.
  var events = 0
  /// Whether it only asks for the rest of what an earlier one has had made.
  var isFollowUp = false
  /// What its backend counted, where it went on with a stream: the client is told the sum.
  var ownUsage: AnswerUsage?
  var fault: Fault?
  var detail: String?

  init(place: PlaceQueue.Place, predictedMs: Double?, isHedge: Bool, started: NIODeadline) {
    path = place.path
    self.place = place
    began = place
    self.predictedMs = predictedMs
    self.isHedge = isHedge
    self.started = started
  }

  /// Time from the attempt's start to its first byte, milliseconds.
  var firstByteMs: Double? { firstByte.map { ($0 - started).milliseconds } }

  /// What the attempt says about its path, now that it is over.
  var outcome: AttemptOutcome {
    let ending: AttemptOutcome.Ending =
      if let fault { fault.isOfPath && !wasStale ? .failed(fault) : .cancelled } else { .answered }
    return AttemptOutcome(
      ending: ending, bytesUp: bytesUp, bytesDown: bytesDown, place: place, use: use,
      ended: Instant(ended ?? started))
  }

  /// What the attempt says about the places of its backend.
  private var use: PlaceQueue.Outcome {
    guard let fault else { return .answered }
    if fault == .providerRateLimited || status == 503 { return .overloaded }
    return fault.isOfLink || bytesUp == 0 || wasStale ? .nothing : .held
  }

  /// The attempt on the clock of the world; `clock` relates the two.
  func record(_ clock: ClockRelation) -> RequestRecord.Attempt {
    RequestRecord.Attempt(
      path: path, predictedMs: predictedMs, isHedge: isHedge, started: clock.utc(started),
      connected: connected.map(clock.utc), reusedConnection: reusedConnection,
      firstByte: firstByte.map(clock.utc), ended: clock.utc(ended ?? started), status: status,
      bytesUp: bytesUp, bytesDown: bytesDown, answerBytes: answerBytes, fault: fault,
      detail: detail, isFollowUp: isFollowUp, place: began)
  }
}

/// The same instant on the monotonic clock and in UTC.
struct ClockRelation {
  let monotonic: NIODeadline
  let utc: UTC

  /// The instant on the monotonic clock of a time in UTC.
  func monotonic(at time: UTC) -> NIODeadline {
    monotonic + .nanoseconds(time.nanosecondsSince1970 - utc.nanosecondsSince1970)
  }

  /// The time in UTC of an instant on the monotonic clock.
  func utc(_ instant: NIODeadline) -> UTC {
    UTC(
      nanosecondsSince1970: utc.nanosecondsSince1970 + (instant - monotonic).nanoseconds)
  }
}

extension TimeAmount {
  /// Milliseconds, with a fraction.
  var milliseconds: Double { Double(nanoseconds) / 1e6 }
}
