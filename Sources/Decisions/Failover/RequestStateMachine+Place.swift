/// Attempts that need a place before they begin.
extension RequestStateMachine {
  /// The candidates that could be opened instead of `candidate`, which comes first: those not tried yet
  /// whose link is not known to be down.
  public func choice(from candidate: Int, isDown: (PathID) -> Bool) -> [Int] {
    guard candidate + 1 < ranked.count else { return [candidate] }
    return [candidate]
      + (candidate + 1..<ranked.count).filter { isUntried($0) && !isDown(ranked[$0].path) }
  }

  /// There was a place for `candidate` before there was one for `preferred`, which stays to be tried.
  public mutating func opens(_ candidate: Int, insteadOf preferred: Int) {
    outOfOrder.append(candidate)
    cursor = min(cursor, preferred)
    // It was planned beside the preferred one.
    hedge = nil
  }

  /// It has a place, for which it waited so long. That is no silence of any backend, nor an outage.
  public mutating func waitedForPlace(_ duration: Duration) {
    silentSince = silentSince + duration
    trouble = trouble.map { $0 + duration }
    // The backend gets its time to answer before a stream's head goes out, after which it can't be refused.
    if !hasBegun { nextHeartbeat = nextHeartbeat + duration }
  }

  /// There is no place for it.
  public mutating func turnedAway(_ fault: Fault) -> Action? { isOver ? nil : fail(fault) }
}
