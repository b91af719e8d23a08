import Orbits

/// How many requests more than clients ask may go out: a share of what they ask, for hedges and for retries.
///
/// Hedges spend from a bucket that each request fills by the hedges' share, so that over any time there are at
/// most that share of extra requests, and a few that were saved up. Hedges and retries together spend from a
/// retry budget as Finagle has it: a fifth of the requests of the last ten seconds, and ten a second for
/// those who ask little. What fails everywhere is thus not asked ever more.
public struct AttemptBudget: Sendable, Equatable {
  /// How much of a request each request allows to be hedged, 0 to 1.
  public var hedgeShare: Double

  /// The share of requests that may be tried again, and how many a second whatever is asked.
  private static let retryShare = 0.2
  private static let retriesPerSecond = 10.0
  /// For how long a request allows others to be tried again, seconds.
  private static let lifetimeSeconds = 10
  /// The most hedges that are saved up.
  private static let mostHedges = 100
  /// How many there are before the first request.
  private static let firstHedges = 10
  /// Hedges are counted in these parts, so that shares add up exactly.
  private static let parts = 1_000_000

  private var hedgeParts: Int
  private var seconds: [Second] = []

  /// What happened in one second.
  private struct Second: Sendable, Equatable {
    var number: Int64
    var requests = 0.0
    var spent = 0.0
  }

  /// A budget that allows a few hedges before the first request.
  public init(hedgeShare: Double) {
    self.hedgeShare = hedgeShare
    hedgeParts = hedgeShare > 0 ? Self.firstHedges * Self.parts : 0
  }

  /// How much is there for hedges, 0 to 1: enough for a burst, or less.
  public var hedgeCredit: Double {
    min(1, Double(hedgeParts) / Double(2 * Self.firstHedges * Self.parts))
  }

  /// A client asks for something.
  public mutating func requestBegan(at time: UTC) {
    let share = (min(1, max(0, hedgeShare)) * Double(Self.parts)).rounded(.down)
    hedgeParts = min(Self.mostHedges * Self.parts, hedgeParts + Int(share))
    current(time) { $0.requests += 1 }
  }

  /// Whether a second copy may go out; spends where it may.
  public mutating func mayHedge(at time: UTC) -> Bool {
    guard hedgeShare > 0, hedgeParts >= Self.parts, mayRetry(at: time) else { return false }
    hedgeParts -= Self.parts
    return true
  }

  /// Whether a failed request may be tried again; spends where it may.
  public mutating func mayRetry(at time: UTC) -> Bool {
    forget(before: time)
    let allowed = seconds.reduce(0) { $0 + $1.requests * Self.retryShare - $1.spent }
    guard allowed + Self.retriesPerSecond * Double(Self.lifetimeSeconds) >= 1 else { return false }
    current(time) { $0.spent += 1 }
    return true
  }

  private mutating func current(_ time: UTC, _ change: (inout Second) -> Void) {
    let number = time.nanosecondsSince1970 / 1_000_000_000
    // A clock that was set back goes on counting in the newest second.
    if seconds.last.map({ $0.number < number }) ?? true {
      forget(before: time)
      seconds.append(Second(number: number))
    }
    change(&seconds[seconds.count - 1])
  }

  private mutating func forget(before time: UTC) {
    let oldest = time.nanosecondsSince1970 / 1_000_000_000 - Int64(Self.lifetimeSeconds)
    seconds.removeAll { $0.number <= oldest }
  }
}
