import Orbits

/// How far a piece of work has come, apart from all I/O and clocks.
///
/// Work is done at least once and answered exactly once: whoever begins it gets the number of an epoch,
/// and only the newest epoch can answer it or put it back. A process that dies leaves work `running`; the
/// next one recovers it, and an answer of the old epoch, should it still come, is dropped.
public struct WorkProgress: Sendable, Equatable {
  /// Where it stands.
  public enum Phase: String, Sendable, CaseIterable {
    /// Not to begin yet: its batch is still being read.
    case held
    /// To be begun.
    case queued
    /// Being done.
    case running
    /// Over: it has its answer, which may be an error.
    case answered
    /// Over: nobody wants it any more.
    case cancelled
    /// Over: it was not answered in time.
    case expired

    /// Whether nothing more will happen to it.
    public var isOver: Bool { self == .answered || self == .cancelled || self == .expired }
  }

  /// Where it stands.
  public private(set) var phase: Phase
  /// How often it was begun: the number of the attempt under way, or of the last one.
  public private(set) var epoch: Int
  /// How often a backend failed to answer it.
  public private(set) var failures: Int
  /// Not to be begun before.
  public private(set) var notBefore: UTC
  /// To be given up from then on.
  public let expires: UTC

  /// Work that has just been accepted, or as it was kept.
  public init(
    phase: Phase = .queued, epoch: Int = 0, failures: Int = 0, notBefore: UTC, expires: UTC
  ) {
    self.phase = phase
    self.epoch = epoch
    self.failures = failures
    self.notBefore = notBefore
    self.expires = expires
  }

  /// Begins it, if it is due. Gives the number of the new epoch.
  public mutating func begin(at now: UTC) -> Int? {
    guard phase == .queued, now >= notBefore, now < expires else { return nil }
    phase = .running
    epoch += 1
    return epoch
  }

  /// The answer of an epoch has come. False if it does not count: the epoch is not the newest, or the
  /// work is over.
  public mutating func answer(epoch: Int) -> Bool {
    guard phase == .running, epoch == self.epoch else { return false }
    phase = .answered
    return true
  }

  /// An epoch ended without an answer: to be tried again, not before `time`.
  ///
  /// - Parameter isFailure: Whether a backend failed, rather than there having been no way to one.
  public mutating func putBack(epoch: Int, until time: UTC, isFailure: Bool) -> Bool {
    guard phase == .running, epoch == self.epoch else { return false }
    phase = .queued
    notBefore = time
    failures += isFailure ? 1 : 0
    return true
  }

  /// Nobody wants it any more. False if it is over.
  public mutating func cancel() -> Bool {
    guard !phase.isOver else { return false }
    phase = .cancelled
    return true
  }

  /// Gives it up if its time is over, whether it is being done or not.
  public mutating func expire(at now: UTC) -> Bool {
    guard !phase.isOver, now >= expires else { return false }
    phase = .expired
    return true
  }

  /// The process that was doing it has died.
  public mutating func recover(at now: UTC) -> Bool {
    guard phase == .running else { return false }
    phase = .queued
    notBefore = now
    return true
  }
}
